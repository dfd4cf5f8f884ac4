/** The article's network in plain numbers, formula by formula, with the mistakes its readers make. No library here. */

const input = { i1: 0.05, i2: 0.1 };
const target = { o1: 0.01, o2: 0.99 };
const learningRate = 0.5;

/** w1, w2 lead into h1; w3, w4 into h2; w5, w6 into o1; w7, w8 into o2; each neuron has its own copy of the bias. */
export const start = {
  w1: 0.15,
  w2: 0.2,
  w3: 0.25,
  w4: 0.3,
  w5: 0.4,
  w6: 0.45,
  w7: 0.5,
  w8: 0.55,
  bh1: 0.35,
  bh2: 0.35,
  bo1: 0.6,
  bo2: 0.6,
};

export type Parameters = typeof start;

/** What is done otherwise than in the article; nothing: the correct rule with fixed biases. */
export interface Variant {
  biases?: "fixed" | "per neuron" | "shared";
  updatedWeightsFedBack?: boolean;
  /** dE/dout = factor · (out − target) */
  errorFactor?: number;
  stepUphill?: boolean;
  withoutOutputDerivative?: boolean;
  withoutHiddenDerivative?: boolean;
  onlyFirstOutputFedBack?: boolean;
  notTransposed?: boolean;
  gradientsNotZeroed?: boolean;
  readByColumn?: boolean;
}

const squash = (net: number): number => 1 / (1 + Math.exp(-net));

export function forward(p: Parameters) {
  const netH1 = p.w1 * input.i1 + p.w2 * input.i2 + p.bh1;
  const netH2 = p.w3 * input.i1 + p.w4 * input.i2 + p.bh2;
  const outH1 = squash(netH1);
  const outH2 = squash(netH2);
  const netO1 = p.w5 * outH1 + p.w6 * outH2 + p.bo1;
  const netO2 = p.w7 * outH1 + p.w8 * outH2 + p.bo2;
  const outO1 = squash(netO1);
  const outO2 = squash(netO2);
  const errorO1 = 0.5 * (target.o1 - outO1) ** 2;
  const errorO2 = 0.5 * (target.o2 - outO2) ** 2;
  return { netH1, netH2, outH1, outH2, netO1, netO2, outO1, outO2, errorO1, errorO2, error: errorO1 + errorO2 };
}

export function backward(p: Parameters, variant: Variant = {}): Parameters {
  const { outH1, outH2, outO1, outO2 } = forward(p);
  const factor = variant.errorFactor ?? 1;
  const slope = (out: number, forgotten?: boolean): number => (forgotten ? 1 : out * (1 - out));

  const deltaO1 = factor * (outO1 - target.o1) * slope(outO1, variant.withoutOutputDerivative);
  const deltaO2 = factor * (outO2 - target.o2) * slope(outO2, variant.withoutOutputDerivative);
  const w5 = deltaO1 * outH1;
  const w6 = deltaO1 * outH2;
  const w7 = deltaO2 * outH1;
  const w8 = deltaO2 * outH2;

  let back = { w5: p.w5, w6: p.w6, w7: p.w7, w8: p.w8 };
  if (variant.updatedWeightsFedBack) {
    back = {
      w5: p.w5 - learningRate * w5,
      w6: p.w6 - learningRate * w6,
      w7: p.w7 - learningRate * w7,
      w8: p.w8 - learningRate * w8,
    };
  }
  if (variant.notTransposed) back = { ...back, w6: back.w7, w7: back.w6 };
  const fedBackO2 = variant.onlyFirstOutputFedBack ? 0 : deltaO2;

  const deltaH1 = (deltaO1 * back.w5 + fedBackO2 * back.w7) * slope(outH1, variant.withoutHiddenDerivative);
  const deltaH2 = (deltaO1 * back.w6 + fedBackO2 * back.w8) * slope(outH2, variant.withoutHiddenDerivative);
  const w1 = deltaH1 * input.i1;
  const w2 = deltaH1 * input.i2;
  const w3 = deltaH2 * input.i1;
  const w4 = deltaH2 * input.i2;

  const biases = {
    fixed: { bh1: 0, bh2: 0, bo1: 0, bo2: 0 },
    "per neuron": { bh1: deltaH1, bh2: deltaH2, bo1: deltaO1, bo2: deltaO2 },
    shared: { bh1: deltaH1 + deltaH2, bh2: deltaH1 + deltaH2, bo1: deltaO1 + deltaO2, bo2: deltaO1 + deltaO2 },
  }[variant.biases ?? "fixed"];
  return { w1, w2, w3, w4, w5, w6, w7, w8, ...biases };
}

export const names = Object.keys(start) as (keyof Parameters)[];

const combine = (p: Parameters, g: Parameters, f: (p: number, g: number) => number): Parameters =>
  Object.fromEntries(names.map((name) => [name, f(p[name], g[name])])) as Parameters;

/** The parameters after some updates. */
export function train(updates: number, variant: Variant = {}): Parameters {
  let p = variant.readByColumn ? { ...start, w2: start.w3, w3: start.w2, w6: start.w7, w7: start.w6 } : start;
  let gradient = combine(p, p, () => 0);
  for (let update = 1; update <= updates; update++) {
    const fresh = backward(p, variant);
    gradient = variant.gradientsNotZeroed ? combine(gradient, fresh, (sum, g) => sum + g) : fresh;
    p = combine(p, gradient, (value, g) => (variant.stepUphill ? value + learningRate * g : value - learningRate * g));
  }
  return p;
}
