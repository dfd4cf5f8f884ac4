import type { Scene } from "../scene.js";

/** How a kind of layer accounts for what it did: a column of its own for each, as a test demands. */
export interface LayerAccount {
  /** Writes `scene.values[k + 1]` and tells how they came about. */
  forward(scene: Scene, k: number): void;
  /** Writes the gradients of its parameters and, but for the first layer, `scene.derivatives[k]`. */
  backward(scene: Scene, k: number): void;
}
