import { made, type Made } from "../core/bare.js";
import { fail } from "../core/errors.js";
import { isBlock, isCount } from "../core/options.js";
import type { Floats } from "../core/tensor.js";
import { isSchedule, type LearningRate, rateField, type Schedule, scheduleOf } from "./schedule.js";
import type { Warmup } from "./warmup.js";

/** The parts of a {@link sequence}: each but the last ends, and the last is any learning rate. */
export type SequenceParts = readonly [...(Schedule | Warmup)[], LearningRate];

/** A part, and where it begins: after how many updates, and where its scalars lie among those of the sequence. */
interface Stage {
  readonly part: number | Schedule | Warmup;
  readonly begin: number;
  readonly at: number;
}

/**
 * One schedule after another: each part counts its steps from its own beginning, which is where the one before it ends.
 *
 * A part that ends says after how many `steps`: {@link linear}, {@link cosine}, {@link oneCycle}, {@link warmup} and a
 * sequence of such. The last may go on for ever, may be a number, or a function of the step. A {@link warmup} takes the
 * rate with which the next part begins for its goal.
 * @throws {@link ChainruleError} `value` for a part that is none, or that never ends and is not the last
 * @example
 * ```ts
 * import { cosine, sequence, warmup } from "chainrule";
 *
 * const schedule = sequence(warmup(100), cosine({ from: 1e-2, steps: 2000 }), 1e-5);
 * schedule.rate(100); // 0.01
 * schedule.rate(1100).toFixed(4); // "0.0050"
 * schedule.rate(1_000_000); // 0.00001
 * ```
 */
export function sequence(...parts: SequenceParts): Made<Schedule, { parts: SequenceParts }> {
  const stages: Stage[] = [];
  const scalars: Record<string, number> = {};
  let begin = 0;
  parts.forEach((given, i) => {
    const part = partOf(given, i, i === parts.length - 1);
    stages.push({ part, begin, at: Object.keys(scalars).length });
    if (typeof part === "number") return;
    begin += part.steps ?? 0;
    const own = "scalars" in part ? (part.scalars ?? {}) : {};
    for (const [name, start] of Object.entries(own)) scalars[`${i}.${name}`] = start;
  });
  const last = stages.at(-1)?.part ?? fail("value", "sequence", "parts", parts, "write sequence(warmup(100), 0.01)");

  const indexAt = (step: number): number => {
    let i = stages.length - 1;
    while (stages[i]!.begin > step) i--;
    return i;
  };
  const rateOf = (i: number, step: number, s: Floats | undefined): number => {
    const { part, at } = stages[i]!;
    if (typeof part === "number") return part;
    if ("factor" in part) return part.factor(step) * rateOf(i + 1, 0, s);
    return part.rate(step, at === 0 ? s : s?.subarray(at));
  };
  return made(
    {
      name: "sequence",
      steps: typeof last === "number" || last.steps === undefined ? undefined : begin,
      scalars: Object.freeze(scalars),
      rate(step, s) {
        const i = indexAt(step);
        return rateOf(i, step - stages[i]!.begin, s);
      },
      epoch(step, s, loss) {
        const { part, begin, at } = stages[indexAt(step)]!;
        if (typeof part !== "number" && "rate" in part) part.epoch?.(step - begin, s.subarray(at), loss);
      },
    },
    { parts },
  );
}

const rate = /* @__PURE__ */ rateField(0.01);

/** @throws {@link ChainruleError} `value` if a part is none, or never ends and is not the last */
function partOf(given: unknown, i: number, isLast: boolean): number | Schedule | Warmup {
  const where = `sequence part ${i + 1}`;
  if (!isLast) {
    if (isWarmup(given) || (isSchedule(given) && given.steps !== undefined)) return given;
    const remedy = isSchedule(given) || rate.test(given) ? "put it last" : "write warmup(100)";
    fail("value", where, "a warmup, or a schedule that ends", given, remedy);
  }
  if (!rate.test(given)) {
    fail("value", where, rate.expected, given, isWarmup(given) ? "put a rate after it, such as 0.01" : undefined);
  }
  return scheduleOf(given as LearningRate);
}

const isWarmup = (value: unknown): value is Warmup =>
  isBlock(value, "name", "factor") && isCount((value as Warmup).steps);
