import { type DType, type Floats, floats, type Tensor } from "../core/tensor.js";
import type { Kernels } from "../kernels/kernels.js";
import { reference } from "../kernels/reference.js";
import type { Context } from "../layers/layer.js";
import type { Table } from "./record.js";

const size = ({ rows, columns }: Tensor): number => rows * columns;

/**
 * The reference for tensors that lie anywhere: a verb that is not a function's own loop copies them into a memory of its
 * own, and back. For a few numbers that no network keeps.
 */
function contextFor(dtype: DType): Context {
  const verbs = reference.kernels(dtype);
  let room: Floats = floats(dtype, 0);

  const copying =
    (verb: "softmax" | "softmaxPull" | "crossEntropy" | "residual" | "mask" | "copy") =>
    (...tensors: readonly Tensor[]): void => {
      const total = tensors.reduce((sum, each) => sum + size(each), 0);
      if (room.length < total) {
        const bytes = 64 + 2 * total * room.BYTES_PER_ELEMENT; // nothing may lie at the place 0
        const { buffer } = verbs.allocation.allocate(bytes, 0);
        room = new (room.constructor as Float64ArrayConstructor)(buffer, 64);
      }
      let start = 0;
      const inside = tensors.map(({ rows, columns, data }): Tensor => {
        const place = room.subarray(start, (start += rows * columns));
        place.set(data.subarray(0, rows * columns));
        return { rows, columns, data: place };
      });
      (verbs[verb] as (...all: readonly Tensor[]) => void)(...inside);
      tensors.forEach(({ data }, i) => data.set(inside[i]!.data));
    };

  const kernels: Partial<Kernels> = {
    map: (f, z, a) => f.map(size(z), z.data, a.data),
    pull: (f, z, a, da, dz) => f.pull(size(z), z.data, a.data, da.data, dz.data),
    loss: (f, p, t, u) => f.map(size(p), p.data, t.data, u.data),
    lossPull: (f, p, t, dp) => f.pull(size(p), p.data, t.data, dp.data),
    softmax: copying("softmax"),
    softmaxPull: copying("softmaxPull"),
    crossEntropy: copying("crossEntropy"),
    residual: copying("residual"),
    mask: copying("mask"),
    copy: copying("copy"),
  };
  return { kernels: kernels as Kernels, training: true };
}

/** For tensors that belong to no network. */
export const offNetwork: Readonly<Record<DType, Context>> = {
  float64: /* @__PURE__ */ contextFor("float64"),
  float32: /* @__PURE__ */ contextFor("float32"),
};

function tensor(dtype: DType, rows: Table): Tensor {
  const data = floats(dtype, rows.length * rows[0]!.length);
  data.set(rows.flat());
  return { rows: rows.length, columns: rows[0]!.length, data };
}

/** What a function of a block writes for some rows: for what the network's own memory doesn't keep. */
export function ask(
  write: (y: Tensor, context: Context, ...xs: Tensor[]) => void,
  dtype: DType,
  ...tables: readonly Table[]
): Table {
  const xs = tables.map((each) => tensor(dtype, each));
  const { rows, columns, data } = tensor(dtype, tables[0]!);
  write({ rows, columns, data: data.fill(NaN) }, offNetwork[dtype], ...xs);
  return tables[0]!.map((_, n) => Array.from(data.subarray(n * columns, (n + 1) * columns)));
}
