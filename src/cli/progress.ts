import { createLogUpdate } from "log-update";
import type { TableEpoch } from "../table/recipe.js";

/** Milliseconds between two looks. */
const EACH = 100;

const digits = (value: number): string => (value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(2) : value.toPrecision(4));
const time = (seconds: number): string =>
  seconds < 60 ? `${Math.ceil(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.ceil(seconds % 60)} s`;

/** A training as it is watched: how far it is, and whether somebody has ended it. */
export interface Watch {
  /** Begins another training: what it is called, the rows of an epoch, and its epochs at most. */
  begin(name: string, rows: number, epochs: number): void;
  /** To be told each epoch; `false` ends the training. */
  readonly onEpoch: (report: TableEpoch) => boolean;
  /** Whether somebody has ended it. */
  readonly isEnded: boolean;
  /** Takes the line away, and gives Ctrl-C back. */
  close(): void;
}

/**
 * Watches trainings. In a terminal a line on stderr says how far they are. Ctrl-C ends the training that is under way, and
 * lets later ones be no longer than it was; the second one exits.
 */
export function watch(): Watch {
  const line = process.stderr.isTTY ? createLogUpdate(process.stderr) : undefined;
  let [name, rows, epochs] = ["", 0, 0];
  let [started, shown] = [0, 0];
  let [epoch, trial] = [0, 0 as number | undefined];
  let most = Infinity; // epochs, after somebody has ended it

  const interrupt = (): void => {
    if (most < Infinity || epoch === 0) process.exit(130);
    most = epoch;
    line?.clear();
    process.stderr.write("Ending the training: the best so far is kept. Ctrl-C once more exits.\n");
  };
  process.on("SIGINT", interrupt);

  function text({ loss, validation, trial }: TableEpoch): string {
    const seconds = (performance.now() - started) / 1000;
    const perSecond = Math.round((epoch * rows) / seconds);
    return [
      name,
      trial && `trial ${trial}`,
      `epoch ${epoch}`,
      `loss ${digits(loss)}`,
      validation && `validation ${digits(validation.loss)}`,
      `${perSecond.toLocaleString("en")} rows/s`,
      `at most ${time((Math.min(most, epochs) - epoch) * (seconds / epoch))} left`,
    ]
      .filter(Boolean)
      .join(" · ");
  }

  return {
    begin(...given) {
      [name, rows, epochs] = given;
      started = performance.now();
    },
    onEpoch(report) {
      if (report.epoch === 1 && (epoch > 0 || trial !== report.trial)) started = Math.max(started, shown || started);
      ({ epoch, trial } = { epoch: report.epoch, trial: report.trial });
      const now = performance.now();
      if (line && now - shown > EACH) {
        line(text(report));
        shown = now;
      }
      return epoch < most;
    },
    get isEnded() {
      return most < Infinity;
    },
    close() {
      line?.clear();
      process.off("SIGINT", interrupt);
    },
  };
}
