import { erf } from "../../src/core/erf.js";
import { exp, expm1 } from "../../src/core/exp.js";
import { log, log1p } from "../../src/core/log.js";
import { logistic, tanh } from "../../src/core/tanh.js";

// The value of a formula from its text alone, with a table of operations of its own: two stacks, as Dijkstra's shunting yard
// has them. It shares nothing with src/formula.

type Apply = (...values: number[]) => number;
interface Operator {
  /** The higher it is, the tighter it binds. */
  readonly binds: number;
  readonly takes: number;
  readonly fromRight?: boolean;
  readonly apply: Apply;
}

const product = (x: number, n: number): number => (n === 1 ? x : product(x, n - 1) * x);
const binary: Readonly<Record<string, Operator>> = {
  "+": { binds: 3, takes: 2, apply: (a, b) => a! + b! },
  "−": { binds: 3, takes: 2, apply: (a, b) => a! - b! },
  "·": { binds: 4, takes: 2, apply: (a, b) => a! * b! },
  "/": { binds: 4, takes: 2, apply: (a, b) => a! / b! },
  "<": { binds: 2, takes: 2, apply: (a, b) => Number(a! < b!) },
  ">": { binds: 2, takes: 2, apply: (a, b) => Number(a! > b!) },
  "≤": { binds: 2, takes: 2, apply: (a, b) => Number(a! <= b!) },
  "≥": { binds: 2, takes: 2, apply: (a, b) => Number(a! >= b!) },
  "=": { binds: 2, takes: 2, apply: (a, b) => Number(a! === b!) },
};
const opposite: Operator = { binds: 5, takes: 1, fromRight: true, apply: (a) => -a! };
const root: Operator = { binds: 6, takes: 1, fromRight: true, apply: (a) => Math.sqrt(a!) };
const functions: Readonly<Record<string, Apply>> = {
  exp: (x) => exp(x!),
  log: (x) => log(x!),
  log1p: (x) => log1p(x!),
  expm1: (x) => expm1(x!),
  tanh: (x) => tanh(x!),
  logistic: (x) => logistic(x!),
  erf: (x) => erf(x!),
  sqrt: (x) => Math.sqrt(x!),
  abs: (x) => Math.abs(x!),
  sign: (x) => (x! > 0 ? 1 : x! < 0 ? -1 : 0),
  min: (x, y) => Math.min(x!, y!),
  max: (x, y) => Math.max(x!, y!),
};

export function valueOfText(text: string, numbers: Readonly<Record<string, number>>): number {
  const tokens = text.match(/\d+(?:\.\d+)?(?:e-?\d+)?|\p{L}[\p{L}\d]*|\^\d|\S/gu)!;
  let at = 0;
  /** Up to a token that closes. */
  function until(...ends: readonly string[]): number {
    const values: number[] = [];
    const operators: Operator[] = [];
    const settle = (binds: number, fromRight = false): void => {
      while (operators.length && (fromRight ? operators.at(-1)!.binds > binds : operators.at(-1)!.binds >= binds)) {
        const { takes, apply } = operators.pop()!;
        values.push(apply(...values.splice(values.length - takes)));
      }
    };
    let isOperandDue = true;
    while (at < tokens.length && !(ends.includes(tokens[at]!) && !isOperandDue)) {
      const token = tokens[at++]!;
      if (isOperandDue) {
        if (token === "−") operators.push(opposite);
        else if (token === "√") operators.push(root);
        else {
          isOperandDue = false;
          values.push(operand(token));
        }
      } else if (token === "²" || token === "³" || token.startsWith("^")) {
        const n = token === "²" ? 2 : token === "³" ? 3 : Number(token.slice(1));
        values.push(product(values.pop()!, n));
      } else if (token === "?") {
        settle(0);
        const test = values.pop()!;
        const yes = until(":");
        at++;
        const no = until(...ends);
        return test ? yes : no;
      } else {
        const operator = binary[token]!;
        settle(operator.binds);
        operators.push(operator);
        isOperandDue = true;
      }
    }
    settle(0);
    return values[0]!;
  }
  function operand(token: string): number {
    if (/^\d/.test(token)) return Number(token);
    if (token === "(" || token === "|") {
      const inside = until(token === "(" ? ")" : "|");
      at++;
      return token === "(" ? inside : Math.abs(inside);
    }
    if (tokens[at] !== "(" || !Object.hasOwn(functions, token)) return numbers[token]!;
    at++;
    const values: number[] = [];
    do values.push(until(",", ")"));
    while (tokens[at++] === ",");
    return functions[token]!(...values);
  }
  return until();
}
