import type { Network, ParameterView } from "chainrule";
import { checkGradients } from "chainrule/check";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { activations, build, losses, networkCase } from "../support/arbitraries.js";
import { runs } from "../support/random-cases.js";

const batches = [1, 3, 32];

const total = { cases: 0, tensors: 0, checked: 0, skipped: 0, worst: 0, where: "" };
const covered = new Set<string>();
const features = new Map<string, number>();

/** What a network has that the others may not have. */
function featuresOf(network: Network, { options, target }: ReturnType<typeof build>): string[] {
  const dense = network.layers.filter(({ kind }) => kind === "dense");
  const biases = network.parameters.filter(({ name }) => name.endsWith(".bias"));
  const isShared = ({ name, shape }: ParameterView) => shape[0] !== network.layers[Number.parseInt(name)]!.outputs;
  const classes = network.loss!.targets === "classes";
  return [
    `depth ${dense.length}`,
    ...(biases.some(isShared) ? ["shared bias"] : []),
    ...(biases.length < dense.length ? ["no bias"] : []),
    ...(network.parameters.some(({ frozen, name }) => frozen && name.endsWith("weight")) ? ["frozen weight"] : []),
    ...(network.parameters.some(({ frozen, name }) => frozen && name.endsWith("bias")) ? ["frozen bias"] : []),
    ...(network.layers.slice(0, -1).some(({ kind }) => kind === "softmax") ? ["softmax in the middle"] : []),
    ...(options ? ["weighted rows"] : []),
    ...(options?.rowWeights.some((weight) => weight < 0) ? ["negative weights"] : []),
    ...(classes ? [typeof target[0] === "number" ? "class indices" : "distributions"] : []),
    ...(network.dtype === "float32" ? ["a float32 network"] : []),
  ];
}

afterAll(() => {
  const { cases, tensors, checked, skipped, worst, where } = total;
  const share = ((100 * skipped) / (checked + skipped)).toFixed(3);
  const skips = `${skipped} skipped at kinks (${share} %)`;
  console.log(
    `${cases} random networks, ${tensors} tensors, ${checked} derivatives, ${skips}, worst error ${worst.toExponential(1)} (${where})`,
  );
});

// Not in random order: the last of these asks what the others met.
describe("random networks: every parameter and the input, against differences", { shuffle: false }, () => {
  const combinations = Object.keys(activations).flatMap((activation) =>
    Object.keys(losses).map((loss) => [activation, loss] as const),
  );

  it.each(combinations)("%s, %s", (activation, loss) => {
    for (const rows of batches) {
      const seed = combinations.findIndex((each) => each.join() === `${activation},${loss}`) * 100 + rows;
      fc.assert(
        fc.property(networkCase(activation, loss, rows), (given) => {
          const built = build(given);
          const { network, input, target, options } = built;
          const report = checkGradients(network, input, target, options);
          expect(report.toString()).toMatch(/^ok/);
          expect(report.h).toBe(1e-5);
          for (const { error } of report.tensors) expect(error).toBeLessThanOrEqual(1e-8);
          expect(report.tensors.map(({ name }) => name)).toEqual([
            ...network.parameters.map(({ name }) => name),
            "input",
          ]);

          total.cases++;
          total.tensors += report.tensors.length;
          total.checked += report.checked;
          total.skipped += report.skipped;
          if (report.worst.error > total.worst) {
            total.worst = report.worst.error;
            total.where = `${report.worst.where}, ${activation}, ${loss}, batch ${rows}`;
          }
          for (const feature of featuresOf(network, built)) features.set(feature, (features.get(feature) ?? 0) + 1);
          covered.add(`${activation}, ${loss}, ${rows}`);
        }),
        // SEED=2 tries other networks.
        { seed: seed + 1e5 * Number(process.env.SEED ?? 1), numRuns: runs(16) },
      );
    }
  });

  it("covers depth 1 to 6, and each way to build a network, often enough", () => {
    const depths = Array.from({ length: 6 }, (_, i) => `depth ${i + 1}`);
    const ways = [
      "shared bias",
      "no bias",
      "frozen weight",
      "frozen bias",
      "softmax in the middle",
      "weighted rows",
      "negative weights",
    ];
    expect([...features.keys()].sort()).toEqual(
      [...depths, ...ways, "class indices", "distributions", "a float32 network"].sort(),
    );
    expect(Math.min(...features.values())).toBeGreaterThanOrEqual(runs(50));
  });

  it("covers every activation × loss × batch, and skips at most 1 %", () => {
    const due = combinations.flatMap(([activation, loss]) => batches.map((rows) => `${activation}, ${loss}, ${rows}`));
    expect([...covered].sort()).toEqual(due.sort());
    expect(total.cases).toBeGreaterThanOrEqual(due.length * runs(16));
    expect(total.skipped / (total.checked + total.skipped)).toBeLessThanOrEqual(0.01);
  });
});
