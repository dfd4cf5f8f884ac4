import type { NetworkImplementation } from "./implementation.js";

/** A table of the layers, what they give and how many parameters they have, and the network's options. */
export function summarize(network: NetworkImplementation): string {
  const { layers, inputSize, store, seed, dtype, backend, loss, optimizer } = network;
  const count = (prefix: string, frozen?: boolean): number =>
    [...store.parameters.values()]
      .filter((each) => each.name.startsWith(prefix) && (frozen === undefined || each.frozen === frozen))
      .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  let columns = inputSize;
  const rows = layers.map((layer, index) => {
    const inputs = columns;
    columns = layer.outputs ?? columns;
    const name = layer.outputs === undefined ? layer.kind : `${layer.kind}(${inputs}, ${columns})`;
    const frozen = count(`${index}.`, true);
    const parameters = count(`${index}.`);
    return [String(index), name, String(columns), parameters ? `${parameters}${frozen ? ` (${frozen} frozen)` : ""}` : "-"];
  });
  const table = [["", "layer", "outputs", "parameters"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd());
  const total = count("");
  return [
    ...lines,
    `${inputSize} inputs, ${columns} outputs, ${total} parameters${count("", true) ? ` (${count("", true)} frozen)` : ""}`,
    `loss ${loss?.name ?? "none"}, optimizer ${optimizer?.name ?? "none"}, ${dtype}, ${backend} kernels, seed ${seed}`,
  ].join("\n");
}
