import { fail } from "../core/errors.js";
import { copyNumbers, isList, numbersOf } from "../core/numbers.js";
import type { Floats } from "../core/tensor.js";

/**
 * Checks that there is a weight for each row.
 * @throws {@link ChainruleError} `type` or `shape`
 */
export function checkRowWeights(
  given: unknown,
  rows: number,
  where: string,
): asserts given is readonly number[] | Floats {
  if (isList(given) && given.length === rows && !isList(given[0])) return;
  fail(
    isList(given) ? "shape" : "type",
    `${where} rowWeights`,
    `a list of ${numbersOf(rows)}, one for each row`,
    given,
    "write rowWeights: [1, 1, …]",
  );
}

/**
 * Reads a weight for each row into an array with room for them.
 * @throws {@link ChainruleError} `type`, `shape` or `value`
 */
export function readRowWeights(given: unknown, rows: number, to: Floats, where: string): Floats {
  checkRowWeights(given, rows, where);
  copyNumbers(given, 0, rows, to, 0, where, " rowWeights");
  return to;
}
