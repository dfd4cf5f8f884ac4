import { adam, adamW, type Network, Network as NetworkClass, sgd } from "chainrule";
import { trace, type Trace } from "chainrule/trace";
import fc from "fast-check";
import { activations, build, losses, networkCase } from "./arbitraries.js";

/** With the optimizers of all these a step is told. */
export const optimizers = [
  sgd({ learningRate: 0.5 }),
  sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  adam,
  adamW,
];

/** A step of a random network: any depth, activation, loss and optimizer, one row or a few. */
export const anyTrace: fc.Arbitrary<Trace> = fc
  .record({
    subject: fc.constantFrom(...Object.keys(activations)),
    loss: fc.constantFrom(...Object.keys(losses)),
    rows: fc.integer({ min: 1, max: 3 }),
    optimizer: fc.constantFrom(...optimizers),
  })
  .chain(({ subject, loss, rows, optimizer }) =>
    networkCase(subject, loss, rows).map((given) => {
      const { network, input, target, options } = build(given);
      const other = new NetworkClass(network.layers as never, {
        loss: network.loss,
        dtype: network.dtype,
        seed: network.seed,
        optimizer,
      });
      return trace(other as Network, input as never, target as never, options);
    }),
  )
  .map((trace) =>
    Object.assign(trace, { [fc.toStringMethod]: () => `a trace of ${trace.quantities.size} quantities` }),
  );
