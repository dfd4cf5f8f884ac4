import { type EpochFigures, fail } from "../core/errors.js";
import { isPlainObject } from "../core/options.js";

/** Four digits, in as many characters as the longest takes. */
const digits = (value: number): string => {
  const size = Math.abs(value);
  return (value === 0 || (size >= 1e-4 && size < 1e5) ? value.toPrecision(4) : value.toExponential(3)).padEnd(10);
};

/**
 * Prints a line for each epoch, to be given to `fit` as `onEpoch`: the loss, that of validation, and the metrics, below
 * those of the epoch before. Of `fitTable` the trial stands first.
 * @throws {@link ChainruleError} `type` for anything but a report
 * @example
 * ```ts
 * import { logProgress } from "chainrule";
 *
 * logProgress({ epoch: 10, loss: 0.0213, validation: { loss: 0.0301 } });
 * ```
 */
export function logProgress(report: EpochFigures): void {
  if (!isPlainObject(report) || typeof report.epoch !== "number")
    fail("type", "logProgress", "the report of an epoch", report, "write onEpoch: logProgress");
  const { epoch, validation, trial, ...scores } = report as EpochFigures & { readonly trial?: unknown };
  const { loss, ...metrics }: { loss?: unknown } = isPlainObject(validation) ? validation : {};
  const columns = Object.entries<unknown>({ ...scores, "validation loss": loss, ...metrics });
  const cells = columns.flatMap(([name, value]) => (typeof value === "number" ? `${name} ${digits(value)}` : []));
  const before = typeof trial === "number" ? `trial ${trial}  ` : "";
  // eslint-disable-next-line no-console -- to print is what it is for; nothing else of the library does
  console.log(`${before}epoch ${String(epoch).padStart(4)}  ${cells.join(" ")}`.trimEnd());
}
