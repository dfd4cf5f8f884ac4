/** The part of the random cases that is tried: a fifth of them, unless the variable RUNS says otherwise. */
export const share = readShare(process.env.RUNS ?? "20%");

/** How many of so many random cases to try, at least 1. Every test that draws cases asks here. */
export const runs = (all: number): number => Math.max(1, Math.round(all * share));

function readShare(text: string): number {
  const percent = /^(\d+)%$/.exec(text)?.[1];
  if (!Number(percent)) throw new Error(`RUNS is "${text}"; expected a percentage of the random cases, such as "100%"`);
  return Number(percent) / 100;
}
