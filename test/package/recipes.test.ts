import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { chromium, type Browser } from "playwright-core";
import { build, type InlineConfig } from "vite";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { loadIn, type Place } from "./bare.js";
import { flags } from "./chromium.js";

// The programs of docs/recipes.md, with the packed library. Vite, Chromium, React and Node are the real ones. Jest's
// jsdom, edge workers and engines such as React Native's are realms without what those lack.

const consumer = inject("consumer");
const library = join(consumer, "node_modules/chainrule/dist");
const packages = { chainrule: join(library, "index.cjs") };

/** The blocks of the page that begin with the name of a file. */
const files = new Map(
  [...readFileSync("docs/recipes.md", "utf8").matchAll(/^```jsx?\n\/\/ (\S+)\n([^]*?)^```/gm)].map(
    ([, name, text]) => [name!, text!] as const,
  ),
);

/** Writes files of the page, and others, to a folder. */
function project(name: string, names: readonly string[], others: Readonly<Record<string, string>> = {}): string {
  const folder = join(consumer, "recipes", name);
  mkdirSync(folder, { recursive: true });
  for (const each of names) writeFileSync(join(folder, each), files.get(each)!);
  for (const [each, text] of Object.entries(others)) writeFileSync(join(folder, each), text);
  return folder;
}

const node_modules = (name: string) => ({ find: name, replacement: resolve("node_modules", name) });
const bundle = (root: string, config: InlineConfig = {}) =>
  build({
    root,
    configFile: false,
    logLevel: "error",
    resolve: { alias: [node_modules("react-dom"), node_modules("react")] },
    ...config,
  });

/** Makes a CommonJS file of one of the page's. */
async function commonJs(root: string, entry: string): Promise<string> {
  await bundle(root, {
    build: {
      lib: { entry: join(root, entry), formats: ["cjs"], fileName: () => "bundle.cjs" },
      rollupOptions: { external: ["chainrule"] },
    },
  });
  return join(root, "dist/bundle.cjs");
}

const xor = { input: [[0, 0], [0, 1], [1, 0], [1, 1]], answer: [0, 1, 1, 0] }; // prettier-ignore
const page = (script: string) => `<!doctype html><title>-</title><link rel="icon" href="data:,">
<body><div id="root"></div><script type="module" src="/${script}"></script>`;

test("every program of the page is run here", () => {
  const run = [
    "xor.test.js",
    "main.js",
    "trainer.js",
    "serve.mjs",
    "train.mjs",
    "policy.js",
    "predictor.jsx",
    "page.jsx",
    "route.js",
    "worker.js",
  ];
  expect([...files.keys()]).toEqual(run);
});

describe("in Chromium, built by Vite", () => {
  const sites: Record<string, string> = {};
  let policy = "";
  const server = createServer(({ url = "/" }, response) => {
    const [, site, kind, path] = /^\/(\w+)\/(\w+)\/(.*)$/.exec(url) ?? [];
    response.setHeader("content-type", url.endsWith(".js") ? "text/javascript" : "text/html");
    if (kind === "allowed") response.setHeader("content-security-policy", policy);
    if (kind === "forbidden") response.setHeader("content-security-policy", policy.replace(" 'wasm-unsafe-eval'", ""));
    response.end(readFileSync(join(sites[site!]!, "dist", path || "index.html")));
  });
  let browser: Browser;

  beforeAll(async () => {
    sites.worker = project("worker", ["main.js", "trainer.js"], { "index.html": page("main.js") });
    sites.react = project("react", ["predictor.jsx"], {
      "index.html": page("main.jsx"),
      "main.jsx": `import { StrictMode } from "react"; import { createRoot } from "react-dom/client";
        import { Predictor } from "./predictor.jsx";
        const root = createRoot(document.getElementById("root"));
        root.render(<StrictMode><Predictor /></StrictMode>);
        globalThis.leave = () => root.unmount();`,
    });
    const folder = project("policy", ["policy.js"], { "package.json": `{ "type": "module" }` });
    ({ policy } = (await import(join(folder, "policy.js"))) as { policy: string });
    for (const root of [sites.worker, sites.react]) await bundle(root, { base: "./", build: { target: "es2022" } });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium", args: flags });
  });

  afterAll(async () => {
    await browser?.close();
    server.close();
  });

  async function open(path: string) {
    const tab = await browser.newPage();
    const trouble: string[] = [];
    tab.on("pageerror", (error) => trouble.push(String(error)));
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}/`);
    return { tab, trouble };
  }

  test.each([
    ["no policy", "worker/any", "wasm"],
    ["a policy with wasm-unsafe-eval", "worker/allowed", "wasm"],
    ["the same policy without it", "worker/forbidden", "reference"],
  ])("a page with a worker, under %s", async (_, path, backend) => {
    const { tab, trouble } = await open(path);
    await expect.poll(() => tab.title(), { timeout: 30_000 }).toBe(xor.answer.join(" "));
    expect(await tab.textContent("body")).toMatch(new RegExp(`^epoch 500, loss 0\\.\\d+, ${backend} kernels$`));
    expect(trouble).toEqual([]);
    await tab.close();
  });

  test("a React component, in strict mode, shows what is predicted, and goes without a complaint", async () => {
    const { tab, trouble } = await open("react/any");
    await tab.waitForFunction(`document.querySelector("output")?.textContent === "${xor.answer.join(" ")}"`);
    await tab.reload();
    await tab.waitForFunction(`document.querySelector("output")`);
    await tab.evaluate("leave()");
    await tab.waitForTimeout(200);
    expect(await tab.locator("output").count()).toBe(0);
    expect(trouble).toEqual([]);
    await tab.close();
  });
});

describe("in Node, as a server", () => {
  test("a worker trains, the main thread predicts", () => {
    const root = project("threads", ["serve.mjs", "train.mjs"]);
    const lines = execFileSync(process.execPath, ["serve.mjs"], { cwd: root, encoding: "utf8" }).trim().split("\n");
    expect(lines.slice(0, -1).map((line) => /^epoch (\d+), loss 0\.\d+$/.exec(line)?.[1])).toEqual(
      ["100", "200", "300", "400", "500"], // prettier-ignore
    );
    expect(lines.at(-1)).toBe(xor.answer.join(" "));
  });

  test("the page for Next is rendered by React, without a training", async () => {
    const root = project("next", ["predictor.jsx", "page.jsx"], {
      "entry.jsx": `import { renderToString } from "react-dom/server"; import Page from "./page.jsx";
        console.log(renderToString(<Page />));`,
    });
    await bundle(root, {
      logLevel: "silent",
      build: { ssr: "entry.jsx" },
      ssr: { noExternal: ["react", "react-dom"] },
    });
    const output = execFileSync(process.execPath, [join(root, "dist/entry.mjs")], { encoding: "utf8" });
    expect(output).toBe("<output>training</output>\n");
  });

  test("a route handler answers", async () => {
    const folder = project("route", ["route.js"], { "package.json": `{ "type": "module" }` });
    const { POST } = (await import(join(folder, "route.js"))) as { POST: (request: Request) => Promise<Response> };
    const body = JSON.stringify({ input: [0, 1] });
    const response = await POST(new Request("http://localhost/", { method: "POST", body }));
    expect(await response.json()).toEqual({ prediction: [expect.any(Number)], backend: "wasm" });
  });
});

/** As Node has it, as far as the library asks. */
const all: Place = { globals: { setTimeout, setImmediate, MessageChannel, performance, atob, TextEncoder } };

/** As jest-environment-jsdom 30 has it. */
const jsdom: Place = { globals: { setTimeout, performance, atob, AbortController, console } };

/** While the top level runs: the clock stands still, and random numbers and timers are refused. */
const edge: Place = {
  globals: {
    Date: class extends Date {
      static override now = () => 0;
    },
    performance: { now: () => 0 },
    Response,
    Request,
    atob,
    TextEncoder,
    crypto: {
      getRandomValues: () => {
        throw new Error("disallowed operation called within global scope");
      },
    },
  },
  wasm: false,
};
const hermes: Place = {
  globals: { setTimeout, setImmediate, WebAssembly: undefined, performance: { now: () => performance.now() } },
};
const nothing: Place = { globals: {} };

test("in jest's jsdom", async () => {
  let run: (() => Promise<void>) | undefined;
  const globals = { ...jsdom.globals, test: (_: string, body: () => Promise<void>) => (run = body), expect };
  loadIn({ globals }, join(project("jest", ["xor.test.js"]), "xor.test.js"), packages);
  await run!();
});

test("in an edge worker, built at its top level", async () => {
  const start = `import { Network, dense, sigmoid, tanh } from "chainrule";
    const network = new Network([dense(2, 8), tanh, dense(8, 1), sigmoid], { seed: 7 });
    console.log(JSON.stringify({ state: network, prediction: network.predict([0, 1]) }));`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", start], {
    cwd: consumer,
    encoding: "utf8",
  });
  const { state, prediction } = JSON.parse(printed) as { state: object; prediction: number[] };
  const root = project("edge", ["worker.js"], { "trained.json": JSON.stringify(state) });
  const worker = loadIn(edge, await commonJs(root, "worker.js"), packages) as {
    fetch(request: Request): Promise<Response>;
  };
  const body = JSON.stringify({ input: [0, 1] });
  const response = await worker.fetch(new Request("http://localhost/", { method: "POST", body }));
  expect(await response.json()).toEqual({ prediction, backend: "reference" });
});

interface Library {
  Network: new (
    layers: unknown,
    options?: unknown,
  ) => {
    seed: number;
    backend: string;
    fit(inputs: unknown, targets: unknown, options: unknown): Promise<{ loss: number[] }>;
    predict(input: unknown): number[][];
  };
  [name: string]: unknown;
}
const libraryIn = (place: Place) => loadIn(place, packages.chainrule, {}) as Library;
const make = ({ Network, dense, tanh, sigmoid, adam, binaryCrossEntropy }: Library, options: object = {}) => {
  const size = dense as (inputs: number, outputs: number) => unknown;
  const optimizer = (adam as (options: object) => unknown)({ learningRate: 0.05 });
  return new Network([size(2, 8), tanh, size(8, 1), sigmoid], { loss: binaryCrossEntropy, optimizer, ...options });
};
describe.each([
  ["jest's jsdom", jsdom, "wasm"],
  ["an edge worker at its top level", edge, "reference"],
  ["an engine such as React Native's", hermes, "reference"],
  ["the bare language", nothing, "reference"],
])("in %s", (_, place, backend) => {
  test("a long training gives what it gives elsewhere", async () => {
    const [here, there] = [libraryIn(place), libraryIn(all)].map((each) => make(each, { seed: 1 }));
    const targets = xor.answer.map((each) => [each]);
    const history = await here!.fit(xor.input, targets, { epochs: 5000 });
    expect(history.loss.at(-1)).toBe((await there!.fit(xor.input, targets, { epochs: 5000 })).loss.at(-1));
    expect(here!.backend).toBe(backend);
    expect(here!.predict(xor.input).map(([p]) => Math.round(p!))).toEqual(xor.answer);
  });

  test("fresh seeds are whole numbers, and another each time", () => {
    const library = libraryIn(place);
    const seeds = Array.from({ length: 100 }, () => make(library).seed);
    expect(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true);
    expect(new Set(seeds).size).toBe(100);
  });
});
