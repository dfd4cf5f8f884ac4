import { beforeAll, expect, test } from "vitest";
import { run } from "../support/command.js";

let text: string;

beforeAll(async () => {
  text = await run("examples/05-resume.ts");
});

test("what goes on from the file is what was not broken off", () => {
  const found = (start: string) => new RegExp(`^${start} +(\\d+) epochs, validation loss (\\S+)$`, "m").exec(text)!;
  const [whole, rest] = [found("trained to the end"), found("gone on from the file")];
  expect(rest.slice(1)).toEqual(whole.slice(1));
  expect(Number(whole[1])).toBeGreaterThan(13);
  expect(text).toContain("saved after epoch 12");
  expect(text).toContain("not a bit differs");
});
