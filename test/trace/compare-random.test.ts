import { afterAll, describe, expect, it, test } from "vitest";
import { articleNetwork, input, target } from "../../examples/article.js";
import { known } from "../../src/trace/compare/mistakes/mistakes.js";
import { predict } from "../../src/trace/compare/predict.js";
import type { KnownMistake } from "../../src/trace/compare/rules.js";
import { isVisible, judged, type Known, knownOf, mistakeNamed, networks, numbersOf } from "../support/readers.js";
import { runs } from "../support/random-cases.js";

const article = knownOf({ network: articleNetwork(), input: [[...input]], target: [[...target]] });
const seen = { networks: 0, alone: 0, among: 0 };
afterAll(() =>
  console.log(
    `${seen.networks} readers: ${seen.alone} mistakes named alone, ${seen.among} with others that give the same numbers`,
  ),
);

describe("a reader's mistake is named, of random networks in which it shows", () => {
  test.each(known.map((mistake) => [mistake.name, mistake] as const))("%s", (name, { change, when }) => {
    let count = 0;
    for (const each of networks) {
      if (when && !when(each.model)) continue;
      const numbers = numbersOf(each, change, each.all);
      if (!isVisible(each, numbers)) continue;
      const { verdict, mistakes } = judged(each, numbers);
      expect(mistakes.map((mistake) => mistake.name)).toContain(name);
      seen[verdict === "mistake" ? "alone" : "among"]++;
      seen.networks++;
      if (++count === runs(100)) break;
    }
    expect(count).toBe(runs(100));
  });
});

test("numbers without a mistake are right, of any network", () => {
  let count = 0;
  for (const each of networks) {
    expect(judged(each, numbersOf(each, {}, each.all, 6)).verdict).toBe("correct");
    if (++count === runs(100)) break;
  }
});

/** What is in no table. */
const others: Readonly<Record<string, KnownMistake["change"]>> = {
  "error tripled": { error: (dp) => 3 * dp },
  "sign of the error alone": { error: (dp) => Math.sign(dp) },
  "error squared": { error: (dp) => dp * dp },
  "error of half its size, plus 0.1": { error: (dp) => dp / 2 + 0.1 },
  "out as derivative": { slope: (_f, _z, a) => a },
  "1 − out as derivative": { slope: (_f, _z, a) => 1 - a },
  "out(1 + out) as derivative": { slope: (_f, _z, a) => a * (1 + a) },
  "derivative doubled": { slope: (f, z, a) => 2 * f.derivative(z, a) },
  "derivative squared": { slope: (f, z, a) => f.derivative(z, a) * f.derivative(z, a) },
  "weights squared on the way back": { back: ({ delta, w }) => delta * w * w },
  "error back with the opposite sign": { back: ({ delta, w }) => -delta * w },
  "first output twice": { back: ({ delta, w, i }) => (i === 0 ? 2 : 1) * delta * w },
  "weights plus 1 on the way back": { back: ({ delta, w }) => delta * (w + 1) },
  "input squared in the gradient": { incoming: (x) => x * x },
  "input plus 1 in the gradient": { incoming: (x) => x + 1 },
  "no input in the gradient": { incoming: () => 1 },
  "input cubed in the gradient": { incoming: (x) => x * x * x },
  "learning rate a tenth larger": { settings: (s) => ({ ...s, learningRate: 1.1 * s.learningRate }) },
  "learning rate of 0.013": { settings: (s) => ({ ...s, learningRate: 0.013 }) },
  "bias doubled": { net: (sum, bias) => sum + 2 * bias },
  "bias as a factor": { net: (sum, bias) => sum * bias },
  "activation of 2·net": { squash: (f, z) => f.apply(2 * z) },
  "activation twice": { squash: (f, z) => f.apply(f.apply(z)) },
  "weights of a neuron in reverse order": { weightAt: (i, j, { inputs }) => i * inputs + inputs - 1 - j },
  "first input for all": { inputAt: () => 0 },
  "first target for all": { targetAt: () => 0 },
  "root of the error printed": { printed: (E) => Math.sqrt(E) },
  "two updates in each step": { passes: () => 2 },
  "two updates too many": { late: 2 },
  "rounded to 2 decimals": { round: (value) => Number(value.toFixed(2)) },
};

describe("what is in no table is unknown, never guessed", () => {
  it("there are 30 of these", () => expect(Object.keys(others)).toHaveLength(30));

  test.each(Object.entries(others))("%s, on the article's network, by E alone and by all", (_, change) => {
    for (const points of [article.errors, article.all]) {
      const numbers = numbersOf(article, change, points);
      expect(isVisible(article, numbers)).toBe(true);
      expect(judged(article, numbers)).toMatchObject({ verdict: "unknown", mistakes: [] });
    }
  });

  test.each(Object.entries(others))(
    "%s, on random networks: if a mistake is named, it does the very same there",
    (_, change) => {
      const counts = { unknown: 0, same: 0 };
      for (const each of networks) {
        const numbers = numbersOf(each, change, each.all);
        if (!isVisible(each, numbers)) continue;
        const { mistakes } = judged(each, numbers);
        counts[mistakes.length ? "same" : "unknown"]++;
        for (const { name } of mistakes) expectSame(each, change, mistakeNamed(name).change);
        if (counts.unknown === runs(20)) break;
      }
      expect(counts.unknown).toBe(runs(20));
      expect(counts.same).toBeLessThan(10);
    },
  );
});

/** What the reader has said is so to all digits, not only to those that were written. */
function expectSame(
  { model, all }: Known,
  ...changes: readonly [KnownMistake["change"], KnownMistake["change"]]
): void {
  const [one, other] = changes.map((change) => {
    const values: number[] = [];
    predict(model, change, all, (_, value = NaN) => values.push(value) > 0);
    return values;
  });
  one!.forEach((value, i) => {
    if (Number.isFinite(value) && Math.abs(value) < 1e6)
      expect(Math.abs(value - other![i]!)).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(value)));
  });
}
