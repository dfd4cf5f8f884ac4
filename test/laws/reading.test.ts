import {
  ChainruleError,
  Network,
  dense,
  meanSquaredError,
  reference,
  sgd,
  tanh,
  wasm,
  type Backend,
  type DType,
  type Optimizer,
} from "chainrule";
import { describe, expect, test } from "vitest";
import { sam } from "../interfaces/blocks/optimizers.js";

// Long rows are read to the tape at once, and there it is found out whether all numbers are finite. What a tape holds that
// is still needed must outlive an input that is refused.

const COLUMNS = 70;
const row = (seed: number, length = COLUMNS) =>
  Array.from({ length }, (_, i) => (((i + 31 * seed) * 7919) % 2003) / 1001 - 1);
const make = (dtype: DType, backend: Backend, optimizer: Optimizer = sgd({ learningRate: 0.1 })) =>
  new Network([dense(COLUMNS, 3), tanh, dense(3, 2)], { loss: meanSquaredError, optimizer, dtype, backend, seed: 1 });

/** Rows in each form that they may have. */
const forms: Record<string, (rows: readonly (readonly number[])[]) => never> = {
  lists: (rows) => rows as never,
  "typed rows": (rows) => rows.map((each) => Float64Array.from(each)) as never,
  "typed rows of the other kind": (rows) => rows.map((each) => Float32Array.from(each)) as never,
  matrix: (rows) => ({ data: Float64Array.from(rows.flat()), shape: [rows.length, COLUMNS] }) as never,
};

const errorOf = (call: () => unknown): ChainruleError => {
  try {
    call();
  } catch (error) {
    if (error instanceof ChainruleError) return error;
  }
  throw new Error("was not refused");
};

const cases = Object.keys(forms).flatMap((form) =>
  [reference, wasm].flatMap((backend) => (["float32", "float64"] as const).map((dtype) => ({ form, backend, dtype }))),
);

describe.each(cases)("long rows: $form, $backend.name, $dtype", ({ form, backend, dtype }) => {
  const given = forms[form]!;

  test("a number that is not finite is found in its place", () => {
    const network = make(dtype, backend);
    for (const [n, i] of [
      [0, 0],
      [1, 5],
      [2, 69],
      [299, 1],
    ] as const) {
      for (const bad of [
        NaN,
        Infinity,
        -Infinity,
        ...(dtype === "float32" && form !== "typed rows of the other kind" ? [1e300] : []),
      ]) {
        const rows = Array.from({ length: n < 3 ? 3 : 300 }, (_, each) => row(each));
        rows[n]![i] = bad;
        const { code, where } = errorOf(() => network.predict(given(rows)));
        expect(code).toBe("value");
        expect(where).toBe(`predict input${form === "matrix" ? `.data[${n * COLUMNS + i}]` : `[${n}][${i}]`}`);
      }
    }
  });

  test.each(["forward", "trainBatch", "predict", "evaluate"] as const)(
    "a refused %s leaves what is open as it is",
    (call) => {
      const bad = given([row(8), [...row(9, COLUMNS - 1), NaN]]);
      const refuse = (network: Network<number, number>) => {
        errorOf(() =>
          call === "forward"
            ? network.forward(bad)
            : call === "predict"
              ? network.predict(bad)
              : (network[call] as (input: number[][], target: number[][]) => unknown)(bad, [
                  [1, 2],
                  [3, 4],
                ]),
        );
        if (call === "trainBatch")
          errorOf(() =>
            network.trainBatch(given([row(8), row(9)]), [
              [1, 2],
              [3, NaN],
            ]),
          );
      };
      const course = (network: Network<number, number>, between: (network: Network<number, number>) => void) => {
        const seen: unknown[] = [];
        const step = () => {
          network.forward(given([row(1), row(2)]));
          between(network);
          network.backward([
            [1, 2],
            [3, 4],
          ]);
          between(network);
          network.forward(given([row(3), row(4)])); // gradients add up
          between(network);
          network.backward([
            [1, 2],
            [3, 4],
          ]);
          network.step();
        };
        for (const _ of [1, 2, 3]) step();
        for (const _ of [1, 2, 3]) {
          seen.push(
            network.trainBatch(given([row(5), row(6)]), [
              [1, 2],
              [3, 4],
            ]),
          );
          between(network);
          seen.push(network.outputs);
        }
        return [seen, network.toJSON()];
      };
      const again = (between: (network: Network<number, number>) => void) => {
        const network = make(dtype, backend, sam(sgd({ learningRate: 0.1 }), 0.05)) as never as Network<number, number>;
        network.forward(given([row(1), row(2)]));
        network.backward([
          [1, 2],
          [3, 4],
        ]);
        between(network);
        network.step(); // goes through the batch again
        return network.toJSON();
      };
      expect(again(refuse)).toStrictEqual(again(() => undefined));
      const made = () => make(dtype, backend) as never as Network<number, number>;
      expect(course(made(), refuse)).toStrictEqual(course(made(), () => undefined));
    },
  );
});
