import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watch } from "../../src/cli/progress.js";

// What a terminal shows of a training, within this process: stderr pretends to be one, and time goes by as it is told.

let said = "";
let now = 0;
const { isTTY, columns } = process.stderr;
beforeEach(() => {
  [said, now] = ["", 1000];
  Object.assign(process.stderr, { isTTY: true, columns: 200 });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(process.stderr, { isTTY, columns });
});
const shown = (): string => stripVTControlCharacters(said).trim().split("\n").at(-1)!;

test("a line says which trial, epoch and loss, how fast, and how long at most", () => {
  const watched = watch();
  watched.begin("training", 300, 100);
  now += 500;
  expect(watched.onEpoch({ epoch: 1, loss: 0.5, trial: 2, validation: { loss: 0.25 } })).toBe(true);
  expect(shown()).toBe(
    "training · trial 2 · epoch 1 · loss 0.5000 · validation 0.2500 · 600 rows/s · at most 50 s left",
  );
  now += 50; // too soon
  watched.onEpoch({ epoch: 2, loss: 0.4 });
  expect(shown()).toContain("epoch 1 ·");
  now += 4450;
  watched.onEpoch({ epoch: 3, loss: 0.0004 });
  expect(shown()).toBe("training · epoch 3 · loss 4.00e-4 · 180 rows/s · at most 2 min 42 s left");
  now += 200; // another training begins where the latest ended
  watched.onLinearEpoch({ epoch: 1, loss: 0.1 });
  expect(shown()).toBe("training, linear · epoch 1 · loss 0.1000 · 1,500 rows/s · at most 20 s left");
  watched.close();
  expect(process.listenerCount("SIGINT")).toBe(0);
});

test("Ctrl-C lets no training be longer than it was, and the second one exits", () => {
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  const watched = watch();
  watched.begin("training", 300, 100);
  watched.onEpoch({ epoch: 1, loss: 0.5 });
  expect([watched.onEpoch({ epoch: 2, loss: 0.4 }), watched.isEnded]).toEqual([true, false]);
  process.emit("SIGINT");
  expect(said).toContain("Ending the training: the best so far is kept. Ctrl-C once more exits.");
  expect([watched.isEnded, exit.mock.calls.length]).toEqual([true, 0]);
  expect(watched.onEpoch({ epoch: 3, loss: 0.3 })).toBe(false);
  expect(watched.onEpoch({ epoch: 1, loss: 0.3, trial: 2 })).toBe(true);
  process.emit("SIGINT");
  expect(exit).toHaveBeenCalledWith(130);
  watched.close();
});

test("without a terminal nothing is shown, and Ctrl-C before anything has begun exits", () => {
  process.stderr.isTTY = false;
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  const watched = watch();
  watched.begin("training", 300, 100);
  process.emit("SIGINT");
  expect(exit).toHaveBeenCalledWith(130);
  now += 1000;
  watched.onEpoch({ epoch: 1, loss: 0.5 });
  expect(shown()).not.toContain("epoch");
  watched.close();
});
