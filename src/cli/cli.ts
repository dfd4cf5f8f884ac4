#!/usr/bin/env node
import { main } from "./main.js";

process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
  if (code === "EPIPE") return; // the reader has seen enough: `chainrule article | head`
  process.stderr.write(`chainrule: output expected a place that can be written, got ${message}\n`);
  process.exitCode = 2;
});
const code = await main(process.argv.slice(2));
process.exitCode ??= code;
