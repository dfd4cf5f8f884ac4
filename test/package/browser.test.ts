import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium, type Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { flags } from "./chromium.js";
import { expectSame, expectSound, program, type Report } from "./program.js";

const imports = { chainrule: "/dist/index.js", "chainrule/check": "/dist/check.js" };
const page = `<!doctype html><link rel="icon" href="data:,">
<script type="importmap" nonce="n">${JSON.stringify({ imports })}</script>
<script type="module" src="/program.js"></script>`;
const script = program.module(
  "(report) => { globalThis.report = report; }, (error) => { globalThis.report = { error: String(error) }; }",
);
/** Allows neither eval nor WebAssembly. */
const policy = "default-src 'none'; script-src 'self' 'nonce-n'; img-src data:";

const server = createServer(({ url = "/" }, response) => {
  response.setHeader("content-type", url.endsWith(".js") ? "text/javascript" : "text/html");
  if (url === "/strict") response.setHeader("content-security-policy", policy);
  if (url.startsWith("/dist/")) response.end(readFileSync(join(inject("consumer"), "node_modules/chainrule", url)));
  else response.end(url === "/program.js" ? script : page);
});
let browser: Browser;

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium", args: flags });
});

afterAll(async () => {
  await browser?.close();
  server.close();
});

test.each([
  ["any page", "/", "wasm"],
  ["a page whose policy forbids eval and WebAssembly", "/strict", "reference"],
])("Chromium imports the package as it is and trains in %s, to the same bits as Node", async (_, path, backend) => {
  const tab = await browser.newPage();
  await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  const report = await tab.waitForFunction(() => (globalThis as { report?: Report }).report);
  const found = (await report.jsonValue())!;
  await tab.close();
  expect(found).not.toHaveProperty("error");
  expectSound(found, backend);
  expectSame(found);
});
