import { describe, fail, Phrase } from "../core/errors.js";
import { count, isCount, isPlainObject, nearest, notNegative, optional, readOptions } from "../core/options.js";
import type { NamedMetric } from "./metrics.js";

/** When `fit` is to end before its last epoch. */
export interface EarlyStopping<M extends string = string> {
  /** So many epochs without a better one end it. Default 10; with a goal alone none do. */
  readonly patience?: number;
  /** What is watched: `"loss"` or the name of a metric; of validation, if there is any. Default `"loss"`. */
  readonly metric?: M | "loss";
  /** Only what is better by more than this counts against the patience. Default 0. */
  readonly minDelta?: number;
  /** The first epoch that is judged. Default 1. */
  readonly from?: number;
  /** A goal, of what is better when it is lower: a number below it ends the training. */
  readonly below?: number;
  /** A goal, of a metric that is better when it is higher: a number above it ends the training. */
  readonly above?: number;
}

const PATIENCE = 10;
const goal = /* @__PURE__ */ optional<number>("a finite number", Number.isFinite, "0.1");
const fields = {
  patience: /* @__PURE__ */ optional<number>("a whole number of at least 1", isCount, "10"),
  metric: /* @__PURE__ */ optional<string>("the name of a metric", (value) => typeof value === "string", '"loss"'),
  minDelta: /* @__PURE__ */ notNegative(0),
  from: /* @__PURE__ */ count(1),
  below: goal,
  above: goal,
};

/** The option `earlyStopping` of `fit`. */
export const earlyStoppingField = /* @__PURE__ */ optional<boolean | EarlyStopping>(
  "true, or { patience, metric, minDelta, from, below, above }",
  (value) => typeof value === "boolean" || isPlainObject(value),
  "true",
);

/** What is watched, and what ends the training. */
export interface StoppingRule {
  readonly metric: string;
  /** 1 if lower is better, −1 if higher is. */
  readonly sign: 1 | -1;
  readonly patience: number;
  readonly minDelta: number;
  readonly from: number;
  readonly goal: number | undefined;
  /** Whether the parameters of the best epoch are wanted in the end. */
  readonly restores: boolean;
}

/** Without early stopping the loss is watched, and ends nothing. */
const WATCH: StoppingRule = {
  metric: "loss",
  sign: 1,
  patience: Infinity,
  minDelta: 0,
  from: 1,
  goal: undefined,
  restores: false,
};

/**
 * Reads what has passed the test of the field.
 * @throws {@link ChainruleError} `option` or `value`
 */
export function readEarlyStopping(
  given: boolean | EarlyStopping | undefined,
  metrics: readonly NamedMetric[],
  hasValidation: boolean,
): StoppingRule {
  if (given === undefined || given === false) return WATCH;
  const where = "fit earlyStopping";
  const { below, above, ...read } = readOptions(where, given === true ? undefined : given, fields);
  const { metric = "loss", minDelta, from } = read;
  const better = metric === "loss" ? "lower" : directionOf(metric, metrics, `${where} metric`);
  const [goal, other, right] = better === "lower" ? [below, above, "below"] : [above, below, "above"];
  if (other !== undefined) {
    const got = better === "lower" ? "above" : "below";
    fail("option", where, `${right}, since a ${better} ${metric} is better`, got, `write ${right}: ${other}`);
  }
  const patience = read.patience ?? (goal === undefined ? PATIENCE : Infinity);
  if (!hasValidation && patience !== Infinity) {
    const remedy = "add validation: 0.2; a goal alone, such as { below: 0.01 }, needs none";
    fail("option", where, "validation, by which to judge", new Phrase("none"), remedy);
  }
  return { metric, sign: better === "lower" ? 1 : -1, patience, minDelta, from, goal, restores: true };
}

function directionOf(name: string, metrics: readonly NamedMetric[], where: string): "lower" | "higher" {
  const names = ["loss", ...metrics.map((each) => each.name)];
  const found = metrics.find((each) => each.name === name);
  if (!found) {
    const meant = nearest(name.replace(/^val_/, ""), names);
    const remedy = meant ? `write metric: ${describe(meant)}` : `add it to metrics: { ${name.slice(0, 40)} }`;
    return fail("value", where, names.map((each) => describe(each)).join(" or "), name, remedy);
  }
  const remedy = `write metrics: { ${name}: { metric: ${name}, better: "higher" } }`;
  return found.better ?? fail("option", where, "a metric that says which way is better", name, remedy);
}

/** What has been seen so far: plain data, a part of the course. */
export interface Watched {
  /** The best epoch, or 0 as long as none has been judged. */
  epoch: number;
  /** The number that was watched there. */
  best: number;
  /** The number that the next has to be better than, by more than minDelta, and how many epochs have not been. */
  reference: number;
  waited: number;
}

/** Nothing yet. */
export const unwatched = (): Watched => ({ epoch: 0, best: 0, reference: 0, waited: 0 });

/** Verdicts on an epoch: it is the best so far; the training is to end. */
export const BEST = 1;
export const OVER = 2;

/** Whether what has been seen ends the training: the goal is reached, or there is no patience left. */
export const isOver = ({ sign, goal, patience }: StoppingRule, { epoch, best, waited }: Watched): boolean =>
  epoch > 0 && ((goal !== undefined && sign * (goal - best) > 0) || waited >= patience);

/** What of a rule has to be the same for a fit to go on, in words: all but its patience. */
export const ruleInWords = ({ metric, sign, minDelta, from, goal, restores }: StoppingRule): string =>
  restores
    ? `${metric}, minDelta ${minDelta}, from ${from}${goal === undefined ? "" : `, ${sign > 0 ? "below" : "above"} ${goal}`}`
    : "none";

/** Judges an epoch by the number that is watched; returns the sum of the verdicts. */
export function verdictOn(rule: StoppingRule, seen: Watched, epoch: number, value: number): number {
  const { sign } = rule;
  if (epoch < rule.from) return 0;
  const isFirst = seen.epoch === 0;
  const isBest = isFirst || sign * (seen.best - value) > 0;
  if (isBest) {
    seen.epoch = epoch;
    seen.best = value;
  }
  if (isFirst || sign * (seen.reference - value) > rule.minDelta) {
    seen.reference = value;
    seen.waited = 0;
  } else seen.waited++;
  return (isBest ? BEST : 0) + (isOver(rule, seen) ? OVER : 0);
}
