import type { Model } from "../model.js";
import type { KnownMistake } from "../rules.js";

const isBias = ({ shape }: { readonly shape: readonly number[] }): boolean => shape.length === 1;
const hasMomentum = ({ settings }: Model): boolean => settings.momentum > 0;
const isAdam = ({ settings }: Model): boolean => settings.rule === "adam";
const isBatch = ({ input }: Model): boolean => input.length > 1;
const decays = ({ settings }: Model): boolean => settings.weightDecay > 0;

/** Mistakes with the biases, where the article's are fixed. */
export const biasMistakes: readonly KnownMistake[] = [
  {
    name: "biases trained, one a neuron",
    what: "The biases were updated too, each by its neuron's δ.",
    remedy: "Leave the biases as they are; the article never updates them.",
    change: { trains: (parameter) => isBias(parameter) || !parameter.frozen, tie: () => "each" },
  },
  {
    name: "biases trained, shared",
    what: "The biases were updated too, all of a layer by the sum of its δ.",
    remedy: "Leave the biases as they are, or give each neuron one of its own.",
    change: { trains: (parameter) => isBias(parameter) || !parameter.frozen, tie: () => "sum" },
  },
  {
    name: "a shared bias moved by the mean of δ",
    what: "The bias of a layer was moved by the mean of its neurons' δ.",
    remedy: "A bias that several neurons share acts on E through all of them: add their δ up.",
    change: { trains: (parameter) => isBias(parameter) || !parameter.frozen, tie: () => "mean" },
  },
  {
    name: "biases not trained",
    what: "The biases were left as they are.",
    remedy: "Update them too: ∂E/∂b = δ.",
    change: { trains: (parameter) => !isBias(parameter) && !parameter.frozen },
  },
  {
    name: "gradient of a bias times the bias",
    what: "∂E/∂b was δ·b.",
    remedy: "net = … + b, so ∂net/∂b is 1 and ∂E/∂b = δ.",
    change: { biasGradient: (delta, bias) => delta * bias },
  },
  {
    name: "gradient of a bias from the last example only",
    what: "∂E/∂b was not added up over the rows of the batch.",
    remedy: "Add δ up over all rows.",
    when: isBatch,
    change: { biasGradient: (delta, _bias, row, rows) => (row === rows - 1 ? delta : 0) },
  },
  {
    name: "gradient of a bias averaged over the batch once more",
    what: "∂E/∂b was the mean of δ over the rows, although δ holds the mean already.",
    remedy: "Add δ up over all rows.",
    when: isBatch,
    change: { biasGradient: (delta, _bias, _row, rows) => delta / rows },
  },
];

/** Mistakes in the step from a gradient to a new weight. */
export const updateMistakes: readonly KnownMistake[] = [
  {
    name: "sign of the step flipped",
    what: "η·∂E/∂w was added to the weights: the step goes uphill.",
    remedy: "Subtract it: w⁺ = w − η·∂E/∂w.",
    change: { settings: (s) => ({ ...s, learningRate: -s.learningRate }) },
  },
  {
    name: "learning rate forgotten",
    what: "The whole gradient was subtracted, as with η = 1.",
    remedy: "Multiply by the learning rate: w⁺ = w − η·∂E/∂w.",
    change: { settings: (s) => ({ ...s, learningRate: 1 }) },
  },
  {
    name: "learning rate applied twice",
    what: "The gradient was multiplied by η², as when δ holds η already.",
    remedy: "Multiply by η once, when the weights are updated.",
    change: { settings: (s) => ({ ...s, learningRate: s.learningRate * s.learningRate }) },
  },
  {
    name: "gradients not zeroed between steps",
    what: "The gradients of each step were added to those of the steps before.",
    remedy: "Start the gradients at 0 in every step.",
    change: { accumulates: true },
  },
  {
    name: "hidden layers not trained",
    what: "Only the weights of the output layer were updated.",
    remedy: "Update the weights of every layer.",
    change: { trains: ({ frozen }, fromLast) => !frozen && fromLast === 0 },
  },
  {
    name: "output layer not trained",
    what: "The weights of the output layer were left as they are.",
    remedy: "Update the weights of every layer.",
    change: { trains: ({ frozen }, fromLast) => !frozen && fromLast > 0 },
  },
  {
    name: "forward again after each layer's update",
    what: "The output layer was updated, and a new forward pass was made before the layer before it was differentiated.",
    remedy: "One forward, one backward, then one update of all layers.",
    change: { passes: ({ denses }) => denses, turn: (pass, fromLast) => pass === fromLast },
  },
  {
    name: "forward again after each weight's update",
    what: "Every weight was moved before the derivative with respect to the next one was computed.",
    remedy: "Compute all derivatives at the same weights, then update them all.",
    when: ({ layers }) =>
      layers.reduce((sum, layer) => sum + (layer.kind === "dense" ? layer.inputs * layer.outputs : 0), 0) <= 200,
    change: { passes: ({ elements }) => elements, turn: (pass, _, element) => pass === element },
  },
  {
    name: "one update for each example",
    what: "The weights were updated after each example in place of once for the batch.",
    remedy: "Add the examples' gradients up first, then make one step.",
    when: isBatch,
    change: { passes: ({ rows }) => rows, share: (row, pass, _counts, divisor) => (row === pass ? 1 / divisor(1) : 0) },
  },
  {
    name: "momentum with the wrong sign",
    what: "The last step was taken back, −μ·v, in place of being carried on.",
    remedy: "Add it: v ← μ·v + ∂E/∂w.",
    when: hasMomentum,
    change: { settings: (s) => ({ ...s, momentum: -s.momentum }) },
  },
  {
    name: "momentum forgotten",
    what: "The step was −η·∂E/∂w, without what is kept of the last.",
    remedy: "Carry the velocity on: v ← μ·v + ∂E/∂w, w⁺ = w − η·v.",
    when: hasMomentum,
    change: { settings: (s) => ({ ...s, momentum: 0 }) },
  },
  {
    name: "momentum as a running mean",
    what: "v was μ·v + (1 − μ)·∂E/∂w, a mean of gradients.",
    remedy: "Take the whole new gradient: v ← μ·v + ∂E/∂w.",
    when: hasMomentum,
    change: { settings: (s) => ({ ...s, dampening: s.momentum }) },
  },
  {
    name: "Nesterov's momentum exchanged with the plain one",
    what: "The step was along ∂E/∂w + μ·v where it should be along v, or the other way round.",
    remedy: "Plain momentum steps along v, Nesterov's along ∂E/∂w + μ·v.",
    when: hasMomentum,
    change: { settings: (s) => ({ ...s, nesterov: !s.nesterov }) },
  },
  {
    name: "Adam without bias correction",
    what: "m and v were used as they are, though they start at 0.",
    remedy: "Divide them by 1 − β₁ᵗ and 1 − β₂ᵗ.",
    when: isAdam,
    change: { settings: (s) => ({ ...s, corrected: false }) },
  },
  {
    name: "Adam with ε inside the root",
    what: "The step was divided by √(v̂ + ε).",
    remedy: "Add ε to the root: √v̂ + ε.",
    when: isAdam,
    change: { settings: (s) => ({ ...s, epsilonInside: true }) },
  },
  {
    name: "Adam's β₁ and β₂ exchanged",
    what: "β₂ was used for the mean of gradients and β₁ for that of their squares.",
    remedy: "β₁ belongs to m, β₂ to v.",
    when: isAdam,
    change: { settings: (s) => ({ ...s, beta1: s.beta2, beta2: s.beta1 }) },
  },
  {
    name: "weight decay forgotten",
    what: "The gradients went without the weight decay.",
    remedy: "Add weightDecay·w to the gradient.",
    when: decays,
    change: { settings: (s) => ({ ...s, weightDecay: 0 }) },
  },
  {
    name: "weight decay apart from the gradient",
    what: "η·weightDecay·w was subtracted from the weight, past momentum or Adam, as AdamW does.",
    remedy: "Add weightDecay·w to the gradient before anything else.",
    when: (model) => decays(model) && (isAdam(model) || hasMomentum(model)),
    change: { settings: (s) => ({ ...s, decoupled: true }) },
  },
];
