import { erf } from "../core/erf.js";
import { exp, expm1 } from "../core/exp.js";
import { log, log1p } from "../core/log.js";
import { LEAST_NORMAL, LEAST_NORMAL_SINGLE } from "../core/rounding.js";
import { logistic, tanh } from "../core/tanh.js";
import type { Floats } from "../core/tensor.js";
import type { Expression, Operation } from "./expression.js";
import type { Step, Steps } from "./steps.js";

// What a formula computes, in plain loops: an operation at a time over a few elements, so that no number becomes an object
// and no function is made of text. Every other machine has to give the same bits.

/** Elements at a time. */
const CHUNK = 128;

type Sweep = (n: number, out: Float64Array, x: Float64Array, y: Float64Array, z: Float64Array) => void;

/** Each operation over the first n of x, y and z; a function of its own, which an engine compiles by itself. */
// prettier-ignore
const SWEEPS: Readonly<Record<Exclude<Step["op"], "constant" | "variable" | "scalar">, Sweep>> = {
  add(n, out, x, y) { for (let i = 0; i < n; i++) out[i] = x[i]! + y[i]!; },
  subtract(n, out, x, y) { for (let i = 0; i < n; i++) out[i] = x[i]! - y[i]!; },
  multiply(n, out, x, y) { for (let i = 0; i < n; i++) out[i] = x[i]! * y[i]!; },
  divide(n, out, x, y) { for (let i = 0; i < n; i++) out[i] = x[i]! / y[i]!; },
  min(n, out, x, y) { for (let i = 0; i < n; i++) out[i] = Math.min(x[i]!, y[i]!); },
  max(n, out, x, y) { for (let i = 0; i < n; i++) out[i] = Math.max(x[i]!, y[i]!); },
  less(n, out, x, y) { for (let i = 0; i < n; i++) out[i] = x[i]! < y[i]! ? 1 : 0; },
  atMost(n, out, x, y) { for (let i = 0; i < n; i++) out[i] = x[i]! <= y[i]! ? 1 : 0; },
  equal(n, out, x, y) { for (let i = 0; i < n; i++) out[i] = x[i]! === y[i]! ? 1 : 0; },
  choose(n, out, x, y, z) { for (let i = 0; i < n; i++) out[i] = x[i] === 1 ? y[i]! : z[i]!; },
  negative(n, out, x) { for (let i = 0; i < n; i++) out[i] = -x[i]!; },
  abs(n, out, x) { for (let i = 0; i < n; i++) out[i] = Math.abs(x[i]!); },
  sqrt(n, out, x) { for (let i = 0; i < n; i++) out[i] = Math.sqrt(x[i]!); },
  settle(n, out, x, y) { for (let i = 0; i < n; i++) out[i] = Math.abs(x[i]!) < y[0]! ? 0 : x[i]!; },
  exp(n, out, x) { for (let i = 0; i < n; i++) out[i] = exp(x[i]!); },
  log(n, out, x) { for (let i = 0; i < n; i++) out[i] = log(x[i]!); },
  log1p(n, out, x) { for (let i = 0; i < n; i++) out[i] = log1p(x[i]!); },
  expm1(n, out, x) { for (let i = 0; i < n; i++) out[i] = expm1(x[i]!); },
  tanh(n, out, x) { for (let i = 0; i < n; i++) out[i] = tanh(x[i]!); },
  logistic(n, out, x) { for (let i = 0; i < n; i++) out[i] = logistic(x[i]!); },
  erf(n, out, x) { for (let i = 0; i < n; i++) out[i] = erf(x[i]!); },
};

/** Which operations on numbers of float32 may give another number: all but those that give one of what they are given. */
const KEEPS: readonly Step["op"][] = [
  "constant",
  "variable",
  "scalar",
  "negative",
  "abs",
  "min",
  "max",
  "less",
  "atMost",
  "equal",
  "choose",
  "settle",
];

function round(n: number, x: Float64Array): void {
  for (let i = 0; i < n; i++) x[i] = Math.fround(x[i]!);
}

/** The first number, everywhere. */
function repeat(n: number, x: Float64Array, rounds: boolean): void {
  const value = rounds ? Math.fround(x[0]!) : x[0]!;
  for (let i = 0; i < n; i++) x[i] = value;
}

// A loop for each kind of array: one that meets both is slower.
function readSingle(m: Float32Array, at: number, n: number, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = m[at + i]!;
}
function readDouble(m: Float64Array, at: number, n: number, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = m[at + i]!;
}
function writeSingle(m: Float32Array, at: number, n: number, x: Float64Array): void {
  for (let i = 0; i < n; i++) m[at + i] = x[i]!;
}
function writeDouble(m: Float64Array, at: number, n: number, x: Float64Array): void {
  for (let i = 0; i < n; i++) m[at + i] = x[i]!;
}

const first = /* @__PURE__ */ new Float64Array(1);
const second = /* @__PURE__ */ new Float64Array(1);
const third = /* @__PURE__ */ new Float64Array(1);
const result = /* @__PURE__ */ new Float64Array(1);

/** An operation on numbers, in float64. */
export function compute(op: Operation, values: readonly number[]): number {
  first[0] = values[0]!;
  second[0] = op === "settle" ? LEAST_NORMAL : (values[1] ?? 0);
  third[0] = values[2] ?? 0;
  SWEEPS[op as keyof typeof SWEEPS](1, result, first, second, third);
  return result[0]!;
}

/** The value of a formula, in float64, with these numbers in the place of names. */
export function valueOf(e: Expression, numbers: Readonly<Record<string, number>>): number {
  if (e.op === "constant") return e.value;
  if (e.op === "variable" || e.op === "scalar") return numbers[e.name]!;
  const values = e.args.map((each) => valueOf(each, numbers));
  if (e.op === "sign") return values[0]! < 0 ? -1 : values[0]! > 0 ? 1 : 0;
  if (e.op !== "power") return compute(e.op, values);
  let product = values[0]!;
  for (let i = 1; i < e.value; i++) product *= values[0]!;
  return product;
}

/** Carries a kernel out for n elements. Place i begins at `starts[i]` in `places[i]`, the scalars at `cells` in `d`. */
export type Loop = (n: number, places: readonly Floats[], starts: readonly number[], d: Floats, cells: number) => void;

/** A step over a chunk: what it reads and writes, and by which loop. */
interface Job {
  readonly sweep: Sweep | undefined;
  readonly out: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  readonly rounds: boolean;
  /** Of a variable its place, of a scalar its cell. */
  readonly index: number;
}

const NONE = /* @__PURE__ */ new Float64Array(0);

/** The loop of a kernel, in a precision. */
export function loopOf({ steps, kernel, outputs }: Steps, single: boolean): Loop {
  const isRoundedEach = single && kernel.rounding === "each";
  const floor = Float64Array.of(single ? LEAST_NORMAL_SINGLE : LEAST_NORMAL);
  const isOutput = (at: number): boolean => outputs.some(([, step]) => step === at);
  const isSpread = (at: number): boolean =>
    isOutput(at) || steps.some(({ isUniform, args }) => !isUniform && args.includes(at));
  const lastUse = steps.map((_, at) =>
    isOutput(at) ? Infinity : steps.reduce((last, { args }, i) => (args.includes(at) ? i : last), at),
  );
  const rows: Float64Array[] = [];
  const free: Float64Array[] = []; // rows that are no longer needed serve again
  const uniform: Job[] = [];
  const jobs: Job[] = [];
  const spread: Float64Array[] = [];
  steps.forEach(({ op, args, value, index, isUniform }, at) => {
    const out = (!isUniform && free.pop()) || new Float64Array(CHUNK);
    rows[at] = out;
    if (op === "constant") {
      out.fill(isRoundedEach && isSpread(at) ? Math.fround(value) : value);
      return;
    }
    const [x = NONE, y = NONE, z = NONE] = args.map((each) => rows[each]!);
    const sweep = op === "variable" || op === "scalar" ? undefined : SWEEPS[op];
    const rounds = isRoundedEach && !isUniform && !KEEPS.includes(op);
    (isUniform ? uniform : jobs).push({ sweep, out, x, y: op === "settle" ? floor : y, z, rounds, index });
    if (isUniform && isSpread(at)) spread.push(out);
    for (const each of new Set(args)) if (lastUse[each] === at && !steps[each]!.isUniform) free.push(rows[each]!);
  });
  const read = (single ? readSingle : readDouble) as (m: Floats, at: number, n: number, out: Float64Array) => void;
  const write = (single ? writeSingle : writeDouble) as typeof read;

  return (n, places, starts, d, cells) => {
    for (let i = 0; i < uniform.length; i++) {
      const job = uniform[i]!;
      if (job.sweep) job.sweep(1, job.out, job.x, job.y, job.z);
      else job.out[0] = d[cells + job.index]!;
    }
    for (let i = 0; i < spread.length; i++) repeat(Math.min(n, CHUNK), spread[i]!, isRoundedEach);
    for (let start = 0; start < n; start += CHUNK) {
      const count = Math.min(CHUNK, n - start);
      for (let j = 0; j < jobs.length; j++) {
        const job = jobs[j]!;
        if (job.sweep) job.sweep(count, job.out, job.x, job.y, job.z);
        else read(places[job.index]!, starts[job.index]! + start, count, job.out);
        if (job.rounds) round(count, job.out);
      }
      for (let i = 0; i < outputs.length; i++) {
        const [place, at] = outputs[i]!;
        write(places[place]!, starts[place]! + start, count, rows[at]!);
      }
    }
  };
}
