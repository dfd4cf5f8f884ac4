import { readFileSync } from "node:fs";
import {
  catalogue,
  ChainruleError,
  cosine,
  cosineRestarts,
  exponential,
  linear,
  oneCycle,
  plateau,
  type Schedule,
  sequence,
  stepDecay,
  warmup,
} from "chainrule";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { argumentsOf } from "../../src/catalogue.js";
import { isOurs } from "../../src/core/bare.js";
import { power } from "../../src/core/power.js";
import { rateAt, rateField, scheduleOf } from "../../src/schedules/schedule.js";
import * as tables from "../support/tables.js";

/** ["cosine", { from: 0.1, steps: 20 }], as in the fixture. */
type Spec = readonly [name: keyof typeof catalogue.schedules, ...args: unknown[]];

const fixture = JSON.parse(readFileSync(new URL("../fixtures/schedules.json", import.meta.url), "utf8")) as {
  cases: { schedule: Spec; rates: number[]; losses?: number[] }[];
};

const made = ([name, ...args]: Spec): Schedule =>
  (catalogue.schedules[name] as (...args: unknown[]) => Schedule)(
    ...args.map((each) => (Array.isArray(each) ? made(each as unknown as Spec) : each)),
  );

const none = new Float64Array(0);
const memoryOf = ({ scalars = {} }: Schedule): Float64Array => Float64Array.from(Object.values(scalars));
const ratesOf = (schedule: Schedule, count: number): number[] =>
  Array.from({ length: count }, (_, step) => rateAt(schedule, step, none));

/** |a − b| ≤ 1e-12 · |b|, or 1e-15 of the largest: PyTorch takes ½(1 + cos), of which at the end the digits cancel. */
function expectClose(rates: readonly number[], due: readonly number[], what = ""): void {
  const least = 1e-15 * Math.max(...due);
  const apart = due.flatMap((each, i) =>
    Math.abs(rates[i]! - each) <= Math.max(1e-12 * each, least) ? [] : [`[${i}] ${rates[i]}, not ${each}`],
  );
  expect(apart, what).toEqual([]);
  expect(rates.length).toBe(due.length);
}

/** The rates of a schedule that is told these losses, one after each of so many updates. */
function told(schedule: Schedule, losses: readonly number[], memory = memoryOf(schedule), every = 1): number[] {
  const rates = [rateAt(schedule, 0, memory)];
  losses.forEach((loss, i) => {
    schedule.epoch!((i + 1) * every, memory, loss);
    rates.push(rateAt(schedule, (i + 1) * every, memory));
  });
  return rates;
}

describe("schedules as in PyTorch", () => {
  it.each(fixture.cases)("$schedule", ({ schedule: spec, rates, losses }) => {
    const schedule = made(spec);
    expectClose(losses ? told(schedule, losses) : ratesOf(schedule, rates.length), rates);
  });

  it("are all there", () => {
    const names = fixture.cases.flatMap(({ schedule }) => [...JSON.stringify(schedule).matchAll(/\["(\w+)"/g)]);
    expect(new Set(names.map((match) => match[1]))).toEqual(new Set(Object.keys(catalogue.schedules)));
  });
});

const specimens = tables.schedules.flatMap(({ specimens }) => specimens);

describe.each(specimens)("$written", ({ block, plain }) => {
  const schedule = "rate" in block ? block : sequence(block, 1);
  const steps = schedule.steps ?? 300;

  it("has the rates of its formula", () => {
    expectClose(
      ratesOf(schedule, 2 * steps),
      Array.from({ length: 2 * steps }, (_, step) => plain(step)),
    );
  });

  it("is a finite number of at least 0 at every step, and stays at its last value when it has ended", () => {
    const far = [steps - 1, steps, steps + 1, 1e6, 1e9, 2 ** 31, 2 ** 32 + 1, 2 ** 52, 2 ** 53];
    const rates = far.map((step) => rateAt(schedule, step, memoryOf(schedule)));
    if (schedule.steps !== undefined) expect(new Set(rates.slice(1)).size).toBe(1);
  });

  it("can be asked in any order", () => {
    const forwards = ratesOf(schedule, 50);
    const backwards = ratesOf(schedule, 50).map((_, i) => rateAt(schedule, 49 - i, none));
    expect(backwards.reverse()).toEqual(forwards);
  });

  it("is made again by its name and its options, which are frozen", () => {
    const { name, options } = block;
    const maker = catalogue.schedules[name as keyof typeof catalogue.schedules] as (...args: unknown[]) => Schedule;
    const again = maker(...argumentsOf(name, { ...options }));
    expect(again.options).toEqual(options);
    expect([isOurs(block), isOurs(again), Object.isFrozen(block), Object.isFrozen(options)]).not.toContain(false);
    const other = "rate" in again ? again : sequence(again as never, 1);
    expect(ratesOf(other, 100)).toEqual(ratesOf(schedule, 100));
  });
});

const size = fc.double({ min: 0, max: 10, noNaN: true });
const length = fc.integer({ min: 1, max: 10_000 });
const anyStep = fc.integer({ min: 0, max: 20_000 });
const share = fc.double({ min: 1e-3, max: 1, noNaN: true });

describe("laws", () => {
  it("linear and cosine go from one end to the other, and never turn", () => {
    fc.assert(
      fc.property(size, size, length, anyStep, (from, to, steps, step) => {
        for (const make of [linear, cosine]) {
          const schedule = make({ from, to, steps });
          const [now, next] = [schedule.rate(step), schedule.rate(step + 1)];
          expect([schedule.rate(0), schedule.rate(steps)]).toEqual([from, to]);
          expect(now).toBeGreaterThanOrEqual(Math.min(from, to));
          expect(now).toBeLessThanOrEqual(Math.max(from, to));
          expect((next - now) * (to - from)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it("the decays never rise, and meet where the one has fallen", () => {
    fc.assert(
      fc.property(size, share, fc.integer({ min: 1, max: 500 }), anyStep, (from, factor, every, step) => {
        const [steps, smooth] = [stepDecay, exponential].map((make) => make({ from, factor, every }));
        for (const { rate } of [steps!, smooth!]) expect(rate(step + 1)).toBeLessThanOrEqual(rate(step));
        expect(smooth!.rate(step)).toBeLessThanOrEqual(steps!.rate(step) * (1 + 1e-11));
        const meeting = step - (step % every);
        if (steps!.rate(meeting) < 1e-290) return;
        expect(Math.abs(smooth!.rate(meeting) / steps!.rate(meeting) - 1)).toBeLessThanOrEqual(1e-11);
      }),
    );
  });

  it("restarts repeat the cosine, each period so many times as long", () => {
    fc.assert(
      fc.property(size, length, fc.integer({ min: 1, max: 4 }), anyStep, (from, steps, growth, step) => {
        const { rate } = cosineRestarts({ from, steps, growth });
        const first = cosine({ from, steps });
        if (step < steps) expect(rate(step)).toBe(first.rate(step));
        if (growth === 1) expect(rate(steps * 7 + (step % steps))).toBe(first.rate(step % steps));
        expect(rate(steps + growth * (step % steps))).toBe(first.rate(step % steps));
      }),
    );
  });

  it("one cycle has one peak", () => {
    fc.assert(
      fc.property(size, length, fc.double({ min: 0, max: 0.99, noNaN: true }), (peak, steps, rise) => {
        const { rate } = oneCycle({ peak, steps, rise });
        const top = Math.max(0, rise * steps - 1);
        for (const step of [0, Math.floor(top / 2), Math.floor(top) - 1]) {
          if (step >= 0 && step + 1 <= top) expect(rate(step + 1)).toBeGreaterThanOrEqual(rate(step));
        }
        for (const step of [Math.ceil(top), Math.ceil((top + steps) / 2), steps - 1, steps]) {
          expect(rate(step + 1)).toBeLessThanOrEqual(rate(step));
          expect(rate(step)).toBeLessThanOrEqual(peak);
        }
      }),
    );
    expect(oneCycle({ peak: 1, steps: 1 }).rate(0)).toBe(1 / 25 / 10_000);
  });

  it("a sequence goes on with each part from its own beginning", () => {
    fc.assert(
      fc.property(fc.array(length, { minLength: 1, maxLength: 4 }), anyStep, (lengths, step) => {
        const parts = lengths.map((steps, i) => linear({ from: i + 1, to: 0.5, steps }));
        const { rate, steps } = sequence(...(parts as [Schedule]));
        expect(steps).toBe(lengths.reduce((a, b) => a + b));
        let begin = 0;
        for (const part of parts) {
          const own = step % part.options.steps;
          expect(rate(begin + own)).toBe(part.rate(own));
          begin += part.options.steps;
        }
      }),
    );
  });

  it("a warmup rises evenly to what follows, a sequence too", () => {
    const next = cosine({ from: 0.3, steps: 50 });
    for (const { rate } of [sequence(warmup(9), next), sequence(warmup(9), sequence(next, 0.1))]) {
      for (let step = 0; step < 9; step++) expect(rate(step)).toBeCloseTo((0.3 * (step + 1)) / 10, 15);
      for (let step = 0; step < 50; step++) expect(rate(9 + step)).toBe(next.rate(step));
    }
    expect(
      ratesOf(
        sequence(warmup(1), (step) => 0.5 / (1 + step)),
        4,
      ),
    ).toEqual([0.25, 0.5, 0.25, 0.5 / 3]);
  });

  it("runs as it is written in the docs", () => {
    const schedule = sequence(warmup(100), cosine({ from: 1e-2, steps: 2000 }));
    expectClose(
      [0, 99, 1100].map((step) => schedule.rate(step)),
      [1e-2 / 101, 1 / 101, 0.005],
    );
    expect([100, 2100, 9999].map((step) => schedule.rate(step))).toEqual([1e-2, 0, 0]);
    expect(schedule.steps).toBe(2100);
  });

  it("a power is a product of so many", () => {
    for (const [base, n] of [
      [0.5, 10],
      [0.1, 1],
      [0.9, 0],
      [1, 2 ** 53],
      [0.5, 2 ** 53],
      [-3, 3],
      [0.7, 13],
    ] as const) {
      // prettier-ignore
      const due = Array.from<unknown, number>({ length: Math.min(n, 2000) }, () => base).reduce((product, each) => product * each, 1);
      expect(Math.abs(power(base, n) - due)).toBeLessThanOrEqual(n * 1e-16 * Math.abs(due));
    }
  });
});

describe("plateau", () => {
  const flat = (count: number): number[] => Array.from({ length: count }, () => 1);

  it("waits so many epochs, then lowers the rate, and counts nothing while it cools down", () => {
    const rates = told(plateau({ from: 1, factor: 0.5, patience: 2, cooldown: 1 }), flat(10));
    // 1 is the best; three without a better one; one of cooldown; three again.
    expect(rates).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]);
  });

  it("remembers in its scalars alone, so that it goes on from a copy of them", () => {
    const schedule = plateau({ from: 1, patience: 1, factor: 0.5 });
    const losses = Array.from({ length: 40 }, (_, i) => (i * 7) % 5);
    const memory = memoryOf(schedule);
    const whole = told(schedule, losses);
    told(schedule, losses.slice(0, 17), memory);
    expect(told(plateau({ from: 1, patience: 1, factor: 0.5 }), losses.slice(17), memory.slice())).toEqual(
      whole.slice(17),
    );
  });

  it("in a sequence listens when it is its turn, and has scalars of its own", () => {
    const counting: Schedule = {
      name: "counting",
      steps: 2,
      scalars: { told: 0 },
      rate: (_, s) => s![0]!,
      epoch: (step, s) => void (s[0] = s[0]! + 10 + step),
    };
    const schedule = sequence(
      linear({ from: 7, steps: 1 }),
      counting,
      warmup(2),
      plateau({ from: 1, patience: 0, factor: 0.5 }),
    );
    expect(schedule.scalars).toEqual({
      "1.told": 0,
      "3.reductions": 0,
      "3.epochs": 0,
      "3.best": 0,
      "3.waited": 0,
      "3.cooling": 0,
    });
    // Told after updates 1, 2, …: until its turn the plateau hears nothing.
    expectClose(told(schedule, flat(7)), [7, 10, 21, 1 / 3, 2 / 3, 1, 0.5, 0.25]);
  });

  it("leaves what is not finite out", () => {
    const schedule = plateau({ from: 1, patience: 0, factor: 0.5 });
    expect(told(schedule, [NaN, Infinity, 3, NaN, 2, 2])).toEqual([1, 1, 1, 1, 1, 1, 0.5]);
  });
});

describe("where a rate stands", () => {
  const field = rateField(0.01);
  const own = { name: "own", rate: () => 0.1 };

  it("there may be a number, a schedule or a function of the step", () => {
    for (const rate of [0, 0.1, own, cosine({ from: 1, steps: 5 }), sequence(0.1), (step: number) => 1 / (1 + step)]) {
      expect(field.test(rate)).toBe(true);
    }
    expect([scheduleOf(0.1), scheduleOf(own)]).toEqual([0.1, own]);
    const inverse = (step: number) => 0.1 / (1 + step);
    for (const [given, name] of [
      [inverse, "inverse"],
      [
        (
          () => (step: number) =>
            0.1 / (1 + step)
        )(),
        "function",
      ],
    ] as const) {
      // prettier-ignore
      const schedule = scheduleOf(given) as Schedule;
      expect(schedule.name).toBe(name);
      expect(ratesOf(schedule, 3)).toEqual([0.1, 0.05, 0.1 / 3]);
      expect(isOurs(schedule)).toBe(false);
    }
  });

  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const REVOKED = 7;
  const wrong = [
    -1, NaN, Infinity, "0.1", null, [0.1], {}, proxy, warmup(3), { name: "own" }, { ...own, steps: 0 }, { ...own, steps: "1" },
    { ...own, scalars: { best: Infinity } }, { ...own, scalars: [1] }, { ...own, epoch: 1 }, { ...own, name: 1 },
  ]; // prettier-ignore

  it.each(wrong.map((_, i) => i))("wrong value %i is refused", (i) => {
    const given = wrong[i];
    const isWarmup = Object.hasOwn(i === REVOKED ? {} : Object(given), "factor");
    expect(field.test(given)).toBe(false);
    expect(() => sequence(given as never)).toThrow(ChainruleError);
    expect(() => sequence(warmup(3), given as never)).toThrow(ChainruleError);
    if (!isWarmup) expect(() => sequence(given as never, 1)).toThrow(ChainruleError);
  });

  it("a warmup is told to stand before something", () => {
    const example = field.example as (value: unknown) => string;
    expect(example(warmup(3))).toBe("sequence(warmup(100), 0.01)");
    expect(() => sequence(warmup(3) as never)).toThrow(
      "schedule, or a function of the step, got {name, steps, factor, options}: put a rate after it, such as 0.01",
    );
    expect(() => sequence(0.1 as never, 0.2)).toThrow("a warmup, or a schedule that ends, got 0.1: put it last");
  });

  it.each([[-1], [NaN], [Infinity], ["0.1"], [undefined], [null], ["a promise"], [{}]])(
    "a function that gives case %# is an error at that step",
    (garbage) => {
      const late = () => (garbage === "a promise" ? Promise.reject(new Error("late")) : garbage);
      const schedule = scheduleOf(((step: number) => (step < 5 ? 0.1 : late())) as never) as Schedule;
      expect(rateAt(schedule, 4, none)).toBe(0.1);
      expect(() => rateAt(schedule, 5, none)).toThrow(/^learningRate schedule at step 5 expected/);
    },
  );

  it("what a function throws comes out as it is", () => {
    const mine = new Error("mine");
    const schedule = scheduleOf(() => {
      throw mine;
    }) as Schedule;
    expect(() => rateAt(schedule, 0, none)).toThrow(mine);
  });

  it("what is missing is asked for", () => {
    expect(() => cosine({ from: 0.1 } as never)).toThrow(
      "cosine steps expected a whole number of at least 1, got undefined: write { steps: 1000 }",
    );
    expect(() => plateau(undefined as never)).toThrow("plateau from expected a number of at least 0");
    expect(() => plateau({ from: 0.1, minimum: 0.2 })).toThrow("plateau minimum expected at most from, 0.1, got 0.2");
  });
});
