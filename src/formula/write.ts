import { type Expression, type FunctionName } from "./expression.js";
import { LETTERS } from "./parse.js";

/** How closely what is written holds together; what is looser than its surroundings gets parentheses. */
const CHOICE = 0,
  SUM = 1,
  PRODUCT = 2,
  SIGN = 3,
  POWER = 4,
  ONE = 5;

type Part = readonly [text: string, holds: number];

/** A form in which formulas are written. */
interface Form {
  /** A name; one of a scalar too. */
  name(name: string): string;
  number(digits: string): string;
  readonly minus: string;
  /** Between the factors of a product. */
  readonly times: string;
  group(inside: string): string;
  over(above: Part, below: Part, group: (part: Part, needs: number) => string): Part;
  power(base: string, exponent: number): string;
  /** A function, of its arguments as parts; null: `name(a, b)`. */
  apply(name: FunctionName, args: readonly Part[], group: (part: Part, needs: number) => string): Part | null;
  readonly tests: Readonly<Record<"less" | "atMost" | "equal", string>>;
  choose(test: string, yes: string, no: string): Part;
}

const NAMES: Readonly<Record<string, string>> = /* @__PURE__ */ Object.fromEntries(
  /* @__PURE__ */ Object.entries(LETTERS)
    .map(([letter, name]) => [name, letter])
    .reverse(), // the first letter of a name stands
);
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** `beta1Power` is β₁ᵗ, `beta1` β₁, and `p` p. */
function symbolOf(
  name: string,
  letter: (name: string) => string,
  down: (digits: string) => string,
  up: string,
): string {
  const [, word = name, digits = "", power = ""] = /^([a-z]+?)(\d*)(Power)?$/.exec(name) ?? [];
  return `${letter(word)}${digits && down(digits)}${power && up}`;
}

const quotient =
  (bar: string): Form["over"] =>
  (above, below, group) => [`${group(above, PRODUCT)}${bar}${group(below, SIGN)}`, PRODUCT];

/** As a formula is read by `parse`. */
const source: Form = {
  name: (name) => (name.endsWith("Power") ? `${name.slice(0, -5)}^t` : name),
  number: (digits) => digits,
  minus: "−",
  times: " · ",
  group: (inside) => `(${inside})`,
  over: quotient(" / "),
  power: (base, exponent) => `${base}${exponent < 4 ? POWERS[exponent] : `^${exponent}`}`,
  apply: (name, args, group) =>
    name === "sqrt" ? [`√${group(args[0]!, POWER)}`, SIGN] : name === "abs" ? [`|${args[0]![0]}|`, ONE] : null,
  tests: { less: "<", atMost: "≤", equal: "=" },
  choose: (test, yes, no) => [`${test} ? ${yes} : ${no}`, CHOICE],
};

/** As people write it. */
const text: Form = {
  ...source,
  name: (name) =>
    symbolOf(
      name,
      (word) => NAMES[word] ?? word,
      (digits) => digits.replaceAll(/\d/g, (d) => SUBSCRIPTS[Number(d)]!),
      "ᵗ",
    ),
  times: "·",
  over: quotient("/"),
  power: (base, exponent) => `${base}${POWERS[exponent]}`,
  apply(name, args, group) {
    const [x] = args as [Part];
    const e = (exponent: Part): string => `e^${group(exponent, ONE)}`;
    if (name === "exp") return [e(x), POWER];
    if (name === "expm1") return [`${e(x)} − 1`, SUM];
    if (name === "log") return [`ln ${group(x, ONE)}`.replace("ln (", "ln("), SIGN];
    if (name === "log1p") return [`ln(1 + ${group(x, PRODUCT)})`, ONE];
    if (name === "logistic") return [`1/(1 + e^(−${group(x, SIGN)}))`, PRODUCT];
    return source.apply(name, args, group);
  },
  choose: (test, yes, no) => [`(${yes} if ${test} else ${no})`, ONE],
};

const LATEX_FUNCTIONS: Readonly<Record<string, string>> = {
  log: "\\ln",
  tanh: "\\tanh",
  min: "\\min",
  max: "\\max",
  erf: "\\operatorname{erf}",
  sign: "\\operatorname{sign}",
};

const latex: Form = {
  name: (name) =>
    symbolOf(name, (word) => (word in NAMES ? `\\${word === "epsilon" ? "varepsilon" : word}` : word.length > 1 ? `\\mathit{${word}}` : word), (digits) => `_{${digits}}`, "^{t}"), // prettier-ignore
  number: (digits) => digits.replace(/e([+-]?\d+)$/, (_, exponent: string) => ` \\cdot 10^{${Number(exponent)}}`),
  minus: "-",
  times: " \\, ",
  group: (inside) => `\\left(${inside}\\right)`,
  over: ([above], [below]) => [`\\frac{${above}}{${below}}`, POWER - 0.5],
  power: (base, exponent) => `${base}^{${exponent}}`,
  apply(name, args, group) {
    const [[x]] = args as [Part];
    if (name === "sqrt") return [`\\sqrt{${x}}`, ONE];
    if (name === "abs") return [`\\left|${x}\\right|`, ONE];
    if (name === "exp") return [`e^{${x}}`, POWER];
    if (name === "expm1") return [`e^{${x}} - 1`, SUM];
    if (name === "log1p") return [`\\ln\\left(1 + ${group(args[0]!, PRODUCT)}\\right)`, ONE];
    if (name === "logistic") return [`\\frac{1}{1 + e^{-${group(args[0]!, SIGN)}}}`, POWER - 0.5];
    return [`${LATEX_FUNCTIONS[name]!}\\left(${args.map(([each]) => each).join(", ")}\\right)`, ONE];
  },
  tests: { less: "<", atMost: "\\le", equal: "=" },
  choose: (test, yes, no) => [`\\begin{cases}${yes} & ${test} \\\\ ${no} & \\text{else}\\end{cases}`, ONE],
};

const forms = { source, text, latex };

/** `source`: as it is read; `text`: as people write it; `latex`. */
export type FormName = keyof typeof forms;

/** The shortest decimal digits of a number. */
const digitsOf = (value: number): string => String(value).replace("e+", "e");

/** Writes a formula. `names`: what stands in the place of variables and scalars, where it is not their own name. */
export function write(e: Expression, as: FormName, names: Readonly<Record<string, string>> = {}): string {
  const form: Form = forms[as];
  const group = ([written, holds]: Part, needs: number): string => (holds < needs ? form.group(written) : written);
  return partOf(e)[0];

  function partOf(e: Expression): Part {
    const [a, b, c] = e.args.map(partOf) as [Part, Part, Part];
    switch (e.op) {
      case "constant": {
        const size = form.number(digitsOf(Math.abs(e.value)));
        const isBelow = e.value < 0 || Object.is(e.value, -0);
        return isBelow
          ? [`${form.minus}${size}`, SIGN]
          : [size, size.includes("·") || size.includes("cdot") ? PRODUCT : ONE];
      }
      case "variable":
      case "scalar":
        return [Object.hasOwn(names, e.name) ? names[e.name]! : form.name(e.name), ONE];
      case "negative":
        return [`${form.minus}${group(a, SIGN)}`, SIGN];
      case "add":
        return [`${group(a, SUM)} + ${group(b, PRODUCT)}`, SUM];
      case "subtract":
        return [`${group(a, SUM)} ${form.minus} ${group(b, PRODUCT)}`, SUM];
      case "multiply":
        return [`${group(a, PRODUCT)}${form.times}${group(b, SIGN)}`, PRODUCT];
      case "divide":
        return form.over(a, b, group);
      case "power":
        return [form.power(group(a, ONE), e.value), POWER];
      case "less":
      case "atMost":
      case "equal":
        return [`${group(a, SUM)} ${form.tests[e.op]} ${group(b, SUM)}`, CHOICE];
      case "choose":
        return form.choose(a[0], b[0], c[0]);
      case "settle":
        return a;
      default: {
        const args = [a, b].slice(0, e.args.length);
        return form.apply(e.op, args, group) ?? [`${e.op}(${args.map(([each]) => each).join(", ")})`, ONE];
      }
    }
  }
}
