// The products of a dense layer for one example, where packing wouldn't pay; and one of weights that are packed already.
import { CELL } from "../layout";
import { copy } from "./small";

/** y += W·x */
export function linearRow<T>(x: usize, weight: usize, y: usize, inputs: usize, outputs: usize): void {
  const lanes: usize = 16 / sizeof<T>();
  const stride = inputs * sizeof<T>();
  const group = lanes * stride; // the weights of one vector of y
  const whole = stride & ~15;
  let o: usize = 0;
  for (let w = weight, to = y; o + 4 * lanes <= outputs; o += 4 * lanes, w += 4 * group, to += 64) {
    let y0 = v128.load(to), y1 = v128.load(to, 16), y2 = v128.load(to, 32), y3 = v128.load(to, 48);
    for (let i: usize = 0; i < whole; i += 16) {
      const terms = v128.load(x + i);
      y0 = dots<T>(y0, terms, w + i, stride, 2 * stride, 3 * stride);
      y1 = dots<T>(y1, terms, w + group + i, stride, 2 * stride, 3 * stride);
      y2 = dots<T>(y2, terms, w + 2 * group + i, stride, 2 * stride, 3 * stride);
      y3 = dots<T>(y3, terms, w + 3 * group + i, stride, 2 * stride, 3 * stride);
    }
    v128.store(to, y0), v128.store(to, y1, 16), v128.store(to, y2, 32), v128.store(to, y3, 48);
  }
  for (; o < outputs; o += lanes) {
    const rows = min(lanes, outputs - o); // the last one stands for those that are missing
    const row1 = rows > 1 ? stride : 0;
    const row2 = rows > 2 ? row1 + stride : row1;
    const row3 = rows > 3 ? row2 + stride : row2;
    copy<T>(rows, y + o * sizeof<T>(), CELL);
    let sums = v128.load(CELL);
    for (let w = weight + o * stride, i: usize = 0; i < whole; i += 16) sums = dots<T>(sums, v128.load(x + i), w + i, row1, row2, row3);
    v128.store(CELL, sums);
    copy<T>(rows, CELL, y + o * sizeof<T>());
  }
  if (whole < stride) for (let w = weight, end = y + outputs * sizeof<T>(); y < end; y += sizeof<T>(), w += stride) {
    let total = load<T>(y);
    for (let i = whole; i < stride; i += sizeof<T>()) total += load<T>(x + i) * load<T>(w + i);
    store<T>(y, total);
  }
}

/**
 * y += W·x for W in panels of two vectors, transposed (see packRows), two at a time: what `linearRow` has to shuffle lies
 * in order. Two inputs a turn.
 */
export function linearRowPanels<T>(x: usize, panels: usize, y: usize, inputs: usize, outputs: usize): void {
  const size = 32 * inputs;
  const last = x + inputs * sizeof<T>() - sizeof<T>();
  for (const end = y + outputs * sizeof<T>(); y < end; y += 64, panels += 2 * size) {
    let y0 = v128.load(y), y1 = v128.load(y, 16), y2 = v128.load(y, 32), y3 = v128.load(y, 48);
    for (let i = x, p = panels, q = panels + size; i <= last; i += 2 * sizeof<T>(), p += 64, q += 64) {
      let v = v128.load_splat<T>(i);
      y0 = v128.add<T>(y0, v128.mul<T>(v, v128.load(p)));
      y1 = v128.add<T>(y1, v128.mul<T>(v, v128.load(p, 16)));
      y2 = v128.add<T>(y2, v128.mul<T>(v, v128.load(q)));
      y3 = v128.add<T>(y3, v128.mul<T>(v, v128.load(q, 16)));
      if (i == last) break;
      v = v128.load_splat<T>(i, sizeof<T>());
      y0 = v128.add<T>(y0, v128.mul<T>(v, v128.load(p, 32)));
      y1 = v128.add<T>(y1, v128.mul<T>(v, v128.load(p, 48)));
      y2 = v128.add<T>(y2, v128.mul<T>(v, v128.load(q, 32)));
      y3 = v128.add<T>(y3, v128.mul<T>(v, v128.load(q, 48)));
    }
    v128.store(y, y0), v128.store(y, y1, 16), v128.store(y, y2, 32), v128.store(y, y3, 48);
  }
}

/** y + the products of a vector of x with as many rows of W, added one after another. */
@inline
function dots<T>(y: v128, x: v128, w: usize, row1: usize, row2: usize, row3: usize): v128 {
  const p0 = v128.mul<T>(x, v128.load(w)), p1 = v128.mul<T>(x, v128.load(w + row1));
  if (sizeof<T>() == 8) {
    y = v128.add<T>(y, v128.shuffle<f64>(p0, p1, 0, 2));
    return v128.add<T>(y, v128.shuffle<f64>(p0, p1, 1, 3));
  }
  const p2 = v128.mul<T>(x, v128.load(w + row2)), p3 = v128.mul<T>(x, v128.load(w + row3));
  const low01 = v128.shuffle<f32>(p0, p1, 0, 4, 1, 5), low23 = v128.shuffle<f32>(p2, p3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(p0, p1, 2, 6, 3, 7), high23 = v128.shuffle<f32>(p2, p3, 2, 6, 3, 7);
  y = v128.add<T>(y, v128.shuffle<f64>(low01, low23, 0, 2));
  y = v128.add<T>(y, v128.shuffle<f64>(low01, low23, 1, 3));
  y = v128.add<T>(y, v128.shuffle<f64>(high01, high23, 0, 2));
  return v128.add<T>(y, v128.shuffle<f64>(high01, high23, 1, 3));
}

/** dx += Wᵀ·dy, four rows of W at a time. */
export function productRow<T>(dy: usize, weight: usize, dx: usize, inputs: usize, outputs: usize): void {
  const stride = inputs * sizeof<T>();
  const whole = stride & ~15;
  let o: usize = 0;
  for (; o + 4 <= outputs; o += 4, dy += 4 * sizeof<T>(), weight += 4 * stride) {
    const d0 = load<T>(dy), d1 = load<T>(dy, sizeof<T>()), d2 = load<T>(dy, 2 * sizeof<T>()), d3 = load<T>(dy, 3 * sizeof<T>());
    const v0 = v128.splat<T>(d0), v1 = v128.splat<T>(d1), v2 = v128.splat<T>(d2), v3 = v128.splat<T>(d3);
    const w1 = weight + stride, w2 = w1 + stride, w3 = w2 + stride;
    let i: usize = 0;
    for (; i < whole; i += 16) {
      let total = v128.add<T>(v128.load(dx + i), v128.mul<T>(v0, v128.load(weight + i)));
      total = v128.add<T>(total, v128.mul<T>(v1, v128.load(w1 + i)));
      total = v128.add<T>(total, v128.mul<T>(v2, v128.load(w2 + i)));
      v128.store(dx + i, v128.add<T>(total, v128.mul<T>(v3, v128.load(w3 + i))));
    }
    for (; i < stride; i += sizeof<T>()) {
      store<T>(dx + i, load<T>(dx + i) + d0 * load<T>(weight + i) + d1 * load<T>(w1 + i) + d2 * load<T>(w2 + i) + d3 * load<T>(w3 + i));
    }
  }
  for (; o < outputs; o++, dy += sizeof<T>(), weight += stride) addScaled<T>(load<T>(dy), stride, weight, dx);
}

/** dW += dy·xᵀ */
export function outerRow<T>(dy: usize, x: usize, dWeight: usize, inputs: usize, outputs: usize): void {
  const stride = inputs * sizeof<T>();
  for (let o: usize = 0; o < outputs; o++, dy += sizeof<T>(), dWeight += stride) addScaled<T>(load<T>(dy), stride, x, dWeight);
}

/** y += s·x, over so many bytes */
@inline
function addScaled<T>(s: T, bytes: usize, x: usize, y: usize): void {
  const v = v128.splat<T>(s);
  let i: usize = 0;
  for (; i < (bytes & ~15); i += 16) v128.store(y + i, v128.add<T>(v128.load(y + i), v128.mul<T>(v, v128.load(x + i))));
  for (; i < bytes; i += sizeof<T>()) store<T>(y + i, load<T>(y + i) + s * load<T>(x + i));
}
