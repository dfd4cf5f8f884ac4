import { createLogUpdate } from "log-update";
import type { TableEpoch } from "../table/recipe.js";

/** Milliseconds between two looks. */
const EACH = 100;

const digits = (value: number): string =>
  value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(2) : value.toPrecision(4);
const time = (seconds: number): string =>
  seconds < 60 ? `${Math.ceil(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.ceil(seconds % 60)} s`;

/** Trainings as they are watched: how far they are, and whether somebody has ended them. */
export interface Watch {
  /** Begins another model: what it is called, the rows of an epoch, and its epochs at most. */
  begin(name: string, rows: number, epochs: number): void;
  /** To be told each epoch of the network; `false` ends its training. */
  readonly onEpoch: (report: TableEpoch) => boolean;
  /** The same of the linear model. */
  readonly onLinearEpoch: (report: TableEpoch) => boolean;
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
  const line = process.stderr.isTTY ? createLogUpdate(process.stderr, { showCursor: true }) : undefined;
  let [name, rows, epochs] = ["", 0, 0];
  let [started, latest, shown] = [0, 0, 0]; // when the training began, told an epoch, and was shown
  let epoch = 0;
  let isBegun = false;
  let most = Infinity; // epochs, after somebody has ended it

  const interrupt = (): void => {
    line?.clear();
    if (most < Infinity || !isBegun) process.exit(130);
    most = epoch;
    process.stderr.write("Ending the training: the best so far is kept. Ctrl-C once more exits.\n");
  };
  process.on("SIGINT", interrupt);

  function text(what: string, { loss, validation, trial }: TableEpoch): string {
    const seconds = (performance.now() - started) / 1000;
    const parts = [
      what,
      trial && `trial ${trial}`,
      `epoch ${epoch}`,
      `loss ${digits(loss)}`,
      validation && `validation ${digits(validation.loss)}`,
      `${Math.round((epoch * rows) / seconds).toLocaleString("en")} rows/s`,
      `at most ${time((Math.min(most, epochs) - epoch) * (seconds / epoch))} left`,
    ];
    return parts.filter(Boolean).join(" · ");
  }

  const told =
    (kind: string) =>
    (report: TableEpoch): boolean => {
      if (report.epoch <= epoch) started = latest; // another training has begun
      epoch = report.epoch;
      isBegun = true;
      latest = performance.now();
      if (line && latest - shown > EACH) {
        line(text(name + kind, report));
        shown = latest;
      }
      return epoch < most;
    };

  return {
    begin(...given) {
      [name, rows, epochs] = given;
      started = latest = performance.now();
      epoch = 0;
    },
    onEpoch: told(""),
    onLinearEpoch: told(", linear"),
    get isEnded() {
      return most < Infinity;
    },
    close() {
      line?.clear();
      process.off("SIGINT", interrupt);
    },
  };
}
