import { isOurs } from "../../core/bare.js";
import type { Layer } from "../../layers/layer.js";
import { isElementwise } from "../formulas/activations.js";
import { find } from "../formulas/written.js";
import type { LayerAccount } from "./block.js";
import { dense } from "./dense.js";
import { dropout } from "./dropout.js";
import { elementwise } from "./elementwise.js";
import { input } from "./input.js";
import { softmax } from "./softmax.js";
import { unknown } from "./unknown.js";

/** How each kind of layer that is no activation accounts for what it did. */
export const layerAccounts: Readonly<Record<string, LayerAccount>> = { dense, dropout, input, softmax };

export function accountOf(layer: Layer): LayerAccount {
  if (isElementwise(layer)) return elementwise;
  return (isOurs(layer) ? find(layerAccounts, layer.kind) : undefined) ?? unknown;
}
