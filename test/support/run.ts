import { execFile } from "node:child_process";
import { promisify } from "node:util";

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
