import { Network, dense, halfSquaredError, sgd, sigmoid } from "chainrule";

export const input = [0.05, 0.1] as const;
export const target = [0.01, 0.99] as const;

/** What becomes of the biases: the article never updates them, its readers asked for both other ways. */
const biases = {
  fixed: (value: number) => ({ bias: [value, value], freeze: ["bias"] as const }),
  "per neuron": (value: number) => ({ bias: [value, value] }),
  shared: (value: number) => ({ bias: { shared: value } }),
};

/** Matt Mazur, "A Step by Step Backpropagation Example" (17 March 2015). */
export const articleNetwork = (bias: keyof typeof biases = "fixed") =>
  new Network(
    [
      dense(2, 2, { weight: [[0.15, 0.2], [0.25, 0.3]], ...biases[bias](0.35) }),
      sigmoid,
      dense(2, 2, { weight: [[0.4, 0.45], [0.5, 0.55]], ...biases[bias](0.6) }),
      sigmoid,
    ],
    { loss: halfSquaredError, optimizer: sgd({ learningRate: 0.5 }) },
  );

type ArticleNetwork = ReturnType<typeof articleNetwork>;

/** w1 to w8, or the derivatives by them, in one list. */
const weights = (network: ArticleNetwork, what: "value" | "gradient"): number[] =>
  (["0.weight", "2.weight"] as const).flatMap((name) => network.parameter(name)[what].flat());

const named = <Name extends string>(names: readonly Name[], values: readonly number[]) =>
  Object.fromEntries(names.map((name, index) => [name, values[index]!])) as Record<Name, number>;

const neurons = ["h1", "h2", "o1", "o2"] as const;

/** E and dE/dout of a single output: the loss of a neuron that passes its input on, and the gradient of its bias. */
function errorOf(out: number, target: number) {
  const network = new Network([dense(1, 1, { weight: [[1]], bias: [0] })], { loss: halfSquaredError });
  network.forward([out]);
  const error = network.backward([target]);
  return { error, slope: network.parameter("0.bias").gradient[0]! };
}

/** The article from its first line to its last, by the library; net, out, delta are the article's words. */
export function workThrough(updates = 10_000) {
  const network = articleNetwork();
  network.forward(input);
  const [netH, outH, netO, outO]: readonly number[][] = network.outputs;
  const total = network.backward(target);

  const net = named(neurons, [...netH!, ...netO!]);
  const out = named(neurons, [...outH!, ...outO!]);
  const o1 = errorOf(out.o1, target[0]);
  const o2 = errorOf(out.o2, target[1]);
  const before = weights(network, "value");
  const gradient = weights(network, "gradient");
  const deltas = (["0.bias", "2.bias"] as const).flatMap((name) => network.parameter(name).gradient);

  const half = new Network([dense(2, 2, { weight: network.parameter("2.weight").value, bias: [0.6, 0.6] }), sigmoid]);
  const feedBack = (dOutO1: number, dOutO2: number) => {
    half.forward([out.h1, out.h2]);
    const [h1, h2] = half.backwardFrom([dOutO1, dOutO2]);
    return { h1, h2 };
  };

  network.step();
  const after = weights(network, "value");
  const totalAfterOne = network.evaluate(input, target).loss;
  for (let update = 2; update <= updates; update++) network.trainBatch(input, target);

  return {
    net,
    out,
    error: { o1: o1.error, o2: o2.error, total },
    /** dE/dout */
    dError: { o1: o1.slope, o2: o2.slope },
    /** dout/dnet */
    squashed: named(neurons, neurons.map((name) => sigmoid.derivative(net[name], out[name]))),
    /** dE/dnet */
    delta: named(neurons, deltas),
    /** dE_o1/dout_h, dE_o2/dout_h and their sum dE/dout_h */
    fromO1: feedBack(o1.slope, 0),
    fromO2: feedBack(0, o2.slope),
    fromBoth: feedBack(o1.slope, o2.slope),
    before,
    gradient,
    after,
    totalAfterOne,
    last: { total: network.evaluate(input, target).loss, out: network.predict(input) },
  };
}

export type Lesson = ReturnType<typeof workThrough>;

/** A result that the article prints, and how the library gives it. */
export interface Figure {
  readonly name: string;
  readonly printed: string;
  readonly value: (lesson: Lesson) => number;
  /** Why the printed figure is not the true one. */
  readonly because?: string;
}

const overwritten = "w5 to w8 overwritten before the error went back";

/** All that the article prints as a result. */
export const figures: readonly Figure[] = [
  { name: "net_h1", printed: "0.3775", value: ({ net }) => net.h1 },
  { name: "out_h1", printed: "0.593269992", value: ({ out }) => out.h1 },
  { name: "out_h2", printed: "0.596884378", value: ({ out }) => out.h2 },
  { name: "net_o1", printed: "1.105905967", value: ({ net }) => net.o1 },
  { name: "out_o1", printed: "0.75136507", value: ({ out }) => out.o1 },
  { name: "out_o2", printed: "0.772928465", value: ({ out }) => out.o2 },
  { name: "E_o1", printed: "0.274811083", value: ({ error }) => error.o1 },
  { name: "E_o2", printed: "0.023560026", value: ({ error }) => error.o2 },
  { name: "E_total", printed: "0.298371109", value: ({ error }) => error.total },
  { name: "∂E/∂out_o1", printed: "0.74136507", value: ({ dError }) => dError.o1 },
  { name: "∂out_o1/∂net_o1", printed: "0.186815602", value: ({ squashed }) => squashed.o1 },
  { name: "δ_o1", printed: "0.138498562", value: ({ delta }) => delta.o1 },
  { name: "∂E/∂w5", printed: "0.082167041", value: ({ gradient }) => gradient[4]! },
  { name: "w5⁺", printed: "0.35891648", value: ({ after }) => after[4]! },
  { name: "w6⁺", printed: "0.408666186", value: ({ after }) => after[5]! },
  { name: "w7⁺", printed: "0.511301270", value: ({ after }) => after[6]! },
  { name: "w8⁺", printed: "0.561370121", value: ({ after }) => after[7]! },
  { name: "∂E_o1/∂out_h1", printed: "0.055399425", value: ({ fromO1 }) => fromO1.h1 },
  {
    name: "∂E_o2/∂out_h1",
    printed: "-0.019049119",
    value: ({ fromO2 }) => fromO2.h1,
    because: "0.036350306 - 0.055399425, both rounded",
  },
  { name: "∂E/∂out_h1", printed: "0.036350306", value: ({ fromBoth }) => fromBoth.h1 },
  { name: "∂out_h1/∂net_h1", printed: "0.241300709", value: ({ squashed }) => squashed.h1 },
  { name: "∂E/∂w1", printed: "0.000438568", value: ({ gradient }) => gradient[0]! },
  { name: "w1⁺", printed: "0.149780716", value: ({ after }) => after[0]! },
  { name: "w2⁺", printed: "0.19956143", value: ({ after }) => after[1]! },
  { name: "w3⁺", printed: "0.24975114", value: ({ after }) => after[2]! },
  { name: "w4⁺", printed: "0.29950229", value: ({ after }) => after[3]! },
  {
    name: "E after update 1",
    printed: "0.291027924",
    value: ({ totalAfterOne }) => totalAfterOne,
    because: overwritten,
  },
  {
    name: "E after 10,000",
    printed: "0.0000351085",
    value: ({ last }) => last.total,
    because: "E after 9,999 updates, or a stray digit",
  },
  { name: "out_o1 after 10,000", printed: "0.015912196", value: ({ last }) => last.out[0], because: overwritten },
  { name: "out_o2 after 10,000", printed: "0.984065734", value: ({ last }) => last.out[1], because: overwritten },
];

/** How many decimals the article gives. */
export const digits = ({ printed }: Figure): number => printed.length - printed.indexOf(".") - 1;

/** What the library gives, rounded as the article rounds. */
export const rounded = (figure: Figure, lesson: Lesson): string => figure.value(lesson).toFixed(digits(figure));
