/** Milliseconds since some moment, by the finest clock that there is. It may stand still, as in edge workers. */
export const now = (): number => globalThis.performance?.now?.() ?? Date.now();

/** Microseconds since 1970; not a number, or nonsense, where the clocks are. */
export function microseconds(): number {
  const fine = (globalThis.performance?.timeOrigin ?? NaN) + now();
  return Math.floor(1000 * (fine > 0 ? fine : Date.now()));
}
