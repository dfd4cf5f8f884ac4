import { ChainruleError, type Initializer, type Layer, type Parameter } from "chainrule";

const spread: Initializer = { name: "spread", value: (index, { random }) => 2 * random.uniform(index) - 1 };

/** For each of `ids` ids in a row the vector learnt for it, one after another: `[rows, ids]` to `[rows, ids · size]`. */
export function embedding<const Ids extends number, const Size extends number>(
  ids: Ids,
  count: number,
  size: Size,
): Layer<Ids, number, Parameter> & { readonly inputs: Ids } {
  return {
    kind: "embedding",
    inputs: ids,
    outputs: ids * size,
    differentiable: false,
    plan: (planner) => planner.parameter("weight", [count, size], spread),

    forward(weight, x, y) {
      for (let i = 0; i < x.rows * ids; i++) {
        const id = x.data[i]!;
        if (!Number.isInteger(id) || id < 0 || id >= count) {
          const where = `embedding input[${Math.floor(i / ids)}][${i % ids}]`;
          throw new ChainruleError({
            code: "value",
            where,
            expected: `an id from 0 to ${count - 1}`,
            got: `${id}`,
            remedy: "ids count from 0",
          });
        }
      }
      for (let i = 0; i < x.rows * ids; i++) {
        y.data.set(weight.value.data.subarray(x.data[i]! * size, (x.data[i]! + 1) * size), i * size);
      }
    },

    backward(weight, x, _y, dy) {
      for (let i = 0; i < x.rows * ids; i++) {
        for (let j = 0; j < size; j++) weight.gradient.data[x.data[i]! * size + j]! += dy.data[i * size + j]!;
      }
    },
  };
}
