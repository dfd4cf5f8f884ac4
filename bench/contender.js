import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

const PYTHON = "/usr/bin/python3"; // Debian's, for which python3-torch and the like are
const WINDOW = 0.3; // s of the processor, so that a window is as long on a busy machine
const oneThread = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };

/** Where processes can be pinned to the second core; this one is then free to use the first. */
export const pinned = cpus().length > 1 && spawnSync("taskset", ["-c", "1", "true"]).status === 0;
export const pin = pinned ? ["taskset", "-c", "1"] : [];

/** A contender at work in a process of its own. */
export class Contender {
  /** Starts one and waits until it is warm; `missing` then says if it is not installed. */
  static async start(contender) {
    const python = existsSync(here(`peers/${contender.peer}.py`));
    const program = python ? [PYTHON, here("worker.py")] : [process.execPath, here("worker.js")];
    const [command, ...rest] = [...pin, ...program, JSON.stringify(contender)];
    const child = spawn(command, rest, { env: { ...process.env, ...oneThread }, stdio: "pipe" });
    const complaints = [];
    child.stderr.on("data", (text) => complaints.push(text)); // libraries greet there, too: shown only if it fails
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const started = new Contender(child, lines, complaints);
    const { missing, version, first } = await started.#read();
    return Object.assign(started, { missing, version, first });
  }

  #child;
  #lines;
  #complaints;

  constructor(child, lines, complaints) {
    this.#child = child;
    this.#lines = lines;
    this.#complaints = complaints;
  }

  async #read() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#child.spawnargs.join(" ")}\n${this.#complaints.join("")}`);
    return JSON.parse(value);
  }

  /** Examples a second in a window: of the processor's time (`rate`), and by the clock on the wall (`wallRate`). */
  window() {
    this.#child.stdin.write(`${WINDOW}\n`);
    return this.#read();
  }

  end() {
    this.#child.stdin.end();
    this.#child.kill();
  }
}
