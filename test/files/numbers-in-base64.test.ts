import { ChainruleError, Network, dense, type DType } from "chainrule";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runs } from "../support/random-cases.js";

const make = (dtype: DType) => new Network([dense(2, 3), dense(3, 1, { bias: false })], { dtype, seed: 1 });
const bitsOf = (network: Network<2, 1>): string =>
  network.parameters
    .flatMap(({ value }) => (value as readonly (number | readonly number[])[]).flat())
    .map((each) => (Object.is(each, -0) ? "-0" : String(each)))
    .join();

describe("what JSON has no digits for", () => {
  test("a −0 comes back, and numbers beside it to the last bit", () => {
    const numbers = fc.array(fc.oneof(fc.constantFrom(0, -0), fc.double({ min: -1e15, max: 1e15, noNaN: true })), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(numbers, fc.constantFrom("float32" as const, "float64" as const), (values, dtype) => {
        const [network, twin] = [make(dtype), make(dtype)];
        network.parameter("0.weight").set(values);
        twin.load(JSON.parse(JSON.stringify(network)));
        expect(bitsOf(twin)).toBe(bitsOf(network));
      }),
      {
        numRuns: runs(400),
        examples: [
          [[-0, 1, 0, 0, 1e-45, 5e-324], "float64"],
          [[-0, -0, 0, 1, 2, 3], "float32"],
        ],
      },
    );
  });

  test("the bytes are those of the format: low byte first, in base64", () => {
    const network = make("float64");
    network.parameter("0.bias").set([-0, 1, 0]);
    // 00 00 00 00 00 00 00 80, 00 00 00 00 00 00 f0 3f, eight zeros; by hand
    const data = "AAAAAAAAAIAAAAAAAADwPwAAAAAAAAAA";
    expect(network.toJSON().parameters["0.bias"]).toEqual({ dtype: "float64", shape: [3], data });
    expect(network.toJSON().parameters["0.weight"]).toHaveLength(3); // without a −0: lists
  });

  test("float32 is read into float64 and, if it can hold them, the other way round", () => {
    const [small, large] = [make("float32"), make("float64")];
    small.parameter("0.bias").set([-0, 0.5, 3]);
    large.load(small.toJSON());
    expect(bitsOf(large)).toBe(bitsOf(small));
    large.parameter("0.bias").set([-0, 1e100, 0]);
    expect(() => small.load(large.toJSON())).toThrow(ChainruleError);
  });

  test.each([
    ["another precision", { dtype: "float16", shape: [3], data: "AAAAAAAAAIAAAAAAAADwPwAAAAAAAAAA" }, "value"],
    ["too few bytes", { dtype: "float64", shape: [3], data: "AAAA" }, "value"],
    ["no base64", { dtype: "float64", shape: [3], data: "!".repeat(32) }, "value"],
    ["another shape", { dtype: "float64", shape: [1, 3], data: "AAAAAAAAAIAAAAAAAADwPwAAAAAAAAAA" }, "shape"],
    ["no shape", { dtype: "float64", data: "AAAAAAAAAIAAAAAAAADwPwAAAAAAAAAA" }, "shape"],
    ["no text", { dtype: "float64", shape: [3], data: 5 }, "value"],
    [
      "a number that is not finite",
      { dtype: "float64", shape: [3], data: "AAAAAAAA8H8AAAAAAAAAAAAAAAAAAAAA" },
      "value",
    ],
  ])("%s is refused, and nothing written", (_, bias, code) => {
    const network = make("float64");
    const before = bitsOf(network);
    const state = network.toJSON();
    const load = () => network.load({ ...state, parameters: { ...state.parameters, "0.bias": bias } });
    expect(load).toThrow(expect.objectContaining({ code }));
    expect(bitsOf(network)).toBe(before);
  });
});
