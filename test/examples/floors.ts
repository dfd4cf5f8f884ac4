import { readFileSync } from "node:fs";

interface Scores {
  readonly mean: number;
  readonly deviation: number;
}
interface Learnt {
  readonly name: string;
  readonly network: Scores;
  readonly linear: Scores;
}

const { sets } = JSON.parse(readFileSync(new URL("../fixtures/tables.json", import.meta.url), "utf8")) as {
  sets: readonly Learnt[];
};

/** What scikit-learn's default network, or its linear model, scores on a quarter of the rows, two deviations off. */
export function floorOf(name: string, of: "network" | "linear"): number {
  const { mean, deviation } = sets.find((each) => each.name === name)![of];
  return mean - 2 * deviation;
}

/** The line of a report that begins with these words: its numbers. */
export function figuresOf(text: string, words: string): number[] {
  const line = new RegExp(`^ *${words} {2,}(.*)$`, "m").exec(text)?.[1];
  if (line === undefined) throw new Error(`no line "${words}" in\n${text}`);
  return [...line.matchAll(/-?\d+(?:\.\d+)?/g)].map(Number);
}
