const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const SPACE = 32;

/** 10⁰ … 10²², which a double holds exactly. */
const POWERS = /* @__PURE__ */ Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));
/** Digits whose number a double holds exactly, whatever they are. */
const EXACT = 15;
/** Characters of the longest text that is read as a number. */
const LONGEST = 400;

/**
 * The number that a text says, such as `-1.5e3`, with spaces around it; NaN if it says none, or one that is not finite. Only
 * the characters of `text` from `from` to `to` are looked at.
 *
 * Up to 15 digits are read as a whole number and divided by a power of ten: both are exact, so the quotient is rounded once,
 * as `Number` does it, and no text is cut out.
 */
export function numeral(text: string, from = 0, to = text.length): number {
  while (from < to && text.charCodeAt(from) <= SPACE) from++;
  while (from < to && text.charCodeAt(to - 1) <= SPACE) to--;
  const sign = text.charCodeAt(from);
  let at = sign === MINUS || sign === PLUS ? from + 1 : from;
  let whole = 0;
  let digits = 0;
  let decimals = -1; // none yet, and no point
  for (; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      whole = whole * 10 + (code - 48);
      digits++;
      if (decimals >= 0) decimals++;
    } else if (code === POINT && decimals < 0) decimals = 0;
    else break;
  }
  if (at < to || digits > EXACT) return long(text, from, to);
  if (digits === 0) return NaN;
  const value = decimals > 0 ? whole / POWERS[decimals]! : whole;
  return sign === MINUS ? -value : value;
}

function long(text: string, from: number, to: number): number {
  const code = text.charCodeAt(from);
  if (to - from > LONGEST || !((code >= 48 && code <= 57) || code === MINUS || code === PLUS || code === POINT))
    return NaN;
  const said = text.slice(from, to);
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(said)) return NaN;
  const value = Number(said);
  return Number.isFinite(value) ? value : NaN;
}

/** What stands for a gap in a column that is of numbers else. */
const NOTHING: readonly string[] = ["na", "n/a", "#n/a", "nan", "null", "none", "nil", "?", "-", "--", "."];

/** Whether a text stands for a gap among numbers. */
export const saysNothing = (value: unknown): boolean => NOTHING.includes(String(value).trim().toLowerCase());
