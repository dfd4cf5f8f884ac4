import type { KnownMistake } from "../rules.js";
import { backwardMistakes } from "./backward.js";
import { errorMistakes } from "./error.js";
import { forwardMistakes } from "./forward.js";
import { printingMistakes } from "./printing.js";
import { biasMistakes, updateMistakes } from "./update.js";

/** All mistakes that are known, in the order of the step. */
export const known: readonly KnownMistake[] = [
  ...forwardMistakes,
  ...errorMistakes,
  ...backwardMistakes,
  ...biasMistakes,
  ...updateMistakes,
  ...printingMistakes,
];
