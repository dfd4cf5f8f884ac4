const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const SPACE = 32;
const E = 101;

/** 10⁰ … 10²², which a double holds exactly. */
const POWERS = /* @__PURE__ */ Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));
/** Digits whose number a double holds exactly, whatever they are. */
const EXACT = 15;
/** Characters of the longest text that is read as a number. */
const LONGEST = 400;
/** An exponent with which any number is 0 or infinite. */
const BEYOND = 100_000;
/** Characters of a text while they are read. */
const copied = /* @__PURE__ */ new Uint16Array(LONGEST);

/**
 * The number that a text says, such as `-1.5e3`, with spaces around it; NaN if it says none, or one that is not finite. Only
 * the characters of `text` from `from` to `to` are looked at.
 */
export function numeral(text: string, from = 0, to = text.length): number {
  while (from < to && text.charCodeAt(from) <= SPACE) from++;
  while (from < to && text.charCodeAt(to - 1) <= SPACE) to--;
  const length = to - from;
  if (length > LONGEST) return NaN;
  for (let i = 0; i < length; i++) copied[i] = text.charCodeAt(from + i);
  return numeralOf(copied, 0, length, text, from);
}

/**
 * The same of characters without spaces before them, which are those of `text` from `at` on.
 *
 * Up to 15 digits are read as a whole number, which is multiplied or divided by a power of ten of at most 10²²: both are
 * exact, so that the result is rounded once, as `Number` does it, and no text is cut out.
 * Source: Clinger, "How to read floating point numbers accurately" (PLDI 1990).
 */
export function numeralOf(chars: Uint16Array, from: number, to: number, text: string, at: number): number {
  while (to > from && chars[to - 1]! <= SPACE) to--;
  const start = from;
  const sign = chars[from]!;
  if (sign === MINUS || sign === PLUS) from++;
  let whole = 0;
  let digits = 0;
  let decimals = -1; // none yet, and no point
  for (; from < to; from++) {
    const code = chars[from]!;
    if (code >= 48 && code <= 57) {
      whole = whole * 10 + (code - 48);
      digits++;
      if (decimals >= 0) decimals++;
    } else if (code === POINT && decimals < 0) decimals = 0;
    else break;
  }
  if (digits === 0) return NaN;
  let power = decimals > 0 ? -decimals : 0;
  if (from < to) {
    if ((chars[from]! | 32) !== E) return NaN;
    const next = chars[++from]!;
    if (next === MINUS || next === PLUS) from++;
    if (from >= to) return NaN;
    let exponent = 0;
    for (; from < to; from++) {
      const code = chars[from]!;
      if (code < 48 || code > 57) return NaN;
      exponent = Math.min(exponent * 10 + (code - 48), BEYOND);
    }
    power += next === MINUS ? -exponent : exponent;
  }
  if (digits > EXACT || power < -22 || power > 22) {
    const value = to - start > LONGEST ? NaN : Number(text.slice(at, at + to - start));
    return Number.isFinite(value) ? value : NaN;
  }
  const value = power < 0 ? whole / POWERS[-power]! : power > 0 ? whole * POWERS[power]! : whole;
  return sign === MINUS ? -value : value;
}

/** What stands for a gap in a column that is of numbers else. */
const NOTHING: readonly string[] = ["na", "n/a", "#n/a", "nan", "null", "none", "nil", "?", "-", "--", "."];

/** Whether a text stands for a gap among numbers. */
export const saysNothing = (value: unknown): boolean => NOTHING.includes(String(value).trim().toLowerCase());
