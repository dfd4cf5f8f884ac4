import { choose, constant, type Expression, isSame, isTest, operation, power } from "./expression.js";

// What is simplified is a derivative: a formula itself is computed as it is written.

const isNumber = (e: Expression, value: number): boolean => e.op === "constant" && e.value === value;
const isConstant = (e: Expression): boolean => e.op === "constant";
/** A number, named or not, that is the same for all elements and stands first in a product. */
const isFactor = (e: Expression): boolean => e.op === "constant" || e.op === "scalar";
const exp = (x: Expression): Expression => operation("exp", x);

/** a + b */
function plus(a: Expression, b: Expression): Expression {
  if (isNumber(a, 0)) return b;
  if (isNumber(b, 0)) return a;
  if (isConstant(a) && isConstant(b)) return constant(a.value + b.value);
  if (b.op === "negative") return minus(a, b.args[0]!);
  if (a.op === "negative") return minus(b, a.args[0]!);
  return isSame(a, b) ? times(constant(2), a) : operation("add", a, b);
}

/** a − b */
function minus(a: Expression, b: Expression): Expression {
  if (isNumber(b, 0)) return a;
  if (isNumber(a, 0)) return opposite(b);
  if (isConstant(a) && isConstant(b)) return constant(a.value - b.value);
  if (b.op === "negative") return plus(a, b.args[0]!);
  return isSame(a, b) ? constant(0) : operation("subtract", a, b);
}

/** −a */
function opposite(a: Expression): Expression {
  if (a.op === "negative") return a.args[0]!;
  if (isConstant(a)) return constant(-a.value);
  return a.op === "subtract" ? operation("subtract", a.args[1]!, a.args[0]!) : operation("negative", a);
}

/** a · b */
function times(a: Expression, b: Expression): Expression {
  if (isNumber(a, 0) || isNumber(b, 0)) return constant(0);
  if (isNumber(a, 1)) return b;
  if (isNumber(b, 1)) return a;
  if (isNumber(a, -1)) return opposite(b);
  if (isNumber(b, -1)) return opposite(a);
  if (a.op === "negative") return opposite(times(a.args[0]!, b));
  if (b.op === "negative") return opposite(times(a, b.args[0]!));
  if (isFactor(b) && !isFactor(a)) return times(b, a); // numbers first
  if (isConstant(b) && a.op === "scalar") return times(b, a);
  if (isConstant(a) && isConstant(b)) return constant(a.value * b.value);
  if (isConstant(a) && b.op === "multiply" && isConstant(b.args[0]!))
    return times(constant(a.value * b.args[0]!.value), b.args[1]!);
  if (a.op === "divide" && isSame(a.args[1]!, b)) return a.args[0]!; // (x / b) · b
  if (b.op === "divide" && isSame(b.args[1]!, a)) return b.args[0]!;
  if (b.op === "divide" && isNumber(b.args[0]!, 1)) return over(a, b.args[1]!);
  if (a.op === "divide" && isNumber(a.args[0]!, 1)) return over(b, a.args[1]!);
  for (const [kink, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const [test, yes, no] = kink.args;
    if (kink.op === "choose" && isFactor(yes!) && isFactor(no!))
      return pick(test!, times(yes!, other), times(no!, other));
  }
  return isSame(a, b) ? power(a, 2) : operation("multiply", a, b);
}

/** a / b */
function over(a: Expression, b: Expression): Expression {
  if (isNumber(a, 0) || isNumber(b, 1)) return a;
  if (isSame(a, b)) return constant(1);
  if (a.op === "negative") return opposite(over(a.args[0]!, b));
  if (a.op === "multiply" && isSame(a.args[0]!, b)) return a.args[1]!; // β · x / β
  if (a.op === "multiply" && isSame(a.args[1]!, b)) return a.args[0]!;
  return operation("divide", a, b);
}

/** One of two slopes, by a test. */
const pick = (test: Expression, yes: Expression, no: Expression): Expression =>
  isSame(yes, no) ? yes : choose(test, yes, no);

/**
 * Which of two slopes is the greater, as far as they are known; one that is not is taken to be above 0. From the left, where
 * two are equal, `max` goes along the other one, and `min` along this.
 */
const isSteeper = (a: Expression, b: Expression): boolean =>
  isConstant(a) ? isConstant(b) && a.value > b.value : isNumber(b, 0);

/** 2 / √π */
const ERF_SLOPE = 1.1283791670955126;

/**
 * ∂e/∂x, by the rules of differentiation: for each operation its own derivative, times that of what goes into it. At a kink
 * it is the derivative from the left, of x where what has the kink grows with x, and that of the case which a comparison
 * chooses.
 */
export function derivative(e: Expression, x: Expression): Expression {
  const known = new Map<Expression, Expression>();
  const d = (of: Expression): Expression => {
    let found = known.get(of);
    if (!found) known.set(of, (found = rule(of)));
    return found;
  };
  const less = (a: Expression, b: Expression): Expression => operation("less", a, b);
  const one = constant(1);

  function rule(e: Expression): Expression {
    const [a, b, c] = e.args as [Expression, Expression, Expression];
    if (isSame(e, x)) return one;
    if (!e.args.length || isTest(e)) return constant(0);
    switch (e.op) {
      case "negative":
        return opposite(d(a));
      case "add":
        return plus(d(a), d(b));
      case "subtract":
        return minus(d(a), d(b));
      case "multiply": // (uv)′ = u′v + uv′
        return isSame(a, b) ? times(times(constant(2), a), d(a)) : plus(times(d(a), b), times(a, d(b)));
      case "divide": // (u/v)′ = u′/v − (u/v) v′/v
        return minus(over(d(a), b), over(times(e, d(b)), b));
      case "power": // (uⁿ)′ = n uⁿ⁻¹ u′
        return times(times(constant(e.value), e.value === 2 ? a : power(a, e.value - 1)), d(a));
      case "sqrt":
        return over(d(a), times(constant(2), e));
      case "exp":
        return times(e, d(a));
      case "log":
        return over(d(a), a);
      case "log1p":
        return over(d(a), plus(one, a));
      case "expm1": // e + 1 has no digits left where a is far below 0
        return times(exp(a), d(a));
      case "tanh":
        return times(minus(one, power(e, 2)), d(a));
      case "logistic":
        return times(times(e, minus(one, e)), d(a));
      case "erf":
        return times(times(constant(ERF_SLOPE), exp(opposite(power(a, 2)))), d(a));
      case "abs": {
        const slope = d(a);
        const falls = isConstant(slope) && slope.value < 0; // from which side a falling a comes to 0
        return pick(falls ? less(a, constant(0)) : operation("atMost", a, constant(0)), opposite(slope), slope);
      }
      case "sign":
        return constant(0);
      case "max":
        return isSteeper(d(a), d(b)) ? pick(less(b, a), d(a), d(b)) : pick(less(a, b), d(b), d(a));
      case "min":
        return isSteeper(d(a), d(b)) ? pick(less(b, a), d(b), d(a)) : pick(less(a, b), d(a), d(b));
      case "choose":
        return pick(a, d(b), d(c));
      default: // settle
        return d(a);
    }
  }
  return d(e);
}
