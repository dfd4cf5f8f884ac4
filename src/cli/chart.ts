const BLOCKS = " ▁▂▃▄▅▆▇█";

/** Values as bars, in lines from `top` down to 0; a column stands for the first of the values that share it. */
export function chart(values: readonly number[], top: number, height: number, columns: number, of: number): string[] {
  const each = Math.ceil(of / columns);
  const bars = values.filter((_, index) => index % each === 0);
  return Array.from({ length: height }, (_, line) => {
    const floor = height - 1 - line;
    const eighths = bars.map((value) => Math.round(8 * Math.min(1, Math.max(0, (height * value) / top - floor))));
    return `  ${((top * (floor + 1)) / height).toFixed(2)} ┤${eighths.map((eighth) => BLOCKS[eighth]).join("")}`;
  });
}
