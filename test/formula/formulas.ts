import fc from "fast-check";

const bounded = { maxDepth: 16, depthIdentifier: fc.createDepthIdentifier(), withCrossShrink: true };

/** Texts of formulas of z and p, written by random trees, with no more parentheses than are needed, and no fewer. */
export const texts = fc.letrec<{
  choice: string;
  sum: string;
  product: string;
  signed: string;
  root: string;
  power: string;
  one: string;
}>((tie) => ({
  choice: fc.oneof(
    bounded,
    tie("sum"),
    fc
      .tuple(tie("sum"), fc.constantFrom("<", ">", "≤", "≥", "="), tie("sum"), tie("choice"), tie("choice"))
      .map(([a, op, b, yes, no]) => `${a} ${op} ${b} ? ${yes} : ${no}`),
  ),
  sum: fc.oneof(
    bounded,
    tie("product"),
    fc.tuple(tie("sum"), fc.constantFrom(" + ", " − "), tie("product")).map((parts) => parts.join("")),
  ),
  product: fc.oneof(
    bounded,
    tie("signed"),
    fc.tuple(tie("product"), fc.constantFrom(" · ", " / "), tie("signed")).map((parts) => parts.join("")),
  ),
  signed: fc.oneof(
    bounded,
    tie("root"),
    tie("signed").map((x) => `−${x}`),
  ),
  root: fc.oneof(
    bounded,
    tie("power"),
    tie("root").map((x) => `√${x}`),
  ),
  power: fc.oneof(
    bounded,
    tie("one"),
    fc.tuple(tie("one"), fc.constantFrom("²", "³", "^4", "^5")).map((parts) => parts.join("")),
  ),
  one: fc.oneof(
    bounded,
    fc.constantFrom("z", "z", "z", "p", "beta", "2", "0.5", "3", "1", "0"),
    tie("choice").map((x) => `(${x})`),
    tie("choice").map((x) => `|${x}|`),
    fc
      .tuple(
        fc.constantFrom("exp", "log", "log1p", "expm1", "tanh", "logistic", "erf", "sqrt", "abs", "sign"),
        tie("choice"),
      )
      .map(([f, x]) => `${f}(${x})`),
    fc.tuple(fc.constantFrom("min", "max"), tie("choice"), tie("choice")).map(([f, x, y]) => `${f}(${x}, ${y})`),
  ),
})).choice;

/** Numbers at which formulas go wrong, and others. */
export const numbers = fc.oneof(
  fc.double({ min: -5, max: 5, noNaN: true }),
  fc.constantFrom(0, -0, 1, -1, Infinity, -Infinity, NaN, 1e-310, 1e308, -745, 710),
);
