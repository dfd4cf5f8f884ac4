/** A part of a step, which writes to tensors by verbs. */
export interface Stage {
  readonly name: "forward" | "divisor" | "loss" | "clear" | "backward" | "penalty" | "clip" | "update" | "average";
  /** Does it; false if a check failed, and the step ends here. */
  run(): boolean;
}

/** Does one stage after another; false if a check failed. */
export const walk = (stages: readonly Stage[]): boolean => stages.every((stage) => stage.run());

/** A stage in which nothing is checked. */
export const stage = (name: Stage["name"], body: () => void): Stage => ({
  name,
  run() {
    body();
    return true;
  },
});
