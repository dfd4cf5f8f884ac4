import { fail, Phrase } from "../core/errors.js";
import { nearest } from "../core/options.js";
import { visible } from "../core/visible.js";
import {
  choose,
  constant,
  depthOf,
  type Expression,
  type FunctionName,
  FUNCTIONS,
  operation,
  power,
  scalar,
  sizeOf,
  substitute,
  variable,
} from "./expression.js";

/** Characters of a formula, operations in it or in its derivative, and how deep they may be nested. */
const LONGEST = 2000;
export const LARGEST = 500;
const DEEPEST = 100;

/** What a formula may speak of. */
export interface Names {
  /** What is another number for each element. */
  readonly variables: readonly string[];
  /** What is one number for all. */
  readonly scalars: readonly string[];
}

/** Letters, and the names for which they stand. */
export const LETTERS: Readonly<Record<string, string>> = {
  α: "alpha",
  β: "beta",
  γ: "gamma",
  δ: "delta",
  ε: "epsilon",
  ϵ: "epsilon",
  ζ: "zeta",
  η: "eta",
  θ: "theta",
  κ: "kappa",
  λ: "lambda",
  μ: "mu",
  µ: "mu",
  ρ: "rho",
  σ: "sigma",
  τ: "tau",
  φ: "phi",
  ω: "omega",
};

/** Signs that are read as another. */
const SIGNS: Readonly<Record<string, string>> = { "–": "−", "-": "−", "*": "·", "×": "·", "<=": "≤", ">=": "≥" };

/** Functions by the names that they have elsewhere. */
const HABITS: Readonly<Record<string, string>> = {
  ln: "log",
  sigmoid: "logistic",
  sigma: "logistic",
  expit: "logistic",
  sgn: "sign",
  relu: "max(0, z)",
  softplus: "log1p(exp(z))",
  pow: "z^2 to z^9",
};

const TOKEN = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[\p{L}_][\p{L}\d_]*|<=|>=|\^t\b|\^\d|\s+|./gsu;

interface Token {
  readonly text: string;
  /** Where it begins, from 0. */
  readonly at: number;
}

/** The name for which a word stands: `β` is beta, `β1` beta1. */
const nameOf = (word: string): string => word.replace(/^\p{Script=Greek}|^µ/u, (letter) => LETTERS[letter] ?? letter);

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const { 0: found, index } of text.matchAll(TOKEN)) {
    if (found.trim()) tokens.push({ text: Object.hasOwn(SIGNS, found) ? SIGNS[found]! : found, at: index });
  }
  return tokens;
}

const COMPARISONS = ["<", ">", "≤", "≥", "="];

/**
 * Reads a formula, such as `z / (1 + exp(−β · z))`. From loose to tight: a choice `c ? a : b`, with one comparison before the
 * question mark; + and −; · and /, from the left; a sign; √, which takes the power after it, so that √z² is √(z²); powers,
 * `z²`, `z³`, `z^2` to `z^9`. Every product is written; `|z|` is a size; functions are those of `FUNCTIONS`.
 * @throws `ChainruleError` `value` at the character that cannot be, for an unknown name, and for what is too long or too deep
 */
export function parse(text: string, names: Names, where: string): Expression {
  if (typeof text !== "string") fail("type", where, 'a formula such as "z / 2"', text);
  if (text.length > LONGEST) fail("value", where, `at most ${LONGEST} characters`, text.length, "name a part of it");
  return new Parser(text, names, where).whole();
}

/** Reads a formula from its first character to its last: a method for each level of the grammar. */
class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly names: Names,
    private readonly where: string,
  ) {
    this.tokens = tokensOf(text);
  }

  whole(): Expression {
    const formula = this.choice();
    if (this.at < this.tokens.length) this.failHere("an operation, such as + or ·", "");
    if (sizeOf(formula) > LARGEST)
      fail("value", this.where, `at most ${LARGEST} operations and names`, sizeOf(formula), "write less");
    if (depthOf(formula) > DEEPEST) fail("value", this.where, `at most ${DEEPEST} levels`, depthOf(formula));
    return formula;
  }

  private get next(): string {
    return this.tokens[this.at]?.text ?? "";
  }

  /** Takes a token if it is the next. */
  private has(token: string): boolean {
    if (this.next !== token) return false;
    this.at++;
    return true;
  }

  private take(token: string, why: string): void {
    if (!this.has(token)) this.failHere(`"${token}"${why}`, "");
  }

  private failHere(expected: string, remedy: string, back = 0): never {
    const token = this.tokens[this.at - back];
    const at = token?.at ?? this.text.length;
    const before = visible(this.text.slice(Math.max(0, at - 20), at));
    const got = token ? `"${visible(token.text)}"` : "its end";
    const place = before ? ` after "${before}"` : "";
    return fail(
      "value",
      `${this.where}, character ${at + 1}${place},`,
      expected,
      new Phrase(got),
      remedy || `write ${expected}`,
    );
  }

  private choice(): Expression {
    if (++this.depth > DEEPEST) this.failHere(`at most ${DEEPEST} levels`, "write less");
    const left = this.sum();
    const sign = this.next;
    let result = left;
    if (COMPARISONS.includes(sign)) {
      this.at++;
      const right = this.sum();
      const test =
        sign === "="
          ? operation("equal", left, right)
          : sign === "<" || sign === ">"
            ? operation("less", ...(sign === "<" ? [left, right] : [right, left]))
            : operation("atMost", ...(sign === "≤" ? [left, right] : [right, left]));
      this.take("?", " after a comparison");
      const yes = this.choice();
      this.take(":", " between the two cases");
      result = choose(test, yes, this.choice());
    } else if (sign === "?") this.failHere("a comparison before it", "write z > 0 ? z : 0");
    this.depth--;
    return result;
  }

  private sum(): Expression {
    let left = this.product();
    for (;;) {
      if (this.has("+")) left = operation("add", left, this.product());
      else if (this.has("−")) left = operation("subtract", left, this.product());
      else return left;
    }
  }

  private product(): Expression {
    let left = this.signed();
    for (;;) {
      if (this.has("·")) left = operation("multiply", left, this.signed());
      else if (this.has("/")) left = operation("divide", left, this.signed());
      else return left;
    }
  }

  private signed(): Expression {
    if (!this.has("−")) return this.root();
    if (++this.depth > DEEPEST) this.failHere(`at most ${DEEPEST} levels`, "write less");
    const value = this.signed();
    this.depth--;
    return value.op === "constant" ? constant(-value.value) : operation("negative", value);
  }

  private root(): Expression {
    if (!this.has("√")) return this.power();
    if (++this.depth > DEEPEST) this.failHere(`at most ${DEEPEST} levels`, "write less");
    const value = this.root();
    this.depth--;
    return operation("sqrt", value);
  }

  private power(): Expression {
    const base = this.operand();
    const exponent = this.exponent();
    if (!exponent) return base;
    if (/^(?:[²³]|\^)/.test(this.next)) this.failHere("one power", "put the power before it in parentheses");
    return power(base, exponent);
  }

  private exponent(): number {
    const { next } = this;
    if (next === "²" || next === "³") {
      this.at++;
      return next === "²" ? 2 : 3;
    }
    if (!next.startsWith("^")) return 0;
    const digit = Number(next.slice(1));
    if (!(digit >= 2)) {
      const isRunning = next === "^t";
      const remedy = isRunning ? "only a scalar of an update rule has this power" : "write z^2 to z^9, or exp and log";
      this.failHere("a power from ^2 to ^9", remedy);
    }
    this.at++;
    return digit;
  }

  private operand(): Expression {
    const { next } = this;
    if (/^\d/.test(next)) {
      this.at++;
      const value = Number(next);
      return Number.isFinite(value) ? constant(value) : this.failHere("a number below 1.8e308", "write less", 1);
    }
    if (this.has("(")) {
      const inside = this.choice();
      this.take(")", ", a closing parenthesis");
      return inside;
    }
    if (this.has("|")) {
      const inside = this.choice();
      this.take("|", ", the closing bar");
      return operation("abs", inside);
    }
    if (/^[\p{L}_]/u.test(next)) return this.word();
    return this.failHere("a number, a name or (", "");
  }

  private word(): Expression {
    const name = nameOf(this.next);
    this.at++;
    if (this.next === "(") return this.call(name);
    const { variables, scalars } = this.names;
    if (variables.includes(name)) return variable(name);
    if (scalars.includes(name)) return this.has("^t") ? scalar(`${name}Power`) : scalar(name);
    const known = [...variables, ...scalars];
    if (Object.hasOwn(FUNCTIONS, name)) this.failHere(`"(" after ${name}`, `write ${name}(${known[0] ?? "z"})`);
    const better = nearest(name, [...known, ...Object.keys(FUNCTIONS)]);
    const juxtaposed = known.some((each) => name.startsWith(each)) ? "; every product is written, 2 · z" : "";
    return this.failHere(
      `a name among ${known.join(", ")}`,
      better ? `write ${better}${juxtaposed}` : `leave it out${juxtaposed}`,
      1,
    );
  }

  private call(name: string): Expression {
    if (!Object.hasOwn(FUNCTIONS, name)) {
      const known = Object.keys(FUNCTIONS);
      const better = Object.hasOwn(HABITS, name) ? HABITS[name] : nearest(name, known);
      const isName = [...this.names.variables, ...this.names.scalars].includes(name);
      const remedy = isName ? `write ${name} · (…)` : better ? `write ${better}` : "write it out";
      return this.failHere(`a function among ${known.join(", ")}`, remedy, 1);
    }
    this.at++;
    const count = FUNCTIONS[name as FunctionName];
    const args = [this.choice()];
    while (this.has(",")) args.push(this.choice());
    if (args.length !== count) this.failHere(`${count === 1 ? "one number" : "two numbers"} for ${name}`, "");
    this.take(")", `, the end of ${name}`);
    return operation(name as FunctionName, ...args);
  }
}

/** What an update rule may speak of: `p` and `g`, the slots, the scalars. */
export interface RuleNames {
  readonly slots: readonly string[];
  readonly scalars: readonly string[];
}

/**
 * Reads an update rule: a line for each thing that becomes another, in order, each of which sees what stands there then. `p`
 * and the slots stay; `g`, and a name of your own that a line gives, are gone after the step. `beta1^t` is beta1 to the count
 * of steps, and is kept as the scalar `beta1Power`.
 * @returns what p and each slot become
 * @throws `ChainruleError` as {@link parse}
 */
export function parseRule(
  text: string,
  { slots, scalars }: RuleNames,
  where: string,
): Readonly<Record<string, Expression>> {
  if (typeof text !== "string") fail("type", where, 'lines such as "p = p − learningRate · g"', text);
  if (text.length > LONGEST) fail("value", where, `at most ${LONGEST} characters`, text.length, "write less");
  const kept = ["p", ...slots];
  const now = new Map(["p", "g", ...slots].map((name) => [name, variable(name)]));
  text.split("\n").forEach((line, i) => {
    if (!line.trim()) return;
    const [, left = "", right = ""] = /^\s*([\p{L}_][\p{L}\d_]*)\s*=(?!=)(.*)$/su.exec(line) ?? [];
    const place = `${where}, line ${i + 1}`;
    const target = nameOf(left);
    if (!left) fail("value", place, `a name, "=" and a formula`, line.trim(), "write p = p − learningRate · g");
    if (scalars.includes(target))
      fail("value", place, `${kept.join(", ")} or a new name`, target, "scalars stay as they are");
    const formula = substitute(parse(right, { variables: [...now.keys()], scalars }, place), now);
    if (sizeOf(formula) > LARGEST) fail("value", place, `at most ${LARGEST} operations and names`, sizeOf(formula));
    now.set(target, slots.includes(target) ? operation("settle", formula) : formula);
  });
  return Object.fromEntries(kept.map((name) => [name, now.get(name)!]));
}
