import { fail, Phrase } from "../../core/errors.js";
import type { Network } from "../../network/network.js";
import type { Fits, FitsTarget, Input, Target } from "../../network/types.js";
import type { Comparison } from "./comparison.js";

/**
 * Compares a reader's own numbers with those of a training step, and says which mistake was made.
 *
 * `numbers` is one flat object, as JSON has it: a name for each number. A name is that of a quantity of the trace
 * (`"net_h1"`, `"out_o1"`, `"∂E/∂w5"`, `"w5⁺"`), or the same in ASCII (`"dE/dw5"`, `"w5+"`), with ` after n` for what
 * it is once n updates have been made (`"E after 1"`, `"out_o1 after 10,000"`). A number may be a string; it is taken to
 * be right to half a unit of the last decimal that is written, so `"0.2910"` says more than `0.291`.
 * @throws {@link ChainruleError} `name` for a quantity that there is not, `type` or `value` for what is no number
 */
export function compare<In extends number, Out extends number, const X extends Input, const T extends Target>(
  network: Network<In, Out>,
  input: Fits<X, In>,
  target: FitsTarget<T, Out, X>,
  numbers: Readonly<Record<string, number | string>>,
): Comparison {
  void [network, input, target, numbers];
  return fail("order", "compare", "to be written", new Phrase("a skeleton"));
}
