const NODES = /* @__PURE__ */ nodes();

/**
 * The error function 2/√π · ∫₀ˣ e^(−t²) dt; Φ(x) = ½(1 + erf(x/√2)) is the normal distribution.
 *
 * With a the multiple of 1/32 nearest to x and r = x − a, the Taylor series about a is
 *
 *   erf x = erf a + erf′a · (r − a·r² + (2a² − 1)/3·r³ − …),   the k-th term (−1)ᵏ·Hₖ(a)·rᵏ⁺¹/(k+1)!,
 *
 * with the Hermite polynomials H₀ … H₇; erf a, in two parts, and its slope come from a table. Below 1/4 it is the
 * Maclaurin series 2/√π·(x − x³/3 + x⁵/10 − x⁷/42 + …); from 6 on ±1 is nearest.
 *
 * Error: at most 0.61 ulp (measured); exactly odd.
 * Special values: erf(±0) = ±0, erf(±∞) = ±1; erf(NaN) is NaN.
 *
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 7.1.5 and 7.1.19.
 *
 * @example
 * erf(1); // 0.8427007929497149
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size < 1 / 4) return seriesErf(x);
  if (!(size < 6)) return x > 0 ? 1 : x < 0 ? -1 : x;
  const a = x + 211106232532992 - 211106232532992; // 1.5 · 2⁴⁷, where doubles are multiples of 1/32
  const i = 3 * ((a * 32) | 0) + 576;
  const r = x - a;
  const r2 = r * r;
  const b = a * a;
  const h6 = ((b - 15 / 2) * b + 45 / 4) * b - 15 / 8;
  const even = (b - 1 / 2) * (2 / 3) + r2 * (((b - 3) * b + 3 / 4) * (2 / 15) + r2 * h6 * (4 / 315));
  const odd = 1 + r2 * (h3(b) * (1 / 3) + r2 * (h5(b) * (2 / 45) + r2 * h7(b) * (1 / 315)));
  return NODES[i]! + (NODES[i + 1]! + NODES[i + 2]! * (r + r2 * (r * even - a * odd)));
}

/** Hₖ(a)/(2ᵏ·a) in b = a². */
function h3(b: number): number {
  return b - 3 / 2;
}

function h5(b: number): number {
  return (b - 5) * b + 15 / 4;
}

function h7(b: number): number {
  return ((b - 21 / 2) * b + 105 / 4) * b - 105 / 8;
}

/** x + x·(2/√π − 1 − …), where x and x/8 are exact; the k-th coefficient is 2/√π·(−1)ᵏ/(k!·(2k+1)). */
function seriesErf(x: number): number {
  const c = 1.1283791670955126;
  const b = x * x;
  const b2 = b * b;
  const low = -c / 3 + b * (c / 10) + b2 * (-c / 42 + b * (c / 216));
  const high = -c / 1320 + b * (c / 9360) + b2 * (-c / 75600 + b * (c / 685440));
  return x + (x * (1 / 8) + x * (0.0033791670955125737 + b * (low + b2 * b2 * high)));
}

/**
 * For a = −6, −6 + 1/32, … 6 the numbers erf a rounded, the rest, and g = erf′a = 2/√π·e^(−a²).
 * The integral is a sum of trapezoids of width h = 1/32 with Euler and Maclaurin's corrections at its end,
 * h²/12·H₁(a)·g − h⁴/720·H₃(a)·g + h⁶/30240·H₅(a)·g − h⁸/1209600·H₇(a)·g; at 0 they vanish.
 */
function nodes(): Float64Array {
  const table = new Float64Array(1155);
  let g = 1.128379225730896; // 2/√π, like all that follows as head + tail, a head of 24 bits
  let gTail = -5.863538342219759e-8;
  let ratio = 0.9990239143371582; // e^(−h²), e^(−3h²), … lead from each slope to the next
  let ratioTail = -1.551825408902882e-10;
  let sum = 0;
  let sumTail = 0;
  for (let i = 0; i <= 576; i += 3) {
    const a = i / 96;
    const b = a * a;
    const slope = g + gTail;
    const end = 1 - (h3(b) - (h5(b) - h7(b) * (1 / 10240)) * (1 / 10752)) * (1 / 15360);
    const erfTail = sumTail + a * slope * end * (1 / 6144);
    const erfA = sum + erfTail;
    const low = erfTail - (erfA - sum);
    table[576 + i] = erfA;
    table[577 + i] = low;
    table[576 - i] = -erfA;
    table[577 - i] = -low;
    table[578 + i] = table[578 - i] = slope;

    const product = g * ratio;
    const rest = g * ratioTail + gTail * (ratio + ratioTail);
    const next = Math.fround(product + rest);
    const nextTail = product - next + rest;
    const area = (g + next) / 64;
    const longer = Math.fround(sum + area);
    sumTail += sum - longer + area + (gTail + nextTail) / 64;
    sum = longer;
    g = next;
    gTail = nextTail;

    const power = ratio * 0.9980487823486328; // e^(−2h²): its head, …
    const powerRest = ratio * -1.2411573397899574e-9 + ratioTail * 0.9980487811074755; // … its tail, and their sum
    ratio = Math.fround(power + powerRest);
    ratioTail = power - ratio + powerRest;
  }
  return table;
}
