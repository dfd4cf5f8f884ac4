import { adam, dense, Network, reference, sgd, tanh, wasm } from "chainrule";
import type { DType, Floats, Kernels, Layer, Loss, LossLoops, Optimizer, Run, StepContext, Tensor } from "chainrule";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Stream } from "../../src/core/random.js";
import type { Verbs } from "../../src/kernels/verbs.js";

// Whatever a verb is given, it writes to the tensors that it is given and nowhere else: operands of sizes that do not fit
// are refused before anything is written, by each machine.

const machines = [wasm, reference];
const refusal = expect.objectContaining({ name: "ChainruleError", code: "shape" }) as unknown;

const asking = (forward: Layer["forward"]): Layer => ({
  kind: "asking",
  plan: () => null,
  forward,
  backward: (_, _x, _y, dy, dx, { kernels }) => void (dx && kernels.copy(dy, dx)),
});

describe.each(machines)("$name: a layer of a user", (backend) => {
  const narrow: Layer = {
    ...asking((state, x, _, { kernels }) => kernels.copy(x, state as Tensor)),
    plan: (planner) => planner.scratch(1),
  };

  test("that copies 60 columns to 1 changes no other network, when it is called or when it is written down", () => {
    const network = new Network([dense(2, 60), narrow], { backend, seed: 1 });
    const other = new Network([dense(2, 2)], { backend, seed: 2 });
    const before = JSON.stringify(other);
    for (let i = 0; i < 3; i++) expect(() => network.predict([1, 2])).toThrow(refusal);
    expect(JSON.stringify(other)).toBe(before);
  });

  test("that copies four rows of 60 columns to 1 does not overwrite the program", () => {
    let isWrong = false;
    const layer: Layer = {
      ...asking((state, x, y, { kernels }) => (kernels.copy(x, y), isWrong && kernels.copy(x, state as Tensor))),
      plan: (planner) => planner.scratch(1),
    };
    const network = new Network([dense(2, 60), layer, dense(60, 1)], { backend, seed: 1 });
    const rows = [[1, 2], [3, 4], [5, 6], [7, 8]]; // prettier-ignore
    const right = network.predict(rows);
    isWrong = true;
    for (let i = 0; i < 3; i++) expect(() => network.forward(rows)).toThrow(refusal);
    isWrong = false;
    expect(network.predict(rows)).toEqual(right);
  });

  test("with a product of which the weight has 1 number in the place of 500", () => {
    const layer: Layer = {
      kind: "product",
      inputs: 1,
      outputs: 500,
      plan: (planner) => planner.parameter("weight", [1, 1], [[1]]),
      forward: (state, x, y, { kernels }) => kernels.linear(x, (state as { value: Tensor }).value, null, y),
      backward: () => undefined,
    };
    expect(() => new Network([layer], { backend }).predict([1])).toThrow(refusal);
  });

  test("an optimizer with the step of another and without its slots", () => {
    const optimizer: Optimizer = { ...adam(), slots: [] };
    const network = new Network([dense(1, 1)], { backend, optimizer, seed: 1 });
    const before = JSON.stringify(network);
    network.forward([1]);
    network.backwardFrom([1]);
    expect(() => network.step()).toThrow(refusal);
    expect(JSON.stringify(network)).toBe(before);
  });
});

/** A tensor to be made: how many rows and columns, in the network's precision or as cells. */
type Shape = readonly [rows: number, columns: number, cell?: "cell"];

interface Verb {
  readonly name: string;
  /** The first operand can have any size, as far as the others go. */
  readonly isFirstFree?: boolean;
  /** The shapes of its operands, for a number of rows, inputs and outputs. */
  shapes(rows: number, inputs: number, outputs: number): readonly Shape[];
  call(kernels: Kernels, ...operands: readonly Tensor[]): void;
}

const own = { map: () => undefined, pull: () => undefined };
/** Squared errors, as the machines know them. */
const squares: LossLoops = { native: { f: 6, number: 1 }, ...own };
const same = (count: number) => (rows: number, columns: number) =>
  Array.from({ length: count }, (): Shape => [rows, columns]);
const context = (kernels: Kernels, scalars: Tensor): StepContext => ({
  kernels,
  scalars,
  training: true,
  evaluate: () => 0,
});
const run = (parameters: Tensor, gradients: Tensor, ...slots: readonly Tensor[]): Run => ({
  parameters,
  gradients,
  slots,
});

const verbs: readonly Verb[] = [
  { name: "linear", shapes: (n, i, o) => [[n, i], [o, i], [1, o], [n, o]], call: (k, x, w, b, y) => k.linear(x!, w!, b!, y!) },
  { name: "linear, no bias", shapes: (n, i, o) => [[n, i], [o, i], [n, o]], call: (k, x, w, y) => k.linear(x!, w!, null, y!) },
  { name: "product", shapes: (n, i, o) => [[n, o], [o, i], [n, i]], call: (k, dy, w, dx) => k.product(dy!, w!, dx!) },
  { name: "outer", shapes: (n, i, o) => [[n, o], [n, i], [o, i]], call: (k, dy, x, dw) => k.outer(dy!, x!, dw!) },
  { name: "sum", isFirstFree: true, shapes: (n, _, o) => [[n, o], [1, o]], call: (k, dy, db) => k.sum(dy!, db!) },
  { name: "map", shapes: same(2), call: (k, z, a) => void tanh.forward(null, z!, a!, { kernels: k, training: true }) },
  { name: "map, of a user", shapes: same(2), call: (k, z, a) => k.map(own, z!, a!) },
  { name: "pull", shapes: same(4), call: (k, z, a, da, dz) => tanh.backward(null, z!, a!, da!, dz!, { kernels: k, training: true }) },
  { name: "pull, of a user", shapes: same(4), call: (k, z, a, da, dz) => k.pull(own, z!, a!, da!, dz!) },
  { name: "softmax", shapes: same(2), call: (k, x, y) => k.softmax(x!, y!) },
  { name: "softmaxPull", shapes: same(3), call: (k, y, dy, dx) => k.softmaxPull(y!, dy!, dx!) },
  { name: "loss", shapes: same(3), call: (k, p, t, u) => k.loss(squares, p!, t!, u!) },
  { name: "loss, of a user", shapes: same(3), call: (k, p, t, u) => k.loss(own, p!, t!, u!) },
  { name: "lossPull", shapes: same(3), call: (k, p, t, dp) => k.lossPull(squares, p!, t!, dp!) },
  { name: "lossPull, of a user", shapes: same(3), call: (k, p, t, dp) => k.lossPull(own, p!, t!, dp!) },
  { name: "crossEntropy", shapes: same(3), call: (k, z, q, u) => k.crossEntropy(z!, q!, u!) },
  { name: "residual", shapes: same(3), call: (k, a, t, dz) => k.residual(a!, t!, dz!) },
  { name: "reduce", isFirstFree: true, shapes: (n, _, o) => [[n, o], [n, 1], [1, 1, "cell"], [1, 1, "cell"]], call: (k, u, w, d, t) => k.reduce(u!, w!, d!, t!) },
  { name: "weigh", isFirstFree: true, shapes: (n, _, o) => [[n, o], [n, 1], [1, 1, "cell"]], call: (k, dp, w, d) => k.weigh(dp!, w!, d!) },
  ...([sgd(), sgd({ momentum: 0.9 }), adam()] as readonly Optimizer[]).map(({ name, slots, scalars, step }): Verb => ({
    name: `update, ${name} of ${slots.length} slots`,
    shapes: (n, _, o) => [[1, Object.keys(scalars).length, "cell"], ...Array.from({ length: 2 + slots.length }, (): Shape => [1, n * o])],
    call: (k, s, p, g, ...all) => step([run(p!, g!, ...all)], context(k, s!)),
  })),
  {
    name: "update, of a user",
    isFirstFree: true,
    shapes: (n, _, o) => [[1, 3, "cell"], [1, n * o], [1, n * o], [1, n * o]],
    call: (k, scalars, p, g, s) => k.update({ update: () => undefined }, [run(p!, g!, s!)], scalars!),
  },
  { name: "mask", shapes: same(2), call: (k, t, x) => k.mask(t!, x!) },
  { name: "known", isFirstFree: true, shapes: (n, _, o) => [[n, o], [n, 1]], call: (k, t, m) => k.known(t!, m!, 1) },
  { name: "copy", shapes: same(2), call: (k, x, y) => k.copy(x!, y!) },
  { name: "add", shapes: same(2), call: (k, x, y) => k.add(x!, y!) },
  {
    name: "uniform",
    isFirstFree: true,
    shapes: (n, _, o) => [[n, o], [1, 1, "cell"]],
    call: (k, y, step) => k.uniform(new Stream(1, "a stream", step!), y!),
  },
]; // prettier-ignore

class Room {
  readonly kernels: Verbs;
  readonly memory: Float64Array<ArrayBuffer>;
  #free = 8;

  constructor(
    backend: typeof wasm,
    readonly dtype: DType,
  ) {
    this.kernels = backend.kernels(dtype);
    const { buffer, start } = this.kernels.allocation.allocate(8 * NUMBERS, 100);
    this.memory = new Float64Array(buffer, start, NUMBERS).fill(0.5);
  }

  tensor([rows, columns, cell]: Shape): Tensor {
    const View = cell || this.dtype === "float64" ? Float64Array : Float32Array;
    const data: Floats = new View(this.memory.buffer, this.memory.byteOffset + 8 * this.#free, rows * columns);
    this.#free += rows * columns;
    return { rows, columns, data };
  }
}

const NUMBERS = 2048;
const count = fc.integer({ min: 1, max: 9 });

describe.each(machines)("$name: operands of which one does not fit", (backend) => {
  test.each(verbs)("$name", ({ shapes, call, isFirstFree }) => {
    fc.assert(
      fc.property(
        fc.constantFrom<DType>("float64", "float32"), count, count, count, fc.nat(), count, count, fc.boolean(),
        (dtype, n, i, o, at, rows, columns, pretends) => {
          const room = new Room(backend, dtype);
          const fitting = shapes(n, i, o);
          const which = isFirstFree ? 1 + (at % (fitting.length - 1)) : at % fitting.length;
          const operands = fitting.map((shape) => room.tensor(shape));
          call(room.kernels, ...operands); // fits
          room.memory.fill(0.5);
          const [r, c, cell] = fitting[which]!;
          if (pretends) {
            // says that it is right, and has a number less
            const { data } = operands[which]!;
            operands[which] = { rows: r, columns: c, data: data.subarray(0, data.length - 1) };
          } else {
            fc.pre(rows * columns !== r * c && !(cell && rows * columns >= r * c && c > 1));
            // a bias of one column is shared, and in what has one column several neurons cannot be told from it
            fc.pre(rows * columns > 1);
            operands[which] = room.tensor([rows, columns, cell]);
          }
          const before = Buffer.from(room.memory.slice().buffer);
          expect(() => call(room.kernels, ...operands)).toThrow(refusal);
          expect(before.equals(Buffer.from(room.memory.slice().buffer))).toBe(true);
        },
      ),
      { numRuns: 40, seed: 1 },
    ); // prettier-ignore
  });

  test("a tensor that begins in the network's memory and ends behind it", () => {
    const room = new Room(backend, "float64");
    const { buffer, byteOffset } = room.memory;
    for (const behind of [1, 3]) {
      const end = byteOffset + 8 * NUMBERS - 8;
      const wide = new ArrayBuffer(8 * (NUMBERS + 8));
      const data = backend === wasm ? new Float64Array(buffer, end, 1 + behind) : new Float64Array(wide, 8 * NUMBERS);
      const x = room.tensor([1, 1 + behind]);
      const attempt = () => room.kernels.copy(x, { rows: 1, columns: 1 + behind, data });
      expect(attempt).toThrow(backend === wasm ? (refusal as Error) : "tensors of the network");
    }
  });

  test.each([[-2, -2], [0.5, 8], [NaN, 4], [4, Infinity]])("rows and columns that are none: %s, %s", (rows, columns) => {
    const { kernels, ...room } = new Room(backend, "float64");
    const y = new Room(backend, "float64").tensor([4, 1]);
    const x = { rows, columns, data: room.memory.subarray(8, 12) };
    for (const attempt of [() => kernels.clear(x), () => kernels.copy(x, x), () => kernels.softmax(x, x), () => kernels.sum(x, y)])
      expect(attempt).toThrow(refusal);
  }); // prettier-ignore

  test("cells in the place of numbers of a float32 network", () => {
    const room = new Room(backend, "float32");
    expect(() => room.kernels.copy(room.tensor([1, 2]), room.tensor([1, 2, "cell"]))).toThrow("tensors of the network");
    expect(() => room.kernels.reduce(room.tensor([1, 2]), null, room.tensor([1, 1]), room.tensor([1, 1, "cell"]))).toThrow("tensors of the network");
  }); // prettier-ignore
});

test("a loss of a user that writes terms of another size", () => {
  const broad: Loss = {
    name: "broad",
    divisor: () => 1,
    value: (p, t, u, { kernels }) => kernels.copy(p, { ...t, columns: u.columns + 1, rows: 1, data: u.data }),
    gradient: (p, _, dp, { kernels }) => kernels.copy(p, dp),
  };
  for (const backend of machines)
    expect(() => new Network([dense(1, 2)], { loss: broad, backend }).evaluate([1], [1, 2])).toThrow(refusal);
});
