import type { Column } from "../table/column.js";
import { scaled } from "../table/kinds/number.js";
import type { LearntModel } from "../table/model.js";
import { type Output, type Report, reportOf } from "../table/report.js";
import type { LearntClasses, LearntTarget } from "../table/target.js";

/** Rows that are scored, at most, and the probabilities of them: they are kept until the end. */
const MOST_ROWS = 1_000_000;
const MOST_NUMBERS = 10_000_000;

/** Numbers that grow. */
class Numbers {
  private data = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.data.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.length++] = value;
  }

  get all(): Float64Array {
    return this.data.slice(0, this.length);
  }
}

/** Predictions whose answers are known, piece by piece, and what comes of them. */
export class Scoring {
  private readonly truth: Numbers[];
  private readonly said = { network: new Numbers(), linear: new Numbers(), baseline: new Numbers() };
  /** Rows that have an answer. */
  rows = 0;
  /** Rows whose answer is a class that the model does not know: it can't have them right. */
  unknown = 0;
  /** Rows that are looked at, at most: the fewer, the more classes there are. */
  readonly most: number;

  constructor(private readonly model: LearntModel) {
    const { classes, document } = model.columns;
    this.truth = document.targets.map(() => new Numbers());
    this.most = Math.min(MOST_ROWS, Math.floor(MOST_NUMBERS / (classes ?? document.targets).length));
  }

  /** Adds rows: their answers, and what was said of them. Those with a gap are passed over. */
  add(answers: readonly Column[], network: Output, linear: Output | undefined): void {
    const { targets } = this.model.columns.document;
    const [rows] = network.shape;
    const baseline = this.model.baselineOf(rows);
    const truth = targets.map((learnt, i) => truthOf(learnt, answers[i]!));
    for (let n = 0; n < rows && this.rows < this.most; n++) {
      if (truth.some((column) => Number.isNaN(column[n]!))) continue;
      this.rows++;
      truth.forEach((column, i) => this.truth[i]!.push(column[n]!));
      if (targets[0]!.kind === "classes") this.unknown += Number(truth[0]![n] === targets[0]!.classes.length);
      push(this.said.network, network, n);
      push(this.said.baseline, baseline, n);
      if (linear) push(this.said.linear, linear, n);
    }
  }

  /** How good the predictions were; undefined if no row had an answer. */
  report(threshold?: number): Report | undefined {
    if (this.rows === 0) return undefined;
    const { document } = this.model.columns;
    const [first] = document.targets;
    const wide = this.unknown > 0 && first!.kind === "classes" ? widened(first as LearntClasses) : undefined;
    const outputOf = (numbers: Numbers): Output => {
      const width = numbers.length / this.rows;
      const data = numbers.all;
      if (!wide) return { data, shape: [this.rows, width] };
      const more = new Float64Array(this.rows * (width + 1)); // an unknown class has the probability 0
      for (let n = 0; n < this.rows; n++) more.set(data.subarray(n * width, (n + 1) * width), n * (width + 1));
      return { data: more, shape: [this.rows, width + 1] };
    };
    const { network, linear, baseline } = this.said;
    const predictions = {
      network: outputOf(network),
      linear: linear.length ? outputOf(linear) : undefined,
      baseline: outputOf(baseline),
    };
    const judged = wide ? { targets: [wide], several: false } : document;
    return reportOf(
      judged,
      this.truth.map(({ all }) => all),
      predictions,
      [],
      threshold,
    );
  }
}

function push(to: Numbers, { data, shape: [, width] }: Output, n: number): void {
  for (let i = 0; i < width; i++) to.push(data[n * width + i]!);
}

/** Of each row the place of its class, one beyond the last for a class that is not known, or its scaled number. */
function truthOf(learnt: LearntTarget, column: Column): Float64Array {
  if (learnt.kind === "number") return column.numbers.map((x) => scaled(learnt, x));
  const { classes } = learnt;
  const places = new Map(classes.map((each, place) => [String(each), place]));
  const placeOf = column.values.map((value) => places.get(String(value)) ?? classes.length);
  return Float64Array.from(column.codes, (code) => (code === -1 ? NaN : code < 0 ? classes.length : placeOf[code]!));
}

/** The classes, and one for all that are not known. */
function widened(learnt: LearntClasses): LearntClasses {
  let name = "(a class it does not know)";
  while (learnt.classes.some((each) => String(each) === name)) name = `(${name})`;
  return { ...learnt, classes: [...learnt.classes, name], counts: [...learnt.counts, 0] };
}
