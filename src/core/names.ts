// The names of all blocks: errors say which is meant, and must not load the blocks to do so. A test holds these lists to the
// catalogue. The first of a kind is what is proposed where none is near.
export const layers: readonly string[] = ["dense", "dropout", "input", "softmax"];
export const activations: readonly string[] = ["identity", "sigmoid", "tanh", "relu", "leakyRelu", "softplus"];
export const losses: readonly string[] = ["meanSquaredError", "halfSquaredError", "crossEntropy", "binaryCrossEntropy"];
export const optimizers: readonly string[] = ["sgd", "adam", "adamW"];
export const regularizers: readonly string[] = ["l2", "l1"];
export const initializers: readonly string[] = ["glorot", "he", "orthogonal", "zeros", "constant"];
export const schedules: readonly string[] = [
  "stepDecay",
  "exponential",
  "linear",
  "cosine",
  "cosineRestarts",
  "oneCycle",
  "warmup",
  "plateau",
  "sequence",
];
