import { partsOf } from "../core/options.js";
import type { DType } from "../core/tensor.js";
import type { Layer } from "../layers/layer.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Store } from "./store.js";

interface Summarized {
  readonly layers: readonly Layer[];
  readonly inputSize: number;
  readonly outputSize: number;
  readonly store: Store;
  readonly seed: number;
  readonly dtype: DType;
  readonly backend: string;
  readonly loss: { readonly name: string } | undefined;
  readonly optimizer: { readonly name: string };
  /** What the optimizer is a view of. */
  readonly rule: Optimizer | undefined;
}

/** What else is done in a step: what the optimizer and the layers ask for. */
function detailsOf(rule: Optimizer | undefined, store: Store): string {
  const { schedule, clipValue, clipNorm, averaged } = rule ?? {};
  const penalties = [...store.parameters.values()].flatMap((each) => each.penalties.map(({ name }) => name));
  const said = [
    schedule && `schedule ${schedule.name}`,
    clipValue !== undefined && `clipValue ${clipValue}`,
    clipNorm !== undefined && `clipNorm ${clipNorm}`,
    averaged !== undefined && `averaged ${averaged}`,
    penalties.length && `penalty ${[...new Set(penalties)].join(" and ")}`,
  ].filter(Boolean);
  return said.length ? ` (${said.join(", ")})` : "";
}

/** A table of the layers, what they give and how many parameters they have, and the network's options. */
export function summarize(network: Summarized): string {
  const { layers, inputSize, outputSize, store, seed, dtype, backend, loss, optimizer } = network;
  const parameters = (prefix: string): string => {
    let all = 0,
      frozen = 0;
    for (const each of store.parameters.values()) {
      if (!each.name.startsWith(prefix)) continue;
      const { size } = each.value;
      all += size;
      if (each.frozen) frozen += size;
    }
    return `${all} parameters${frozen ? ` (${frozen} frozen)` : ""}`;
  };
  const line = (index: number | string, kind: string, inputs: number, outputs: number, prefix: string): string =>
    `${index}`.padEnd(4) + kind.padEnd(14) + `${inputs} → ${outputs}`.padEnd(14) + parameters(prefix);
  let columns = inputSize;
  return [
    ...layers.map((layer, index) => {
      const { kind, outputs = columns } = partsOf(layer, ["kind", "outputs"]);
      return line(index, kind, columns, (columns = outputs), `${index}.`);
    }),
    line("", "network", inputSize, outputSize, ""),
    `loss ${loss?.name ?? "none"}, optimizer ${optimizer.name}${detailsOf(network.rule, store)}, ${dtype}, ${backend} kernels, seed ${seed}`,
  ].join("\n");
}
