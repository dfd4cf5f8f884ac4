import { readFileSync } from "node:fs";
import { fingerprints } from "chainrule/trace";
import { describe, expect, test } from "vitest";
import { articleNetwork, input, target } from "../../examples/article.js";
import { known } from "../../src/trace/compare/mistakes/mistakes.js";
import { runs } from "../support/random-cases.js";
import { confusion, fingerprintLines, line, page, rowsUnder } from "../support/confusion.js";

const text = readFileSync(page, "utf8");

test("the guide has the fingerprint of every mistake that shows on the article's network", () => {
  const due = fingerprintLines(fingerprints(articleNetwork(), input, target));
  expect(rowsUnder(text, "The fingerprints")).toEqual(due);
});

describe("the guide's table of confusion", () => {
  const rows = rowsUnder(text, "How well a mistake is recognised");
  const cells = rows.map((row) => row.split(" | "));

  test("has a row for every mistake, a hundred readers in each, and none missed", () => {
    expect(cells.map(([name]) => name!.slice(2))).toEqual(known.map(({ name }) => name));
    for (const [, , alone, among, hidden, ofAllAlone, ofAllAmong, missed] of cells) {
      expect([
        Number(alone) + Number(among) + Number(hidden),
        Number(ofAllAlone) + Number(ofAllAmong),
        Number(missed),
      ]).toEqual([100, 100, 0]);
    }
  });

  // counted again for some of them; `npm run confusion` counts them all
  const some = [
    "updated weights used in the hidden pass",
    "sign of the step flipped",
    "W not transposed in the hidden pass",
    "Adam without bias correction",
    "no 1/2 in the error",
  ];
  test.each(some.slice(0, runs(some.length)))("%s", (name) => {
    expect(rows).toContain(line(confusion([name])[0]!));
  });
});
