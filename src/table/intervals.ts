/** A number found on some rows, and where it may lie on others: with 95 % between `low` and `high`. */
export interface Estimate {
  /** What was found. */
  readonly value: number;
  /** The lower end of the interval. */
  readonly low: number;
  /** The upper end. */
  readonly high: number;
}

/** Of a normal distribution 95 % lies within so many deviations. */
const Z = 1.959963984540054;

/**
 * A share, `hits` of `count`: (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), with p = hits / n.
 * Source: Wilson, "Probable inference, the law of succession, and statistical inference" (J. Am. Stat. Assoc. 1927).
 */
export function wilson(hits: number, count: number): Estimate {
  const value = hits / count;
  const z2 = (Z * Z) / count;
  const middle = (value + z2 / 2) / (1 + z2);
  const half = (Z * Math.sqrt((value * (1 - value)) / count + z2 / (4 * count))) / (1 + z2);
  return { value, low: hits === 0 ? 0 : middle - half, high: hits === count ? 1 : middle + half };
}

/** Draws of rows, at most, and the numbers that they may touch together. */
const DRAWS = 1000;
const TOUCHED = 2e7;

/**
 * What statistics of the means of columns are when as many rows are drawn again and again, each with all its columns: the
 * middle 95 % of the draws. At most a thousand draws; fewer for many rows, at least 100.
 * Source: Efron, "Bootstrap methods: another look at the jackknife" (Ann. Stat. 1979).
 */
export function bootstrap(
  columns: readonly Float64Array[],
  statistics: readonly ((means: readonly number[]) => number)[],
): Estimate[] {
  const rows = columns[0]!.length;
  const draws = Math.max(100, Math.min(DRAWS, Math.floor(TOUCHED / (rows * columns.length))));
  const found = statistics.map(() => new Float64Array(draws));
  const times = new Uint32Array(rows); // that each row was drawn: the columns are then read in their order, which is fast
  let x = 0x9e3779b9; // Marsaglia's xorshift
  for (let draw = 0; draw < draws; draw++) {
    times.fill(0);
    for (let n = 0; n < rows; n++) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      times[Math.floor(((x >>> 0) / 0x1_0000_0000) * rows)]!++;
    }
    const means = columns.map((column) => {
      let sum = 0;
      for (let n = 0; n < rows; n++) sum += times[n]! * column[n]!;
      return sum / rows;
    });
    statistics.forEach((statistic, i) => void (found[i]![draw] = statistic(means)));
  }
  const whole = columns.map((column) => column.reduce((sum, each) => sum + each, 0) / rows);
  return statistics.map((statistic, i) => {
    const ordered = found[i]!.sort();
    const at = (share: number): number => ordered[Math.round(share * (draws - 1))]!;
    return { value: statistic(whole), low: at(0.025), high: at(0.975) };
  });
}

/** Cases beyond which the sum of binomial terms is taken from the normal distribution. */
const MANY = 1000;

/**
 * Whether `wins` against `losses` is more than chance: the sign test at 5 %, where the sum of the binomial terms of the
 * larger count and those beyond it is below 2.5 %.
 * Source: McNemar, "Note on the sampling error of the difference between correlated proportions" (Psychometrika 1947).
 */
export function isMoreThanChance(wins: number, losses: number): boolean {
  const count = wins + losses;
  const more = Math.max(wins, losses);
  if (count > MANY) return (more - count / 2 - 0.5) / (Math.sqrt(count) / 2) > Z;
  let term = 1; // C(count, k) / 2^count, for k = count
  for (let k = 0; k < count; k++) term /= 2;
  let sum = 0;
  for (let k = count; k >= more; k--) {
    sum += term;
    term = (term * k) / (count - k + 1);
  }
  return sum < 0.025;
}
