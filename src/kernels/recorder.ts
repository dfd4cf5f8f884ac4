import { reads } from "../core/memory.js";
import type { Allocation } from "./allocation.js";
import type { Machine } from "./machine.js";
import { Op, WIDTH } from "./opcodes.js";

/** What was written down. It is kept here, and lies in the code of the machine as long as there is room for it. */
export interface Program {
  readonly words: Int32Array;
  /** Its place in the code, and how many words there are given to it; −1 if it does not lie there. */
  start: number;
  room: number;
  /** When it was last replayed, by the recorder's count; −1 if it is not needed any more. */
  usedAt: number;
  /** What it calls, by number. */
  readonly calls: readonly number[];
  /** Carries it out; returns 1, or 0 if a check failed. */
  run: () => number;
  /** The same, an instruction at a time. */
  readonly interpret: () => number;
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
  #freeCalls: number[] = [];
  #newCalls: number[] = [];
  #programs: Program[] = [];
  #end = WIDTH;
  #clock = 0;

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
    for (const program of this.#programs) program.run = NOTHING; // what is compiled holds its memory
    this.callsOut = false;
    this.#programs = [];
    this.machine.calls = this.#calls = [];
    this.#freeCalls = [];
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
    const number = this.#freeCalls.pop() ?? this.#calls.length;
    this.#calls[number] = body;
    this.#newCalls.push(number);
    this.#note(Op.call, number);
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
    this.#newCalls = [];
    this.onlyReadsParameters = true;
    let isDone = false;
    try {
      isDone = routine.body();
    } finally {
      this.#words = null;
      if (!isDone) this.#freeCalls.push(...this.#newCalls);
    }
    if (!isDone) return false;
    const { machine, onlyReadsParameters } = this;
    const { length } = words;
    const interpret = (): number => Number(machine.run(program.start, program.start + length));
    const program: Program = {
      words: Int32Array.from(words),
      start: -1,
      room: 0,
      usedAt: 0,
      calls: this.#newCalls,
      run: interpret,
      interpret,
      patience: machine.patience ?? Infinity,
      onlyReadsParameters,
    };
    routine.isTooLong = length + WIDTH > machine.code.length;
    if (routine.isTooLong) this.#freeCalls.push(...program.calls);
    else this.#programs.push((routine.program = program));
    return true;
  }

  /** Replays what was written down, which is known to repeat itself so often; false if a check failed. */
  replay(program: Program, times: number): boolean {
    program.usedAt = ++this.#clock;
    if (program.start < 0) this.#place(program);
    if ((program.patience -= times) < 0) {
      const { start, words } = program;
      program.run = this.machine.compile?.(start, start + words.length) ?? program.run;
      program.patience = Infinity;
    }
    this.latest = program;
    return program.run() === 1;
  }

  /** What a routine wrote down is not needed any more. */
  release({ program }: Routine): void {
    if (!program || !this.#programs.includes(program)) return;
    program.usedAt = -1;
    this.#freeCalls.push(...program.calls);
    if (program.start < 0) this.#evict(program);
  }

  /** Puts a program into the code: at the end or, if that is full, in the place of the least recently used. */
  #place(program: Program): void {
    const { machine } = this;
    const { length } = program.words;
    if (this.#end + length > machine.code.length) {
      let oldest: Program | null = null;
      for (const each of this.#programs) {
        if (each.start >= 0 && each.room >= length && !(oldest && each.usedAt >= oldest.usedAt)) oldest = each;
      }
      if (oldest) {
        program.start = oldest.start;
        program.room = oldest.room;
        this.#evict(oldest);
      } else {
        for (const each of [...this.#programs]) this.#evict(each); // all are shorter
        this.#end = WIDTH;
      }
    }
    if (program.start < 0) {
      program.start = this.#end;
      program.room = length;
      this.#end += length;
    }
    machine.code.set(program.words, program.start);
  }

  #evict(program: Program): void {
    program.start = -1;
    if (program.run !== program.interpret) {
      program.run = program.interpret; // what was compiled knew the place
      program.patience = this.machine.patience ?? Infinity;
    }
    if (program.usedAt < 0) this.#programs.splice(this.#programs.indexOf(program), 1);
  }
}

const NOTHING = (): number => 0;

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
