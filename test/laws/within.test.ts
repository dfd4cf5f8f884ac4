import {
  ChainruleError,
  Network,
  dense,
  meanSquaredError,
  reference,
  sgd,
  tanh,
  wasm,
  type Layer,
  type Loss,
  type Optimizer,
  type Tensor,
} from "chainrule";
import { expect, test } from "vitest";
import { layerWith, lossWith, type Loose } from "../errors/subjects.js";

// A network that is asked from within a part of its own refuses with `order`, and computes right numbers afterwards.

const x = [0.5, -1];
const t = [1, 0];

const calls: Readonly<Record<string, (network: Loose) => unknown>> = {
  predict: (network) => network.predict(x),
  evaluate: (network) => network.evaluate(x, t),
  trainBatch: (network) => network.trainBatch(x, t),
  forward: (network) => network.forward(x),
  backward: (network) => network.backward(t),
  backwardFrom: (network) => network.backwardFrom(t),
  step: (network) => network.step(),
  freeze: (network) => network.freeze("0"),
  unfreeze: (network) => network.unfreeze("0"),
  load: (network) => network.load(network.toJSON()),
  copyFrom: (network) => network.copyFrom(network),
  clone: (network) => network.clone(),
  "parameter.set": (network) => network.parameter("0.bias").set([1, 2]),
  "parameter.setGradient": (network) => network.parameter("0.bias").setGradient([1, 2]),
};

const mean = meanSquaredError;
const descent = sgd({ learningRate: 0.01 });
const copying = layerWith({}) as Layer;

/** A part of each kind that calls back while it is at work. It looks at a number, so that it is called each time. */
const parts = (callBack: () => void) => {
  const calling = <Args extends readonly unknown[], R>(
    part: (...given: Args) => R,
    tensor: (...given: Args) => Tensor,
  ) => {
    return (...given: Args): R => {
      if (tensor(...given).data.length) callBack();
      return part(...given);
    };
  };
  const loss = { ...(lossWith({}) as Loss), divisor: mean.divisor, value: mean.value, gradient: mean.gradient };
  const { forward, backward } = copying;
  return {
    forward: { layer: { ...copying, forward: calling(forward, (_, input) => input) } },
    backward: { layer: { ...copying, backward: calling(backward, (_, input) => input) } },
    value: { loss: { ...loss, value: calling(mean.value, (p) => p) } },
    gradient: { loss: { ...loss, gradient: calling(mean.gradient, (p) => p) } },
    divisor: { loss: { ...loss, divisor: (rows: number, columns: number) => (callBack(), rows * columns) } },
    step: {
      optimizer: {
        name: "mine",
        slots: descent.slots,
        scalars: descent.scalars,
        step: calling(descent.step, (runs) => runs[0]!.parameters),
      },
    },
  } satisfies Record<string, { layer?: Layer; loss?: Loss; optimizer?: Optimizer }>;
};

const PARTS = Object.keys(parts(() => undefined)) as (keyof ReturnType<typeof parts>)[];
/** Done first, written down, replayed and, for a very small network, compiled. */
const TIMES = [1, 2, 3, 10_100];

test.each([wasm, reference].flatMap((backend) => PARTS.map((part) => [backend.name, part, backend] as const)))(
  "%s: from within %s",
  (_, part, backend) => {
    let ask: (() => void) | null = null;
    const make = (callBack: () => void): Loose => {
      const given: { layer?: Layer; loss?: Loss; optimizer?: Optimizer } = parts(callBack)[part];
      const { layer = tanh, loss = mean, optimizer = descent } = given;
      const options = { loss, optimizer, seed: 1, backend };
      return new Network([dense(2, 2), layer, dense(2, 2)], options) as unknown as Loose;
    };
    const network = make(() => ask?.());
    const twin = make(() => undefined);
    let steps = 0;
    for (const times of TIMES) {
      for (; steps < times; steps++) expect(network.trainBatch(x, t)).toBe(twin.trainBatch(x, t));
      for (const [name, call] of Object.entries(calls)) {
        const found: unknown[] = [];
        ask = () => {
          ask = null;
          try {
            call(network);
            found.push("accepted");
          } catch (error) {
            found.push(error);
          }
        };
        expect(network.trainBatch(x, t)).toBe(twin.trainBatch(x, t));
        expect(found, name).toHaveLength(1);
        expect(found[0], name).toBeInstanceOf(ChainruleError);
        expect(found[0], name).toMatchObject({ code: "order", where: name });
        steps++;
      }
      expect(JSON.stringify(network)).toBe(JSON.stringify(twin));
      expect(network.predict(x)).toEqual(twin.predict(x));
    }
  },
);

test("fit is refused too, and what it trains goes on", async () => {
  let ask = true;
  const found: unknown[] = [];
  const make = (isAsking: boolean) => {
    const network: Network = new Network(
      [
        dense(2, 2),
        layerWith({
          forward: (...given: Parameters<Layer["forward"]>) => {
            if (isAsking && ask) {
              ask = false;
              void network.fit([x], [t], { epochs: 1 }).catch((error: unknown) => found.push(error));
            }
            copying.forward(...given);
          },
        }) as Layer,
      ],
      { loss: meanSquaredError, optimizer: sgd, seed: 1 },
    );
    return network;
  };
  const [network, twin] = [make(true), make(false)];
  const history = await network.fit([x, t], [t, x], { epochs: 5 });
  expect(history.loss).toEqual((await twin.fit([x, t], [t, x], { epochs: 5 })).loss);
  expect(found).toMatchObject([{ code: "order", where: "fit" }]);
});

test.each(["predict", "trainBatch", "clone"] as const)("a plan that asks its own network is refused: %s", (call) => {
  const own: { network?: Loose } = {};
  const plan = () => {
    if (own.network) calls[call]!(own.network);
    return null;
  };
  const layers = [dense(2, 2), layerWith({ plan }) as Layer] as const;
  own.network = new Network(layers, { loss: meanSquaredError, optimizer: sgd, seed: 1 }) as unknown as Loose;
  expect(() => own.network!.predict(x)).toThrow(expect.objectContaining({ code: "order", where: call }));
});
