import { execFile, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { vi } from "vitest";
import { main } from "../../src/cli/main.js";

/** What a command left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const cli = fileURLToPath(new URL("../../src/cli/cli.ts", import.meta.url));

/** Runs `chainrule` with arguments within this process, which is quickest. */
export async function call(...args: readonly string[]): Promise<Outcome> {
  const outcome = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((stream) =>
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      outcome[stream] += String(text);
      return true;
    }),
  );
  try {
    return { code: await main(args), ...outcome };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** The same in a process of its own, in a folder, and with a text piped in; `out`: a file for what it prints. */
export function chainrule(
  args: readonly string[],
  { input = "", tty = false, out = "", cwd = process.cwd(), env = {} as Record<string, string> } = {},
): Promise<Outcome> {
  const pretend = tty ? ["--import", "data:text/javascript,process.stdout.isTTY=true;process.stdout.columns=100"] : [];
  const { NO_COLOR: _, ...rest } = process.env;
  const stdout = out ? openSync(out, "w") : ("pipe" as const);
  const child = spawn(process.execPath, ["--import", loader, ...pretend, cli, ...args], {
    cwd,
    env: { ...rest, ...env },
    stdio: ["pipe", stdout, "pipe"],
  });
  const outcome = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream]?.setEncoding("utf8").on("data", (text: string) => (outcome[stream] += text));
  child.stdin!.end(input);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...outcome })));
}

/** Runs a program of the repository as `npm start` would and gives what it prints. */
export async function run(file: string, { tty = false, env = {} as Record<string, string> } = {}): Promise<string> {
  const pretend = tty ? ["--import", "data:text/javascript,process.stdout.isTTY=true"] : [];
  const { NO_COLOR: _, ...rest } = process.env;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--import", "tsx", ...pretend, file], {
    env: { ...rest, ...env },
  });
  if (stderr) throw new Error(stderr);
  return stdout;
}
