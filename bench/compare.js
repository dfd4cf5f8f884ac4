import { Contender } from "./contender.js";

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.ceil(sorted.length / 2) - 1] + sorted[Math.floor(sorted.length / 2)]) / 2;
}

const AGREE = 0.001; // losses of networks that start from the same numbers in float32, relative

/** What has been measured must have learned, or predicted what all others do; says what is wrong otherwise. */
function complain({ call, does }, first, last, expected) {
  if (!does && !(Math.abs(first - expected) <= AGREE * expected)) return `DOES NOT START AT ${expected}`;
  if (call === "predict" ? last !== first : !(last < first)) return "DOES NOT LEARN";
  return does;
}

/** All contenders of a workload side by side: alive at the same time, measured in turn, `rounds` windows for each. */
export async function compare(workload, rounds) {
  const { contenders, bars, ...job } = workload;
  const running = new Map();
  const missing = [];
  const windows = new Map();
  try {
    for (const [name, contender] of Object.entries(contenders)) {
      const started = await Contender.start({ ...job, ...contender });
      if (started.missing === "chainrule") throw new Error("no dist/: npm run build");
      if (started.missing) missing.push(name);
      else running.set(name, started);
      windows.set(name, []);
    }
    for (let round = 0; round < rounds; round++) {
      for (const [name, contender] of running) windows.get(name).push(await contender.window());
    }
  } finally {
    for (const contender of running.values()) contender.end();
  }
  const expected = running.values().next().value.first;
  const rows = [...running].map(([name, started]) => {
    const list = windows.get(name);
    const { last } = list.at(-1);
    const { version, first } = started;
    const does = complain({ ...job, ...contenders[name] }, first, last, expected);
    return { name, version, first, last, does, rate: median(list.map(({ rate }) => rate)) };
  });
  const ratio = (a, b, key) => median(windows.get(a).map((window, i) => window[key] / windows.get(b)[i][key]));
  const ratios = bars
    .filter((bar) => running.has(bar[1]))
    .map(([a, b, bar]) => ({ ours: a, other: b, bar, ratio: ratio(a, b, "rate"), wall: ratio(a, b, "wallRate") }));
  return { rows, ratios, missing };
}
