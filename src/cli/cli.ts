#!/usr/bin/env node
import { main } from "./main.js";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error; // the reader has seen enough: `chainrule article | head`
});
process.exitCode = await main(process.argv.slice(2));
