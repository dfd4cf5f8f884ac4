import { escapeHtml } from "../../trace/render/mathml.js";
import { four } from "../../table/to-text.js";

const WIDTH = 400;
const HEIGHT = 250;
const LEFT = 52;
const RIGHT = 10;
const TOP = 12;
const BOTTOM = 38;
/** Points of a line, and dots, at most. */
const MOST_POINTS = 500;
const MOST_DOTS = 1500;

/** Every so many of a list, that no more are left. */
export function thinned<T>(list: readonly T[], most: number): T[] {
  const step = Math.ceil(list.length / most) || 1;
  return list.filter((_, i) => i % step === 0 || i === list.length - 1);
}

/** Round numbers from `low` to `high`, about four steps. */
export function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 4;
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = Number(`1e${rough.toExponential().split("e")[1]!}`);
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough * (1 - 1e-9))!;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

type Range = readonly [low: number, high: number];

/** Where a number lies on an axis that begins at `from` and ends at `to`. */
const scale =
  ([low, high]: Range, from: number, to: number) =>
  (value: number): number =>
    Number((high > low ? from + ((value - low) / (high - low)) * (to - from) : (from + to) / 2).toFixed(1));

interface Axes {
  /** By which its title is found. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly x: { readonly range: Range; readonly name: string; readonly isCount?: boolean };
  readonly y: { readonly range: Range; readonly name: string };
  /** What is drawn between them. */
  readonly draw: (x: (value: number) => number, y: (value: number) => number) => string;
}

/** A drawing between two axes. */
function axes({ id, title, description, x, y, draw }: Axes): string {
  const toX = scale(x.range, LEFT, WIDTH - RIGHT);
  const toY = scale(y.range, HEIGHT - BOTTOM, TOP);
  const ground = HEIGHT - BOTTOM;
  const acrosses = ticks(...y.range).map(
    (value) =>
      `<path class="axis" d="M${LEFT} ${toY(value)}H${WIDTH - RIGHT}"/>` +
      `<text class="end" x="${LEFT - 5}" y="${toY(value) + 4}">${four0(value)}</text>`,
  );
  const across = ticks(...x.range).filter((value) => !x.isCount || Number.isInteger(value));
  const downs = across.map(
    (value) => `<text class="middle" x="${toX(value)}" y="${ground + 14}">${four0(value)}</text>`,
  );
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id} ${id}-more">
<title id="${id}">${escapeHtml(title)}</title><desc id="${id}-more">${escapeHtml(description)}</desc>
${acrosses.join("")}<path class="axis" d="M${LEFT} ${TOP}V${ground}"/>${downs.join("")}
<text class="middle" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}">${escapeHtml(x.name)}</text>
<text x="2" y="${TOP - 2}">${escapeHtml(y.name)}</text>
${draw(toX, toY)}
</svg>`;
}

const four0 = (value: number): string => String(Number(four(value)));

/** The losses of a training, epoch by epoch. */
export interface Curves {
  readonly loss: readonly number[];
  readonly validation: readonly number[] | undefined;
  /** The best epoch, counted from 1. */
  readonly best: number | undefined;
}

/** How the losses fell. */
export function curves({ loss, validation, best }: Curves): string {
  const all = [...loss, ...(validation ?? [])].filter(Number.isFinite);
  const most = all.reduce((a, b) => Math.max(a, b), 0);
  const epochs = loss.length;
  const end = (list: readonly number[]): string => four(list.at(-1)!);
  const description = [
    `Over ${epochs} epochs the training loss went from ${four(loss[0]!)} to ${end(loss)}`,
    validation && `, the validation loss from ${four(validation[0]!)} to ${end(validation)}`,
    best && `; the best epoch was ${best}`,
    ".",
  ];
  return axes({
    id: "curves",
    title: "Learning curves",
    description: description.filter(Boolean).join(""),
    x: { range: [1, Math.max(2, epochs)], name: "epoch", isCount: true },
    y: { range: [0, most || 1], name: "loss" },
    draw(x, y) {
      const line = (kind: string, list: readonly number[]): string => {
        const points = thinned([...list.entries()], MOST_POINTS).filter(([, value]) => Number.isFinite(value));
        return `<path class="${kind}" d="M${points.map(([i, value]) => `${x(i + 1)} ${y(value)}`).join("L")}"/>`;
      };
      const key = (kind: string, at: number, name: string): string =>
        `<path class="${kind}" d="M${WIDTH - 118} ${at}h22"/><text x="${WIDTH - 91}" y="${at + 4}">${name}</text>`;
      const place = best === undefined ? 0 : x(best);
      const isLate = place > WIDTH - 70;
      return [
        best === undefined
          ? ""
          : `<path class="best" d="M${place} ${TOP}V${HEIGHT - BOTTOM}"/><text${isLate ? ' class="end"' : ""} x="${place + (isLate ? -4 : 4)}" y="${HEIGHT - BOTTOM - 5}">best: ${best}</text>`,
        line("one", loss),
        validation ? line("other", validation) : "",
        key("one", TOP + 10, "training"),
        validation ? key("other", TOP + 26, "validation") : "",
      ].join("");
    },
  });
}

/** Predictions against the answers: on the line where they are right. */
export function scatter(truth: ArrayLike<number>, said: ArrayLike<number>, name: string): string {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < truth.length; i++) {
    low = Math.min(low, truth[i]!, said[i]!);
    high = Math.max(high, truth[i]!, said[i]!);
  }
  const range: Range = [low, high];
  const rows = thinned([...Array(truth.length).keys()], MOST_DOTS);
  return axes({
    id: "answers",
    title: "Predictions against answers",
    description: `${rows.length} rows, a dot each: to the right its ${name}, upwards what was predicted. The line is where both are the same.`,
    x: { range, name: `${name} as it was` },
    y: { range, name: "as predicted" },
    draw: (x, y) =>
      `<path class="best" d="M${x(low)} ${y(low)}L${x(high)} ${y(high)}"/>` +
      rows.map((i) => `<circle class="dot" cx="${x(truth[i]!)}" cy="${y(said[i]!)}" r="2.2"/>`).join(""),
  });
}

/** A bar of a share of the width; what it says stands beside it as text. */
export const bar = (share: number): string =>
  `<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="${(100 * Math.max(0, Math.min(1, share))).toFixed(1)}" height="10"/></svg>`;
