import type { TestProject } from "vitest/node";
import { share } from "./random-cases.js";

/** Minutes that all tests took on two cores, with all random cases and with a quarter of them. */
const [all, quarter] = [2.8, 1.4];

/** Says before the tests how long they take: vitest calls it once, for all files. */
export default function announce({ vitest }: TestProject): void {
  const minutes = (quarter + ((all - quarter) * (share - 0.25)) / 0.75).toFixed(1);
  vitest.logger.log(`All tests take about ${minutes} minutes on two cores, with ${100 * share} % of the random cases.`);
  if (share < 1) vitest.logger.log("To try all cases: RUNS=100% npm test");
}
