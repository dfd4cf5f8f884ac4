import type { Layer } from "../../layers/layer.js";
import type { LayerAccount } from "./block.js";
import { dense } from "./dense.js";
import { elementwise } from "./elementwise.js";
import { softmax } from "./softmax.js";
import { unknown } from "./unknown.js";

/** How each kind of layer that is no activation accounts for what it did. */
export const rows: Readonly<Record<string, LayerAccount>> = { dense, softmax };

export function accountOf(layer: Layer): LayerAccount {
  const { apply, derivative } = layer as { readonly apply?: unknown; readonly derivative?: unknown };
  if (typeof apply === "function" && typeof derivative === "function") return elementwise;
  return Object.hasOwn(rows, layer.kind) ? rows[layer.kind]! : unknown;
}
