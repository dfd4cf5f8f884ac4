// A sweep over n elements takes whole vectors and then the rest one by one. Its formula is written once: of a single
// element, the other lanes are 0 and are not stored.

/** A vector at x, or one element. */
@inline
export function get<T>(x: usize, whole: bool): v128 {
  return whole ? v128.load(x) : v128.load_zero<T>(x);
}

/** Stores a vector at y, or its first element. */
@inline
export function put<T>(y: usize, value: v128, whole: bool): void {
  if (whole) v128.store(y, value);
  else v128.store_lane<T>(y, value, 0);
}
