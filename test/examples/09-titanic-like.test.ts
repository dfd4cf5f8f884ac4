import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { parseCsv, split } from "chainrule/table";
import { run } from "../support/command.js";
import { figuresOf } from "./floors.js";

let text: string;

beforeAll(async () => {
  text = await run("examples/09-titanic-like.ts");
});

const rows = parseCsv(readFileSync("examples/data/titanic-like.csv", "utf8"));
const [train, others] = split(rows, { test: 0.25, stratify: "Survived", seed: 1 });

/** The lines below a heading, up to an empty one, by their first word. */
const below = (heading: string): Record<string, string> => {
  const [, block] = new RegExp(`^${heading}\\n((?: {2}.*\\n)+)`, "m").exec(text)!;
  return Object.fromEntries([...block!.matchAll(/^ {2}(\S+) +(.*)$/gm)].map(([, name, said]) => [name, said]));
};

test("each column is used, or left out for its reason", () => {
  const used = below("What is used");
  const leftOut = below("What is left out, and why");
  expect(Object.keys(used)).toEqual(["Sex", "Age", "Pclass", "Fare", "Embarked"]);
  expect([...Object.keys(used), ...Object.keys(leftOut), "Survived"].sort()).toEqual(Object.keys(rows[0]!).sort());
  expect(used.Sex).toContain("2 words: female, male");
  expect(used.Pclass).toContain("3 words: 1, 2, 3");
  expect(leftOut.PassengerId).toContain("an id");
  expect(leftOut.Boarded).toContain("a date");
  const different = (column: string) => new Set(train.map((row) => row[column])).size;
  for (const column of ["Name", "Ticket"])
    expect(leftOut[column]).toContain(`(${different(column)} in ${train.length})`);
  const empty = train.filter(({ Cabin }) => Cabin === "").length / train.length;
  expect(leftOut.Cabin).toContain(`${Math.round(100 * empty)} %`);
});

test("it is right more often than who says that women were saved and men were not", () => {
  const women = others.filter(({ Sex, Survived }) => (Sex === "female") === (Survived === "1")).length / others.length;
  const most = others.filter(({ Survived }) => Survived === "0").length / others.length;
  expect(women).toBeGreaterThan(most);
  expect(figuresOf(text, "the network")[0]! / 100).toBeGreaterThan(women);
  expect(figuresOf(text, "always 0")[0]).toBe(Number((100 * most).toFixed(1)));
});

test("of passengers with gaps and new words it says what fits those like them", () => {
  const chances = [...text.matchAll(/saved with +(\d+) %$/gm)].map(([, chance]) => Number(chance) / 100);
  const [woman, poor, boy, unknown, foreign] = chances;
  expect(chances).toHaveLength(5);
  const saved = (is: (row: Record<string, string>) => boolean): number => {
    const alike = rows.filter(is);
    return alike.filter(({ Survived }) => Survived === "1").length / alike.length;
  };
  const isMan = ({ Sex, Age }: Record<string, string>) => Sex === "male" && !(Age !== "" && Number(Age) < 13);
  const women = saved(({ Sex, Pclass }) => Sex === "female" && Pclass === "1");
  const [second, third] = ["2", "3"].map((pclass) => saved((row) => isMan(row) && row.Pclass === pclass));
  // There are some dozens of each: a share of so few is off by as much by chance.
  for (const [chance, share] of [
    [woman, women],
    [poor, third],
    [unknown, second],
    [foreign, second],
  ] as const)
    expect(Math.abs(chance! - share!)).toBeLessThan(0.12);
  expect(boy).toBeGreaterThan(unknown! + 0.3);
});
