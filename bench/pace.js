// How fast the machine is at the moment: other tenants of a processor take of its clock and caches, which its time does
// not show. A fixed loop of JavaScript, over as many numbers as a layer of 784-128 has.
const numbers = Float32Array.from({ length: 784 * 128 }, (_, i) => (i % 7) / 7);

function sum() {
  let a = 0,
    b = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    a += numbers[i] * numbers[i];
    b += numbers[i + 1] * numbers[i + 1];
  }
  return a + b;
}

const right = sum();

/** One round of the loop. */
export function round() {
  if (sum() !== right) throw new Error("the loop gives another sum");
}
