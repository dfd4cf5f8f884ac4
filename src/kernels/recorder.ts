import { reads } from "../core/memory.js";
import type { Allocation } from "./allocation.js";
import type { Machine } from "./machine.js";
import { Op, WIDTH } from "./opcodes.js";

/** A stretch of the code. */
export interface Program {
  readonly start: number;
  readonly end: number;
  /** Carries it out; returns 1, or 0 if a check failed. */
  run: () => number;
  /** How often it is still to be replayed until it is compiled. */
  patience: number;
  /** Whether it calls nothing, and reads parameters only as the weights and biases of `linear`. */
  readonly onlyReadsParameters: boolean;
}

/**
 * Writes instructions for a machine, which carries each out at once, and writes down whole routines of them, to be
 * replayed in one go.
 */
export class Recorder {
  /** Another number whenever what was recorded is no longer true. */
  version = 0;
  /** The program that has run, if it is the last thing that was done to the memory. */
  latest: Program | null = null;
  /** Whether what is being written down so far `onlyReadsParameters`. */
  onlyReadsParameters = true;
  /** Whether what was written down calls functions of a user, which may take any time. */
  callsOut = false;
  /** Whether a part of the network is at work: a layer, a loss, an optimizer, or loops of theirs. */
  isWithinPart = false;
  #words: number[] | null = null;
  #calls: (() => void)[] = [];
  #programs: Program[] = [];
  #end = WIDTH;

  constructor(private readonly allocation: Allocation) {
    allocation.onMove = () => this.forget();
  }

  get machine(): Machine {
    return this.allocation.machine;
  }

  /** What was recorded is no longer true. */
  forget(): void {
    this.version++;
    this.latest = null;
    for (const program of this.#programs) program.run = () => 0; // what is compiled holds its memory
    this.callsOut = false;
    this.#programs = [];
    this.machine.calls = this.#calls = [];
    this.#end = WIDTH;
  }

  /** Carries an instruction out; false if it is a check that failed. */
  emit(op: number, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0): boolean {
    const { code } = this.machine;
    this.latest = null;
    code[0] = op;
    code[1] = a;
    code[2] = b;
    code[3] = c;
    code[4] = d;
    code[5] = e;
    code[6] = f;
    code[7] = g;
    code[8] = h;
    if (this.#words) for (let i = 0; i < WIDTH; i++) this.#words.push(code[i]!);
    return this.machine.run(0, WIDTH);
  }

  /** Calls what the machine does not know: loops over numbers, whose reading of them is known and leaves no mark. */
  call(body: () => void, isUsers: boolean): void {
    const words = this.#words;
    const before = reads.dataWasRead;
    if (words) this.#noteCall(() => this.#within(body), isUsers);
    this.#words = null;
    try {
      this.#within(body);
    } finally {
      this.#words = words;
      reads.dataWasRead = before;
    }
  }

  /** Calls what may read numbers itself. If it did so it is written down as a call, else as the verbs that it used. */
  part(body: () => void): void {
    const words = this.#words;
    if (!words) return this.#within(body);
    const { length } = words;
    const before = reads.dataWasRead;
    reads.dataWasRead = false;
    this.#within(body);
    if (reads.dataWasRead) {
      words.length = length;
      this.#noteCall(() => this.#within(body), true);
    }
    reads.dataWasRead = before;
  }

  #within(body: () => void): void {
    const before = this.isWithinPart;
    this.isWithinPart = true;
    try {
      body();
    } finally {
      this.isWithinPart = before;
    }
  }

  /** A program begins again here while the number in a cell that counts is below that in another: so many bytes back. */
  repeat(cursor: number, limit: number): void {
    this.#note(Op.repeat, cursor, limit, 4 * (this.#words?.length ?? 0));
  }

  #noteCall(body: () => void, isUsers: boolean): void {
    this.callsOut ||= isUsers;
    this.onlyReadsParameters = false;
    this.#note(Op.call, this.#calls.push(body) - 1);
  }

  /** Writes an instruction down that is not to be carried out now. */
  #note(...instruction: readonly number[]): void {
    for (let i = 0; i < WIDTH; i++) this.#words?.push(instruction[i] ?? 0);
  }

  get isRecording(): boolean {
    return this.#words !== null;
  }

  /** Calls a routine and writes down what it does; false if a check fails. */
  record(routine: Routine): boolean {
    const words: number[] = [];
    this.#words = words;
    this.onlyReadsParameters = true;
    try {
      if (!routine.body()) return false;
    } finally {
      this.#words = null;
    }
    const start = this.#end;
    const end = start + words.length;
    if (end <= this.machine.code.length) {
      this.machine.code.set(words, start);
      this.#end = end;
      const { machine, onlyReadsParameters } = this;
      routine.program = {
        start,
        end,
        run: () => Number(machine.run(start, end)),
        patience: machine.patience ?? Infinity,
        onlyReadsParameters,
      };
      this.#programs.push(routine.program);
    } else if (words.length + WIDTH <= this.machine.code.length)
      this.forget(); // room for it next time
    else routine.isTooLong = true;
    return true;
  }

  /** Replays what was written down, which is known to repeat itself so often; false if a check failed. */
  replay(program: Program, times: number): boolean {
    if ((program.patience -= times) < 0) {
      program.run = this.machine.compile?.(program.start, program.end) ?? program.run;
      program.patience = Infinity;
    }
    this.latest = program;
    return program.run() === 1;
  }
}

/** What a network does again and again: the first time it is done, the second time written down, then replayed. */
export class Routine {
  program: Program | null = null;
  isTooLong = false;
  #version = -1;
  #isKnown = false;
  readonly #recorder: Recorder;

  constructor(
    recorder: Recorder,
    /** What it does; false if a check failed, and what came after it was left out. */
    readonly body: () => boolean,
  ) {
    this.#recorder = recorder;
  }

  /** Does it, or replays it, which counts for so many times. */
  run(times = 1): boolean {
    const recorder = this.#recorder;
    if (recorder.isRecording) return this.body();
    if (this.#version !== recorder.version) {
      this.#version = recorder.version;
      this.#isKnown = this.isTooLong = false;
      this.program = null;
    }
    if (this.program) return recorder.replay(this.program, times);
    if (this.#isKnown && !this.isTooLong) return recorder.record(this);
    return (this.#isKnown = this.body());
  }
}
