import { hasSlope } from "../model.js";
import type { KnownMistake } from "../rules.js";

/** Mistakes on the way back from ∂E/∂out to the gradients. */
export const backwardMistakes: readonly KnownMistake[] = [
  {
    name: "updated weights used in the hidden pass",
    what: "The weights of a layer were overwritten before the error was propagated through them to the layer before.",
    remedy: "Compute all gradients with the old weights first, then update them all.",
    change: { movesFirst: true },
  },
  {
    name: "output derivative forgotten",
    what: "δ of an output was out − t, without ∂out/∂net.",
    remedy: "Multiply by the derivative of the activation, out(1 − out) for the logistic function.",
    change: { slope: (f, z, a, output) => (output ? 1 : f.derivative(z, a)) },
  },
  {
    name: "hidden derivative forgotten",
    what: "δ of a hidden neuron was Σ δ·w, without ∂out/∂net.",
    remedy: "Multiply by the derivative of the activation, out(1 − out) for the logistic function.",
    change: { slope: (f, z, a, output) => (output ? f.derivative(z, a) : 1) },
  },
  {
    name: "derivatives of all activations forgotten",
    what: "∂out/∂net was left out of every δ.",
    remedy: "Multiply by the derivative of the activation, out(1 − out) for the logistic function.",
    when: (model) => hasSlope(model, true) && hasSlope(model, false),
    change: { slope: () => 1 },
  },
  {
    name: "net(1 − net) in place of out(1 − out)",
    what: "The formula for ∂out/∂net, which takes out, was given net.",
    remedy: "Put out into it: ∂out/∂net = out(1 − out).",
    change: { slope: (f, z) => f.derivative(z, z) },
  },
  {
    name: "activation applied once more before its derivative",
    what: "A function for ∂out/∂net that takes net, and squashes it itself, was given out.",
    remedy: "Give it net, or write the derivative in terms of out: out(1 − out).",
    change: { slope: (f, _, a) => f.derivative(a, f.apply(a)) },
  },
  {
    name: "derivative of tanh, 1 − out²",
    what: "∂out/∂net was taken as 1 − out², which is the derivative of tanh.",
    remedy: "Take the derivative of the activation that is there, out(1 − out) for the logistic function.",
    change: { slope: (_f, _z, a) => 1 - a * a },
  },
  {
    name: "derivative of the logistic function, out(1 − out)",
    what: "∂out/∂net was taken as out(1 − out), which is the derivative of the logistic function.",
    remedy: "Take the derivative of the activation that is there, 1 − out² for tanh.",
    change: { slope: (_f, _z, a) => a * (1 - a) },
  },
  {
    name: "softmax differentiated output by output",
    what: "∂out/∂net of softmax was taken as p(1 − p), as if an output depended on its own net input only.",
    remedy: "Every output depends on every net input: δᵢ = pᵢ(∂E/∂pᵢ − Σⱼ pⱼ ∂E/∂pⱼ).",
    change: { softmaxPull: (y, dy) => y * (1 - y) * dy },
  },
  {
    name: "only one output fed back",
    what: "∂E/∂out of a hidden neuron had the part that comes through the first neuron it feeds, and no other.",
    remedy: "Add up over all neurons that it feeds: ∂E/∂out_h1 = δ_o1·w5 + δ_o2·w7.",
    change: { back: ({ delta, w, i }) => (i === 0 ? delta * w : 0) },
  },
  {
    name: "only the last output fed back",
    what: "In ∂E/∂out of a hidden neuron each part overwrote the one before, so that only the last was left.",
    remedy: "Add the parts up: ∂E/∂out_h1 = δ_o1·w5 + δ_o2·w7.",
    change: { back: ({ delta, w, i, count }) => (i === count - 1 ? delta * w : 0) },
  },
  {
    name: "each hidden neuron fed back by one output of its own",
    what: "h1 was given the error of o1 only, h2 that of o2 only.",
    remedy: "Each hidden neuron feeds all outputs, so the error comes back from all of them.",
    change: { back: ({ delta, w, i, j }) => (i === j ? delta * w : 0) },
  },
  {
    name: "outputs averaged in the hidden pass",
    what: "∂E/∂out of a hidden neuron was the mean of what comes back from the neurons it feeds, not the sum.",
    remedy: "Add the parts up: ∂E/∂out_h1 = δ_o1·w5 + δ_o2·w7.",
    change: { back: ({ delta, w, count }) => (delta * w) / count },
  },
  {
    name: "W not transposed in the hidden pass",
    what: "The error came back along the wrong weights: w5 and w6 into h1, where it must be w5 and w7.",
    remedy: "Take for a hidden neuron the weights that lead out of it, a column of W.",
    change: { backAt: (i, j, { outputs }) => j * outputs + i },
  },
  {
    name: "weights left out of the hidden pass",
    what: "∂E/∂out of a hidden neuron was Σ δ, without the weights.",
    remedy: "Multiply each δ by the weight along which it comes back.",
    change: { back: ({ delta }) => delta },
  },
  {
    name: "∂E/∂out fed back in place of δ",
    what: "The hidden neurons were given ∂E/∂out·w of the neurons they feed, without those neurons' ∂out/∂net.",
    remedy: "The error comes back through the activation too: δ·w with δ = ∂E/∂out·∂out/∂net.",
    change: { back: ({ dOut, w }) => dOut * w },
  },
  {
    name: "net in place of out as ∂net/∂w",
    what: "A gradient was δ times the net input of the neuron before.",
    remedy: "Multiply by what that neuron gives, its out.",
    change: { incoming: (_, z) => z },
  },
  {
    name: "the weight itself as ∂net/∂w",
    what: "A gradient was δ times the weight.",
    remedy: "net = w·out + …, so ∂net/∂w is the out that the weight multiplies.",
    change: { incoming: (_x, _z, w) => w },
  },
];
