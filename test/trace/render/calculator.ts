/** What a formula in plain text is worth, by JavaScript's own arithmetic: an oracle that knows nothing of the library. */
export function worth(formula: string): number {
  const source = formula
    .replaceAll(/(\d)\(/g, "$1·(")
    .replaceAll("½(", "0.5·(")
    .replaceAll("e^", "Math.E**")
    .replaceAll(/\[([^\]]*)\]/g, "Number($1)")
    .replaceAll(/\((\S+) if (\S+) > 0 else (\S+?)\)/g, "($2 > 0 ? $1 : $3)")
    .replaceAll("²", "**2")
    .replaceAll("√", "Math.sqrt")
    .replaceAll(/\b(tanh|max|min|exp)\(/g, "Math.$1(")
    .replaceAll(/\bln /g, "Math.log ")
    .replaceAll(/\bln\(/g, "Math.log(")
    .replaceAll(/Math\.log (\(?-?[\d.]+(?:e[+-]?\d+)?\)?)/g, "Math.log($1)")
    .replaceAll(/\|([^|]+)\|/g, "Math.abs($1)")
    .replaceAll(/[×·]/g, "*")
    .replaceAll("−", "-")
    .replaceAll(/(^|[(*/+ -])-(\d[\d.]*(?:e[+-]?\d+)?)\*\*/g, "$1-1*$2**");
  try {
    return new Function(`return ${source}`)() as number;
  } catch (cause) {
    const what = `the formula ${formula} cannot be read: teach worth() in test/trace/render/calculator.ts its signs`;
    throw new Error(`${what} (it came to ${source})`, { cause });
  }
}
