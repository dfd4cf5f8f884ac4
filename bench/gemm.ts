// The products of a dense layer in GFLOP/s, beside what the processor can do in 128-bit vectors without fused operations:
// `npx tsx bench/gemm.ts [relaxed]`.
import asc from "assemblyscript/asc";
import { type DType, type Tensor, wasm } from "chainrule";
import { relaxed } from "chainrule/relaxed";

const WARM_UP = 400; // ms
const WINDOW = 300; // ms
const WINDOWS = 5;
const backend = process.argv[2] === "relaxed" ? relaxed : wasm;
type Call = () => number;

/**
 * Chains of c ← c · ½ + ½, none of which waits for another. How many do best depends on the engine: with too few the
 * processor waits for results, with too many it runs out of registers.
 */
const CHAINS = [11, 12, 13];
const each = (count: number, write: (c: string) => string): string =>
  Array.from({ length: count }, (_, i) => write(`c${i}`)).join("\n");
const limitSource = ["f32", "f64"]
  .flatMap((type) =>
    CHAINS.map(
      (count) => `export function limit_${type}_${count}(turns: i32, start: ${type}): bool {
  const half = v128.splat<${type}>(start);
  let sum = half;
  ${each(count, (c) => `let ${c} = sum; sum = v128.add<${type}>(sum, half);`)}
  for (let i = 0; i < turns; i++) { ${each(count, (c) => `${c} = v128.add<${type}>(v128.mul<${type}>(${c}, half), half);`)} }
  ${each(count, (c) => `sum = v128.add<${type}>(sum, ${c});`)}
  return v128.any_true(sum);
}`,
    ),
  )
  .join("\n");
const { binary, stderr } = await asc.compileString(limitSource, {
  optimizeLevel: 3,
  enable: ["simd"],
  runtime: "stub",
  noAssert: true,
});
if (!binary) throw new Error(stderr.toString());
const limits = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(binary)), {}).exports as Record<
  string,
  (turns: number, start: number) => void
>;
const limit = (dtype: DType): Call[] =>
  CHAINS.map((count) => () => {
    limits[`limit_${dtype === "float32" ? "f32" : "f64"}_${count}`]!(20_000, 0.5);
    return 20_000 * count * 2 * (dtype === "float32" ? 4 : 2);
  });

/** The median rates of calls that take turns, each in windows of its own, in billions a second. */
function rates(...calls: readonly Call[]): number[] {
  const window = (call: Call, milliseconds: number): number => {
    const start = performance.now();
    let flops = 0;
    let now = start;
    for (; now - start < milliseconds; now = performance.now()) flops += call();
    return flops / (now - start) / 1e6;
  };
  for (const call of calls) window(call, WARM_UP);
  const windows = Array.from({ length: WINDOWS }, () => calls.map((call) => window(call, WINDOW)));
  return calls.map((_, i) => windows.map((rate) => rate[i]!).sort((a, b) => a - b)[Math.floor(WINDOWS / 2)]!);
}

/** The three products of a dense layer, on numbers in [−1, 1). */
function products(dtype: DType, rows: number, inputs: number, outputs: number): Record<string, Call> {
  const kernels = backend.kernels(dtype);
  const sizes = [
    [rows, inputs],
    [outputs, inputs],
    [rows, outputs],
  ] as const;
  const { buffer, start } = kernels.allocation.allocate(8 * sizes.reduce((sum, [m, n]) => sum + m * n + 16, 0), 10);
  let free = start;
  let seed = 1;
  const [x, weight, y] = sizes.map(([m, n]): Tensor => {
    const data = new (dtype === "float32" ? Float32Array : Float64Array)(buffer, free, m * n);
    free += 64 * Math.ceil(data.byteLength / 64);
    for (let i = 0; i < data.length; i++) data[i] = (seed = (Math.imul(seed, 1664525) + 1013904223) | 0) / 0x8000_0000;
    return { rows: m, columns: n, data };
  }) as [Tensor, Tensor, Tensor];
  const calls = Math.max(1, Math.round(2e6 / (rows * inputs * outputs)));
  const repeated =
    (verb: () => void): Call =>
    () => {
      for (let i = 0; i < calls; i++) verb();
      return calls * 2 * rows * inputs * outputs;
    };
  return {
    "x·Wᵀ": repeated(() => kernels.linear(x, weight, null, y)),
    "dy·W": repeated(() => kernels.product(y, weight, x)),
    "dyᵀ·x": repeated(() => kernels.outer(y, x, weight)),
  };
}

const shapes = [
  [32, 784, 128],
  [32, 512, 512],
  [128, 512, 512],
  [256, 1024, 1024],
  [32, 128, 10],
  [16, 4, 16],
  [1, 784, 128],
] as const;
for (const dtype of ["float32", "float64"] as const) {
  console.log(
    `${dtype}, ${backend.kernels(dtype).machine.name}, Node ${process.version}: GFLOP/s, and the share of what 128-bit vectors can do`,
  );
  for (const shape of shapes) {
    const [rows, inputs, outputs] = shape;
    for (const [name, call] of Object.entries(products(dtype, rows, inputs, outputs))) {
      const [reached, ...most] = rates(call, ...limit(dtype));
      const best = Math.max(...most);
      console.log(
        `  ${shape.join(" × ").padEnd(18)}${name.padEnd(7)}${reached!.toFixed(1).padStart(5)} of ${best.toFixed(1)}: ${(reached! / best).toFixed(2)}`,
      );
    }
  }
}
