/** `POWERS[1074 + n]` = 2ⁿ for −1074 ≤ n ≤ 1023: to multiply by it moves the exponent of a number, without error. */
export const POWERS = /* @__PURE__ */ powersOfTwo();

function powersOfTwo(): Float64Array {
  const powers = new Float64Array(2098);
  let power = 5e-324;
  for (let i = 0; i < powers.length; i++, power *= 2) powers[i] = power;
  return powers;
}

const scratch = /* @__PURE__ */ new ArrayBuffer(8);
const asDouble = /* @__PURE__ */ new Float64Array(scratch);
const asWords = /* @__PURE__ */ new Int32Array(scratch);

/** The sign, the exponent and the first 20 bits of the fraction of x (little-endian, as every JavaScript engine is). */
export function highWord(x: number): number {
  asDouble[0] = x;
  return asWords[1]!;
}
