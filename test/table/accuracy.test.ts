import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { category, fitTable, parseCsv } from "chainrule/table";
import { share } from "../support/random-cases.js";

interface Learnt {
  readonly name: string;
  readonly target: string;
  readonly kind: "class" | "number";
  readonly network: { readonly scores: readonly number[] };
  readonly test: readonly (readonly number[])[];
}

const fixtures = new URL("../fixtures/", import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, fixtures), "utf8");
/** What scikit-learn's default network reaches, and the rows of each draw that it was judged by: test/fixtures/tables.py. */
const { sets } = JSON.parse(read("tables.json")) as { sets: readonly Learnt[] };

/** Accuracies as the count of right answers, which adds up without rounding; R² as it is. */
const scoreIn = (draw: readonly number[], kind: Learnt["kind"], score: number): number =>
  kind === "class" ? Math.round(score * draw.length) : score;

/** For each draw, by how much `fitTable` with no option is better than scikit-learn's default network. */
async function gains({ name, target, kind, network, test }: Learnt, draws: number): Promise<number[]> {
  const rows = parseCsv(read(`../../examples/data/${name}.csv`));
  const columns = kind === "class" ? { [target]: category } : {}; // digits are numbers if nobody says so
  const found: number[] = [];
  for (const [seed, draw] of test.slice(0, draws).entries()) {
    const isTest = new Set(draw);
    const { model } = await fitTable(
      rows.filter((_, row) => !isTest.has(row)),
      { target, columns, seed },
    );
    const report = model.evaluate(draw.map((row) => rows[row]!));
    if (!("accuracy" in report || "r2" in report)) throw new Error("expected a report on one target");
    const ours = "accuracy" in report ? report.accuracy.value : report.r2.value;
    found.push(scoreIn(draw, kind, ours) - scoreIn(draw, kind, network.scores[seed]!));
  }
  return found;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;
function standardError(numbers: readonly number[]): number {
  const squares = sum(numbers.map((x) => (x - mean(numbers)) ** 2));
  return Math.sqrt(squares / (numbers.length - 1) / numbers.length);
}

const isWhole = share === 1;
const tried = isWhole ? sets : sets.filter(({ name }) => name === "iris" || name === "diabetes");
const draws = isWhole ? 10 : 3;

describe("fitTable without an option, beside scikit-learn's default network on the same rows", () => {
  it(`learns as well: ${draws} draws of ${tried.map(({ name }) => name).join(", ")}`, async () => {
    const found: { name: string; gain: number; error: number }[] = [];
    for (const set of tried) {
      const each = await gains(set, draws);
      found.push({ name: set.name, gain: mean(each), error: standardError(each) });
    }
    expect(found).toHaveLength(isWhole ? 5 : 2);
    expect(found.filter(({ gain, error }) => !(gain >= -2 * error))).toEqual([]);
    // at least as well on four of the five
    expect(found.filter(({ gain }) => gain < 0).length, JSON.stringify(found)).toBeLessThanOrEqual(isWhole ? 1 : 0);
  });
});
