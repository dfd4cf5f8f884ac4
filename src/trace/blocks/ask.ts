import type { DType, Tensor } from "../../core/tensor.js";
import { floats } from "../../core/tensor.js";
import type { Context } from "../../layers/layer.js";
import { anywhere } from "../anywhere.js";
import type { Table } from "../record.js";

const contexts: Readonly<Record<DType, Context>> = {
  float64: /* @__PURE__ */ anywhere("float64"),
  float32: /* @__PURE__ */ anywhere("float32"),
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
  write({ rows, columns, data: data.fill(NaN) }, contexts[dtype], ...xs);
  return tables[0]!.map((_, n) => Array.from(data.subarray(n * columns, (n + 1) * columns)));
}
