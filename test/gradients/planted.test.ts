import {
  type Activation,
  type Backend,
  binaryCrossEntropy,
  dense,
  type DType,
  type Floats,
  halfSquaredError,
  type Initializer,
  type Kernels,
  type Layer,
  type Loss,
  meanSquaredError,
  Network,
  type Optimizer,
  type Parameter,
  reference,
  relu,
  sigmoid,
  softmax,
  softplus,
  tanh,
  type Tensor,
} from "chainrule";
import {
  checkActivation,
  checkGradients,
  checkLayer,
  checkLoss,
  checkOptimizer,
  type CheckReport,
} from "chainrule/check";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { build, losses, networkCase } from "../support/arbitraries.js";

// Every mistake stands beside its corrected twin, and both go through the same call.

interface Plant<T> {
  readonly mistake: string;
  readonly wrong: T;
  readonly right: T;
  /** What the report has to say of the mistake. */
  readonly says: RegExp;
}

function plants<T>(check: string, call: (subject: T) => CheckReport, list: readonly Plant<T>[]): void {
  describe(check, () => {
    it.each(list)("catches $mistake", ({ wrong, right, says }) => {
      const passed = call(right);
      expect(passed.toString()).toMatch(/^ok: /);
      const caught = call(wrong);
      expect(caught.ok).toBe(false);
      expect(caught.toString()).toMatch(says);
      // It must not hide behind a kink.
      expect(caught.skipped).toBe(passed.skipped);
    });
  });
}

const size = (x: Tensor): number => x.rows * x.columns;

// Activations.

const elementwise = (name: string, apply: Activation["apply"], derivative: Activation["derivative"]): Activation => ({
  kind: name,
  name,
  apply,
  derivative,
  map(n, z, a) {
    for (let i = 0; i < n; i++) a[i] = apply(z[i]!);
  },
  pull(n, z, a, da, dz) {
    for (let i = 0; i < n; i++) dz[i] = da[i]! * derivative(z[i]!, a[i]!);
  },
  plan: () => null,
  forward(_, x, y, { kernels }) {
    kernels.map(this, x, y);
  },
  backward(_, x, y, dy, dx, { kernels }) {
    if (dx) kernels.pull(this, x, y, dy, dx);
  },
});

const softsign = (slope: (z: number) => number): Activation =>
  elementwise("softsign", (z) => z / (1 + Math.abs(z)), slope);
const ramp = (slope: (z: number) => number): Activation => elementwise("relu", relu.apply, slope);

const activations: readonly Plant<Activation>[] = [
  {
    mistake: "a derivative that gets a where it needs z",
    wrong: elementwise("softplus", softplus.apply, (_z, a) => softplus.derivative(a, 0)),
    right: elementwise("softplus", softplus.apply, (z) => softplus.derivative(z, 0)),
    says: /error .* is .* should be/,
  },
  {
    mistake: "a derivative that gets z where it needs a",
    wrong: elementwise("tanh", tanh.apply, (z) => 1 - z * z),
    right: elementwise("tanh", tanh.apply, (_z, a) => 1 - a * a),
    says: /error .* is .* should be/,
  },
  {
    mistake: "a softsign whose denominator is squared in the wrong place",
    wrong: softsign((z) => 1 / (1 + Math.abs(z) * Math.abs(z))),
    right: softsign((z) => 1 / ((1 + Math.abs(z)) * (1 + Math.abs(z)))),
    says: /error .* is .* should be/,
  },
  {
    mistake: "the derivative of relu flipped",
    wrong: ramp((z) => (z <= 0 ? 1 : 0)),
    right: ramp((z) => (z <= 0 ? 0 : 1)),
    says: /error .* is .* should be/,
  },
  {
    mistake: "a slope that is off by a millionth",
    wrong: elementwise("tanh", tanh.apply, (_z, a) => 1.000001 * (1 - a * a)),
    right: elementwise("tanh", tanh.apply, (_z, a) => 1 * (1 - a * a)),
    says: /error \d\.\de-6/,
  },
];

plants("checkActivation", (each: Activation) => checkActivation(each), [
  ...activations,
  {
    mistake: "a loop that gives the derivative a for z",
    wrong: {
      ...softplus,
      pull(n, _z, a, da, dz) {
        for (let i = 0; i < n; i++) dz[i] = da[i]! * softplus.derivative(a[i]!, a[i]!);
      },
    },
    right: { ...softplus },
    says: /pull gives .* derivative .* \(Float64Array\)/,
  },
  {
    mistake: "a loop that computes in float32",
    wrong: {
      ...sigmoid,
      map(n, z, a) {
        for (let i = 0; i < n; i++) a[i] = sigmoid.apply(Math.fround(z[i]! / 3) * 3);
      },
    },
    right: { ...sigmoid },
    says: /map gives .* apply .* \(Float64Array\)/,
  },
]);

plants("checkLayer, of activations", (each: Activation) => checkLayer(each, { rows: 8 }), activations);

// Layers.

interface LinearState {
  readonly weight: Parameter;
  readonly bias: Parameter;
}

const spread: Initializer = { name: "spread", value: (index, { random }) => random.uniform(index) - 0.5 };

/** A square dense layer written out, whose parts can be replaced. */
function linear(
  parts: Partial<Record<"dWeight" | "dBias" | "dx" | "y", (at: Spot) => void>> = {},
): Layer<3, 3, LinearState> {
  const each = (x: Tensor, visit: (n: number, o: number, i: number) => void): void => {
    for (let n = 0; n < x.rows; n++) for (let o = 0; o < 3; o++) for (let i = 0; i < 3; i++) visit(n, o, i);
  };
  return {
    kind: "linear",
    inputs: 3,
    outputs: 3,
    plan: (planner) => ({
      weight: planner.parameter("weight", [3, 3], spread),
      bias: planner.parameter("bias", [3], spread),
    }),
    forward({ weight, bias }, x, y, { kernels }) {
      kernels.linear(x, weight.value, bias.value, y);
      parts.y?.({ weight, bias, x, y, dy: y, dx: null });
    },
    backward({ weight, bias }, x, y, dy, dx) {
      const at = { weight, bias, x, y, dy, dx };
      if (parts.dWeight) parts.dWeight(at);
      else each(x, (n, o, i) => (weight.gradient.data[3 * o + i]! += dy.data[3 * n + o]! * x.data[3 * n + i]!));
      if (parts.dBias) parts.dBias(at);
      else for (let j = 0; j < size(dy); j++) bias.gradient.data[j % 3]! += dy.data[j]!;
      if (parts.dx) return parts.dx(at);
      if (!dx) return;
      dx.data.fill(0, 0, size(dx));
      each(x, (n, o, i) => (dx.data[3 * n + i]! += dy.data[3 * n + o]! * weight.value.data[3 * o + i]!));
    },
  };
}

interface Spot extends LinearState {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly dy: Tensor;
  readonly dx: Tensor | null;
}

const right = linear();

/** y = x − centre of its column, whose own derivative is the same map. */
function centred(centre: (x: Tensor, column: number) => number): Layer {
  const map = (x: Tensor, y: Tensor): void => {
    for (let i = 0; i < size(x); i++) y.data[i] = x.data[i]! - centre(x, i % x.columns);
  };
  return {
    kind: "centred",
    plan: () => null,
    forward: (_, x, y) => map(x, y),
    backward: (_, _x, _y, dy, dx) => dx && map(dy, dx),
  };
}

let calls = 0;
plants("checkLayer", (each: Layer) => checkLayer(each), [
  {
    mistake: "a transposed weight",
    right,
    wrong: linear({
      dx({ weight, dy, dx }) {
        for (let j = 0; dx && j < size(dx); j++) {
          dx.data[j] = 0;
          for (let o = 0; o < 3; o++) dx.data[j]! += dy.data[j - (j % 3) + o]! * weight.value.data[3 * (j % 3) + o]!;
        }
      },
    }),
    says: /^ {2}input \[3, 3\]: error/m,
  },
  {
    mistake: "a transposed gradient",
    right,
    wrong: linear({
      dWeight({ weight, x, dy }) {
        for (let n = 0; n < x.rows; n++)
          for (let o = 0; o < 3; o++)
            for (let i = 0; i < 3; i++) weight.gradient.data[3 * i + o]! += dy.data[3 * n + o]! * x.data[3 * n + i]!;
      },
    }),
    says: /^ {2}0\.weight \[3, 3\]: error/m,
  },
  {
    mistake: "a bias gradient that is a mean instead of a sum",
    right,
    wrong: linear({
      dBias({ bias, dy }) {
        for (let j = 0; j < size(dy); j++) bias.gradient.data[j % 3]! += dy.data[j]! / dy.rows;
      },
    }),
    says: /^ {2}0\.bias \[3\]: error/m,
  },
  {
    mistake: "gradients that are overwritten instead of added to",
    right,
    wrong: linear({
      dBias({ bias, dy }) {
        bias.gradient.data.fill(0);
        for (let j = 0; j < size(dy); j++) bias.gradient.data[j % 3]! += dy.data[j]!;
      },
    }),
    says: /backward has to add to gradients: 0\.bias/,
  },
  {
    mistake: "dx added to instead of written",
    right,
    wrong: linear({
      dx({ weight, x, dy, dx }) {
        for (let n = 0; dx && n < x.rows; n++)
          for (let o = 0; o < 3; o++)
            for (let i = 0; i < 3; i++) dx.data[3 * n + i]! += dy.data[3 * n + o]! * weight.value.data[3 * o + i]!;
      },
    }),
    says: /^ {2}input \[3, 3\]: error NaN/m,
  },
  {
    mistake: "gradients that wait for somebody who needs dx",
    right,
    wrong: linear({
      dBias({ bias, dy, dx }) {
        for (let j = 0; dx && j < size(dy); j++) bias.gradient.data[j % 3]! += dy.data[j]!;
      },
    }),
    says: /^ {2}0\.bias \[3\]: error/m,
  },
  {
    mistake: "a part of y that is never written",
    right: { ...tanh },
    wrong: {
      ...tanh,
      forward: (_, x, y) => {
        for (let i = 0; i < size(x) - 1; i++) y.data[i] = tanh.apply(x.data[i]!);
      },
    },
    says: /forward gives the loss .*, and NaN when repeated/,
  },
  {
    mistake: "a layer that draws numbers of its own",
    right,
    wrong: linear({ y: ({ y }) => void (y.data[0]! += ++calls) }),
    says: /forward gives the loss .* when repeated/,
  },
  {
    mistake: "rows that leak into each other, with the right gradient",
    right: centred(() => 0),
    wrong: centred((x, column) => {
      let sum = 0;
      for (let n = 0; n < x.rows; n++) sum += x.data[n * x.columns + column]!;
      return sum / x.rows;
    }),
    says: /^not ok.*\n {2}predict gives another y\[\d\]\[\d\] alone than in a batch.*$/,
  },
  {
    mistake: "another parameter for predict",
    right,
    wrong: {
      ...right,
      plan: (planner, inputs) => ({
        ...right.plan(planner, inputs),
        bias: planner.parameter(`bias${++calls}`, [3], spread),
      }),
    },
    says: /predict fails: /,
  },
  {
    mistake: "a softmax whose Jacobian has no entries off the diagonal",
    right: { ...softmax },
    wrong: {
      ...softmax,
      backward(_, _x, y, dy, dx) {
        for (let i = 0; dx && i < size(dx); i++) dx.data[i] = dy.data[i]! * y.data[i]! * (1 - y.data[i]!);
      },
    },
    says: /^ {2}input \[3, 4\]: error/m,
  },
]);

// Backends: the verbs themselves.

/** The reference with some of its verbs replaced, by others that may call the right ones. */
const backend = (replace: (right: Kernels) => Partial<Kernels>): Backend => ({
  name: "planted",
  kernels(dtype: DType) {
    const kernels = reference.kernels(dtype);
    const members = Object.getOwnPropertyNames(Object.getPrototypeOf(kernels)) as (keyof Kernels)[];
    const verbs = members.filter((each) => typeof kernels[each] === "function");
    const right = Object.fromEntries(verbs.map((verb) => [verb, kernels[verb].bind(kernels)])) as unknown as Kernels;
    return Object.assign(kernels, replace(right));
  },
});

/** Calls a verb with another number in the cell of its divisor. */
function dividing(divisor: Tensor, by: (divisor: number) => number, verb: () => void): void {
  const kept = divisor.data[0]!;
  divisor.data[0] = by(kept);
  verb();
  divisor.data[0] = kept;
}

const shorter = (x: Tensor): Tensor => ({ rows: x.rows - 1, columns: x.columns, data: x.data });

plants(
  "checkGradients",
  (each: Backend) => {
    const layers = [dense(3, 3), tanh, dense(3, 3), softmax, dense(3, 2, { bias: { shared: 0.2 } })] as const;
    const network = new Network(layers, { loss: meanSquaredError, backend: each, seed: 3 });
    const input = [
      [0.3, -1, 0.5],
      [1.2, 0.1, -0.4],
      [-0.7, 0.9, 2],
    ] as const;
    return checkGradients(
      network,
      input,
      [
        [1, 0],
        [0.2, -1],
        [0, 2],
      ],
      { rowWeights: [1, -0.5, 2] },
    );
  },
  [
    {
      mistake: "a transposed weight",
      right: backend(() => ({})),
      wrong: backend((kernels) => ({
        product(dy, weight, dx) {
          if (dy.columns !== dx.columns) return kernels.product(dy, weight, dx);
          kernels.linear(dy, weight, null, dx);
        },
      })),
      says: /^ {2}0\.weight \[3, 3\]: error/m,
    },
    {
      mistake: "a row that is missing in outer",
      right: backend((kernels) => ({ outer: (dy, x, dWeight) => kernels.outer(dy, x, dWeight) })),
      wrong: backend((kernels) => ({ outer: (dy, x, dWeight) => kernels.outer(shorter(dy), shorter(x), dWeight) })),
      says: /^ {2}4\.weight \[2, 3\]: error/m,
    },
    {
      mistake: "a forgotten 1/N in the gradient",
      right: backend((kernels) => ({ weigh: (dp, weights, divisor) => kernels.weigh(dp, weights, divisor) })),
      wrong: backend((kernels) => ({
        weigh: (dp, weights, divisor) =>
          dividing(
            divisor,
            () => 1,
            () => kernels.weigh(dp, weights, divisor),
          ),
      })),
      says: /^ {2}0\.bias \[3\]: error/m,
    },
    {
      mistake: "a forgotten 1/N in the loss",
      right: backend((kernels) => ({
        reduce: (u, weights, divisor, total) => kernels.reduce(u, weights, divisor, total),
      })),
      wrong: backend((kernels) => ({
        reduce: (u, weights, divisor, total) =>
          dividing(
            divisor,
            () => 1,
            () => kernels.reduce(u, weights, divisor, total),
          ),
      })),
      says: /the loss is .*, but its terms add up to/,
    },
    {
      mistake: "forgotten weights of the rows",
      right: backend((kernels) => ({ weigh: (dp, weights, divisor) => kernels.weigh(dp, weights, divisor) })),
      wrong: backend((kernels) => ({ weigh: (dp, _, divisor) => kernels.weigh(dp, null, divisor) })),
      says: /^ {2}0\.bias \[3\]: error/m,
    },
    {
      mistake: "a bias gradient that is a mean instead of a sum",
      right: backend((kernels) => ({ sum: (dy, dBias) => kernels.sum(dy, dBias) })),
      wrong: backend(() => ({
        sum(dy, dBias) {
          for (let i = 0; i < size(dy); i++) dBias.data[i % dBias.columns]! += dy.data[i]! / dy.rows;
        },
      })),
      says: /^ {2}0\.bias \[3\]: error/m,
    },
    {
      mistake: "gradients that are overwritten instead of added to",
      right: backend((kernels) => ({ outer: (dy, x, dWeight) => kernels.outer(dy, x, dWeight) })),
      wrong: backend((kernels) => ({
        outer(dy, x, dWeight) {
          kernels.clear(dWeight);
          kernels.outer(dy, x, dWeight);
        },
      })),
      says: /backward has to add to gradients: 0\.weight/,
    },
    {
      mistake: "a softmax whose Jacobian has no entries off the diagonal",
      right: backend((kernels) => ({ softmaxPull: (y, dy, dx) => kernels.softmaxPull(y, dy, dx) })),
      wrong: backend(() => ({
        softmaxPull(y, dy, dx) {
          for (let i = 0; i < size(dx); i++) dx.data[i] = dy.data[i]! * y.data[i]! * (1 - y.data[i]!);
        },
      })),
      says: /^ {2}2\.weight \[3, 3\]: error/m,
    },
  ],
);

// Losses.

/** Writes a function of p, t and the number of rows. */
const filled =
  (f: (p: number, t: number, rows: number) => number): Loss["gradient"] =>
  (p, t, to) => {
    for (let i = 0; i < size(p); i++) to.data[i] = f(p.data[i]!, t.data[i]!, p.rows);
  };
const half = (gradient: Loss["gradient"]): Loss => ({ ...halfSquaredError, gradient });
const rightHalf = half(filled((p, t) => p - t));

/** A loss that takes the mean over the rows by itself. */
const ownMean = (slope: (p: number, t: number, rows: number) => number): Loss => ({
  name: "ownMean",
  divisor: () => 1,
  value: filled((p, t, rows) => ((p - t) * (p - t)) / (2 * rows)),
  gradient: filled(slope),
});

plants("checkLoss", (each: Loss) => checkLoss(each), [
  {
    mistake: "a gradient that ignores the loss",
    right: rightHalf,
    wrong: half(filled(() => 1)),
    says: /^ {2}p of 1 row \[1, 4\]: error/m,
  },
  {
    mistake: "the gradient of another loss",
    right: rightHalf,
    wrong: half(meanSquaredError.gradient),
    says: /^ {2}p of 1 row \[1, 4\]: error/m,
  },
  {
    mistake: "a gradient with its sign turned",
    right: rightHalf,
    wrong: half(filled((p, t) => t - p)),
    says: /^ {2}p of 1 row \[1, 4\]: error/m,
  },
  {
    mistake: "a forgotten 1/N, which a single row does not show",
    right: ownMean((p, t, rows) => (p - t) / rows),
    wrong: ownMean((p, t) => p - t),
    says: /^not ok.*\n {2}p of 3 rows \[3, 4\]: error/,
  },
  {
    mistake: "dp added to instead of written",
    right: rightHalf,
    wrong: half((p, t, dp) => {
      for (let i = 0; i < size(p); i++) dp.data[i]! += p.data[i]! - t.data[i]!;
    }),
    says: /error NaN/,
  },
  {
    mistake: "a fused gradient that is not one with the layer",
    right: { ...binaryCrossEntropy, fused: { ...binaryCrossEntropy.fused! } },
    wrong: { ...binaryCrossEntropy, fused: { ...binaryCrossEntropy.fused!, gradient: binaryCrossEntropy.gradient } },
    says: /^ {2}z of 1 row \[1, 4\]: error/m,
  },
  {
    mistake: "a fused value that is another than that after the layer",
    right: { ...binaryCrossEntropy, fused: { ...binaryCrossEntropy.fused! } },
    wrong: {
      ...binaryCrossEntropy,
      fused: {
        ...binaryCrossEntropy.fused!,
        value(z, t, u, context) {
          binaryCrossEntropy.fused!.value(z, t, u, context);
          for (let i = 0; i < size(u); i++) u.data[i]! += 1;
        },
      },
    },
    says: /the loss of 1 row is .* from the logits, .* after sigmoid/,
  },
]);

// Optimizers.

const { sqrt } = Math;

/** Adam written out; `correct` gives m̂ and v̂. */
const adamWith = (correct: (moment: number, rest: number) => number): Optimizer => ({
  name: "adam",
  slots: ["m", "v"],
  scalars: { learningRate: 0.01, beta1Power: 1, beta2Power: 1 },
  step(runs, { scalars }) {
    const s = scalars.data;
    s[1]! *= 0.9;
    s[2]! *= 0.999;
    for (const {
      parameters: { data: p, columns },
      gradients: { data: g },
      slots,
    } of runs) {
      const [m, v] = slots.map(({ data }) => data) as [Float64Array, Float64Array];
      for (let i = 0; i < columns; i++) {
        m[i] = 0.9 * m[i]! + 0.1 * g[i]!;
        v[i] = 0.999 * v[i]! + 0.001 * g[i]! * g[i]!;
        p[i]! -= (s[0]! * correct(m[i]!, 1 - s[1]!)) / (sqrt(correct(v[i]!, 1 - s[2]!)) + 1e-8);
      }
    }
  },
});

plants(
  "checkOptimizer, of Adam",
  (each: Optimizer) =>
    checkOptimizer(each, (p, g, t, memory) => {
      memory.m = 0.9 * (memory.m ?? 0) + 0.1 * g;
      memory.v = 0.999 * (memory.v ?? 0) + 0.001 * g * g;
      return p - (0.01 * memory.m) / (1 - 0.9 ** t) / (sqrt(memory.v / (1 - 0.999 ** t)) + 1e-8);
    }),
  [
    {
      mistake: "a bias correction that multiplies",
      right: adamWith((moment, rest) => moment / rest),
      wrong: adamWith((moment, rest) => moment * rest),
      says: /a\[\d\]\[\d\] after step \d+ is/,
    },
    {
      mistake: "a bias correction that is left out",
      right: adamWith((moment, rest) => moment / rest),
      wrong: adamWith((moment) => moment),
      says: /a\[\d\]\[\d\] after step \d+ is/,
    },
  ],
);

/** Gradient descent over the runs, as they are visited. */
const descent = (visit: (p: Floats, g: Floats, run: number, columns: number) => void): Optimizer => ({
  name: "descent",
  slots: [],
  scalars: {},
  step(runs) {
    runs.forEach(({ parameters, gradients }, run) => visit(parameters.data, gradients.data, run, parameters.columns));
  },
});
const plainDescent = descent((p, g, _, columns) => {
  for (let i = 0; i < columns; i++) p[i]! -= 0.1 * g[i]!;
});
let step = 0;

plants("checkOptimizer", (each: Optimizer) => checkOptimizer(each, (p, g) => p - 0.1 * g), [
  {
    mistake: "a step uphill",
    right: plainDescent,
    wrong: descent((p, g, _, columns) => {
      for (let i = 0; i < columns; i++) p[i]! += 0.1 * g[i]!;
    }),
    says: /c\[0\] after step/,
  },
  {
    mistake: "a last element that is forgotten",
    right: plainDescent,
    wrong: descent((p, g, _, columns) => {
      for (let i = 0; i < columns - 1; i++) p[i]! -= 0.1 * g[i]!;
    }),
    says: /c\[0\] after step/,
  },
  {
    mistake: "only the first run being moved",
    right: plainDescent,
    wrong: descent((p, g, run, columns) => {
      for (let i = 0; run === 0 && i < columns; i++) p[i]! -= 0.1 * g[i]!;
    }),
    says: /b takes another path when its neighbours are frozen/,
  },
  {
    mistake: "a run that reaches into the frozen parameters behind it",
    right: plainDescent,
    wrong: descent((p, g, _, columns) => {
      const all = new Float64Array(p.buffer, p.byteOffset, columns + 1);
      for (let i = 0; i < columns; i++) p[i]! -= 0.1 * g[i]!;
      if (columns === 6) all[columns]! += 1;
    }),
    says: /x is frozen, and moves/,
  },
  {
    mistake: "a memory outside of the network",
    right: plainDescent,
    wrong: descent((p, g, _, columns) => {
      step += 1;
      for (let i = 0; i < columns; i++) p[i]! -= (0.1 + 1e-9 * step) * g[i]!;
    }),
    says: /takes another path when its neighbours are frozen/,
  },
]);

// Not in random order: the last of these asks what the others met.
describe("random smooth networks with a mistake", { shuffle: false }, () => {
  const mistakes: Readonly<Record<string, Backend>> = {
    "a loss gradient that is 0.01 % too large": backend((kernels) => ({
      weigh: (dp, weights, divisor) =>
        dividing(
          divisor,
          (n) => n / 1.0001,
          () => kernels.weigh(dp, weights, divisor),
        ),
    })),
    "a missing row in outer": backend((kernels) => ({
      outer: (dy, x, dWeight) => kernels.outer(shorter(dy), shorter(x), dWeight),
    })),
  };
  const smooth = (name: string): string => (/relu/i.test(name) ? "tanh" : name);
  const total = { caught: 0, blind: 0 };

  it.each(Object.keys(mistakes))("%s: it is caught, and nothing is skipped", (mistake) => {
    fc.assert(
      fc.property(
        fc.constantFrom("sigmoid", "softplus", "softmax"),
        fc.constantFrom(...Object.keys(losses)),
        fc.integer(),
        (subject, loss, seed) => {
          const [given] = fc.sample(networkCase(subject, loss, 3), { seed, numRuns: 1 });
          const blocks = given!.blocks.map((each) => ({ ...each, activation: smooth(each.activation) }));
          const { network, input, target, options } = build({ ...given!, blocks }, mistakes[mistake]);
          const report = checkGradients(network, input, target, options);
          expect(report.skipped).toBe(0);
          // A gradient that is next to nothing hides a mistake from everybody.
          const norm = Math.max(
            ...report.tensors.filter(({ name }) => name !== "input").map(({ numeric }) => Math.abs(numeric)),
          );
          if (norm > 1e-2) {
            total.caught++;
            expect(report.ok).toBe(false);
          } else total.blind++;
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  it("of which most have a gradient to speak of", () => {
    expect(total.caught).toBeGreaterThan(3 * total.blind);
  });
});

describe("kinks", () => {
  /** z = 0 exactly, for one of two examples. */
  const network = new Network([dense(1, 1, { weight: [[1]], bias: [0] }), relu], { loss: halfSquaredError });

  it("are skipped and counted, whatever the formula says there", () => {
    const report = checkGradients(network, [[0], [2]], [[1], [1]]);
    expect(report.ok).toBe(true);
    // The bias moves the first example over the kink, and so does its input; the weight does not.
    expect(report.tensors.map(({ name, checked, skipped }) => [name, checked, skipped])).toEqual([
      ["0.weight", 1, 0],
      ["0.bias", 0, 1],
      ["input", 1, 1],
    ]);
  });

  it("are no excuse for what lies beside them", () => {
    const report = checkLayer(
      ramp(() => 0.25),
      { input: [[0, 1e-6, -1e-6, 0.5, -0.5]] },
    );
    expect(report.ok).toBe(false);
    expect(report.skipped).toBe(3);
    expect(report.checked).toBe(2);
  });

  it("a report of which nothing could be checked is not ok", () => {
    const report = checkLayer(relu, { input: [[0, 0]] });
    expect([report.ok, report.checked, report.skipped]).toEqual([false, 0, 2]);
  });

  it("a steep curve is none", () => {
    const network = new Network([dense(1, 1, { weight: [[300]], bias: [0.1] }), tanh], { loss: halfSquaredError });
    const report = checkGradients(network, [[0.001], [-0.002]], [[1], [1]]);
    expect(report.skipped).toBe(0);
    expect(report.ok).toBe(true);
  });
});
