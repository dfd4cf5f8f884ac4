import type { Quantity } from "../types.js";
import { decimal } from "./decimal.js";
import type { Drawing, Edge, Unit } from "./drawing.js";
import { escapeHtml } from "./mathml.js";

/** Sizes, in units of the drawing. */
const LINE = 13,
  HEAD = 20,
  BOX = 122,
  INPUT_BOX = 66,
  ONE = 22,
  LABEL = 104,
  FAN_IN = 24,
  FAN_OUT = 44,
  SLOT = 30,
  GAP = 14,
  MARGIN = 6;
const GUTTER = FAN_IN + LABEL + FAN_OUT;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/**
 * A network as an inline SVG: units as boxes with their values, edges as curves with weight and partial derivative. Every
 * number has `data-quantity`, the name of its quantity, by which the page's script shows it when it is known.
 */
export function svgOf({ columns, edges }: Drawing, digits: number): string {
  const rowsOf = (unit: Unit, column: number): number => (column === 0 ? 1 : unit.quantities.length);
  const heights = columns.map((units, c) => HEAD + LINE * Math.max(...units.map((unit) => rowsOf(unit, c))));
  const biased = edges.map((each) => each.some(({ from }) => from === null));
  const slots = columns.map((units, c) => units.length + (biased[c] ? 1 : 0));
  const height = Math.max(
    ...columns.map((_, c) => slots[c]! * (heights[c]! + GAP)),
    ...edges.map((each) => each.length * SLOT),
  );
  const width = 2 * MARGIN + INPUT_BOX + (columns.length - 1) * (GUTTER + BOX);
  const boxes = new Map<Unit | number, Box>();
  columns.forEach((units, c) => {
    const left = MARGIN + (c === 0 ? 0 : INPUT_BOX + GUTTER + (c - 1) * (BOX + GUTTER));
    const right = left + (c === 0 ? INPUT_BOX : BOX);
    const y = (slot: number): number => ((slot + 0.5) * height) / slots[c]!;
    units.forEach((unit, i) => boxes.set(unit, { left, right, y: y(i) }));
    boxes.set(c, { left: right - ONE, right, y: y(units.length) });
  });
  const drawn = edges.flatMap((each, c) =>
    each.map((edge, slot) => drawEdge(edge, c, ((slot + 0.5) * height) / each.length)),
  );
  const ones = biased.flatMap((is, c) => (is ? [drawOne(boxes.get(c)!)] : []));
  const units = columns.flatMap((all, c) => all.map((unit) => drawUnit(unit, boxes.get(unit)!, heights[c]!)));
  const counts = columns.map((all) => all.length).join(", ");
  return `<svg viewBox="0 0 ${width} ${round(height)}" width="${round(width * 0.9)}" role="img" aria-label="The network, in layers of ${counts} units">
${[...drawn, ...ones, ...units].join("\n")}
</svg>`;

  function drawEdge({ from, to, weight, gradient, updated }: Edge, column: number, y: number): string {
    const start = boxes.get(from ?? column)!;
    const end = boxes.get(to)!;
    const fanned = boxes.get(column)!.right + FAN_IN;
    const over = fanned + LABEL;
    const curve =
      `M${start.right} ${round(start.y)}C${start.right + FAN_IN / 2} ${round(start.y)} ${fanned - FAN_IN / 2} ${round(y)} ${fanned} ${round(y)}` +
      `H${over}C${over + FAN_OUT / 2} ${round(y)} ${end.left - FAN_OUT / 2} ${round(end.y)} ${end.left} ${round(end.y)}`;
    const middle = fanned + LABEL / 2;
    const label = (quantity: Quantity | undefined, name: string, at: number, kind: string): string =>
      quantity
        ? `<text x="${middle}" y="${round(at)}" class="${kind}" data-quantity="${escapeHtml(quantity.name.text)}">${escapeHtml(name)} ${decimal(quantity.value, digits)}</text>`
        : "";
    return (
      `<g class="edge" data-edge="${escapeHtml(weight.name.text)}"><path d="${curve}"/>` +
      label(weight, weight.name.text, y - 4, updated ? "weight old" : "weight") +
      label(updated, updated?.name.text ?? "", y - 4, "weight new") +
      label(gradient, "∂", y + 11, "partial") +
      "</g>"
    );
  }

  function drawUnit(unit: Unit, { left, right, y }: Box, tall: number): string {
    const top = y - tall / 2;
    const middle = (left + right) / 2;
    const rows = unit.quantities.map((quantity, i) => {
      const at = round(top + HEAD + LINE * i + 6);
      const value = `data-quantity="${escapeHtml(quantity.name.text)}"`;
      if (right - left < BOX) return `<text x="${middle}" y="${at}" ${value}>${decimal(quantity.value, digits)}</text>`;
      return (
        `<g ${value}><text x="${left + 6}" y="${at}" class="key">${escapeHtml(keyOf(quantity))}</text>` +
        `<text x="${right - 6}" y="${at}" class="end">${decimal(quantity.value, digits)}</text></g>`
      );
    });
    return (
      `<g class="unit"><rect x="${left}" y="${round(top)}" width="${right - left}" height="${tall}" rx="6"/>` +
      `<text x="${middle}" y="${round(top + 14)}" class="head">${escapeHtml(unit.label)}</text>${rows.join("")}</g>`
    );
  }
}

const drawOne = ({ left, y }: Box): string =>
  `<g class="unit"><rect x="${left}" y="${round(y - ONE / 2)}" width="${ONE}" height="${ONE}" rx="6"/><text x="${left + ONE / 2}" y="${round(y + 4)}" class="head">1</text></g>`;

/** A short word for a quantity within its unit. */
function keyOf({ name, place: { role } }: Quantity): string {
  if (role === "delta") return "δ";
  const [, by = ""] = /\/(∂[^_]+)/.exec(name.text) ?? [];
  return role === "derivative" ? by : name.text.split("_")[0]!;
}

const round = (value: number): number => Math.round(value * 10) / 10;
