import type { TestProject } from "vitest/node";
import { share } from "./random-cases.js";

/** Minutes that all tests took on two cores, with all random cases and with a fifth of them. */
const [all, fifth] = [2.8, 1.5];

/** Says before the tests how long they take: vitest calls it once, for all files. */
export default function announce({ vitest }: TestProject): void {
  const minutes = (fifth + ((all - fifth) * (share - 0.2)) / 0.8).toFixed(1);
  vitest.logger.log(`All tests take about ${minutes} minutes on two cores, with ${100 * share} % of the random cases.`);
  if (share < 1) vitest.logger.log("To try all cases: RUNS=100% npm test");
}
