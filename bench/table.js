const significant = (x) => Number(x.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });
const table = (head, rows) =>
  [head, head.map((_, i) => (i ? "---:" : "---")), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** The ratios of all workloads against what is to be reached. */
export function barsTable(results) {
  const rows = results.flatMap(([key, { ratios }]) =>
    ratios.map(({ ours, other, ratio, wall, bar }) => {
      const met = ratio >= bar ? "met" : `missing ${Math.round(100 * (1 - ratio / bar))} %`;
      return [key, ours, other, ratio.toFixed(2), wall.toFixed(2), bar, met];
    }),
  );
  return table(["workload", "ours", "the other", "ratio", "by the wall clock", "at least", ""], rows);
}

/** All contenders of a workload, with their rates and losses. */
export function ratesTable(key, { says, contenders, call }, { rows, missing }) {
  const [, first] = Object.entries(contenders)[0];
  const predicting = (call ?? first.call) === "predict";
  const ours = rows[0].rate;
  const cells = rows.map(({ name, version, does = "", rate, first, last }) => {
    const shown = predicting ? last.toPrecision(4) : `${first.toPrecision(4)} → ${last.toPrecision(2)}`;
    return [`${name} (${version})`, significant(rate), (ours / rate).toFixed(2), shown, does];
  });
  const head = ["", "examples/s", `${rows[0].name} / it`, predicting ? "first output" : "loss", "does otherwise"];
  const absent = missing.length ? `\n\nNot installed: ${missing.join(", ")}.` : "";
  return `### ${key}: ${says}\n\n${table(head, cells)}${absent}\n`;
}
