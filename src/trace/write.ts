import { accountOf } from "./blocks/layers.js";
import { tellLoss, tellLossBackward } from "./blocks/loss.js";
import { tellUpdate } from "./blocks/update.js";
import { toJson } from "./json.js";
import { articleNames, isArticleLike } from "./names/article.js";
import { indexedNames } from "./names/indexed.js";
import { after, letter, symbol } from "./names/symbol.js";
import { given, place } from "./quantity.js";
import type { Recording, Table } from "./record.js";
import { type Grid, Scene, type Style } from "./scene.js";
import type { Name, Quantity, Role, Trace } from "./types.js";

/** Writes the trace of a recorded step, in the order of the step. */
export function write(recording: Recording, style: Style): Trace {
  const names = isArticleLike(recording) ? articleNames(recording) : indexedNames(recording);
  const scene = new Scene(recording, names, style);
  const { layers, rows, dtype } = recording;
  const inputs = rowsGiven(scene, "input", recording.values[0]!, (i, row) => names.value(0, i, row));
  const targets = rowsGiven(scene, "target", recording.target, (i, row) => names.target(i, row));
  const rowWeights = recording.rowWeights && rowWeightsOf(scene, recording.rowWeights);
  const parameters = scene.parameters.flatMap(({ values }) => values);
  scene.values[0] = inputs;
  scene.tell("given", null, "Given", [...inputs.flat(), ...targets.flat(), ...(rowWeights ?? []), ...parameters]);
  const accounts = layers.map(accountOf);
  accounts.forEach((account, k) => account.forward(scene, k));
  const loss = tellLoss(scene, targets, rowWeights);
  tellLossBackward(scene, targets, rowWeights);
  for (let k = layers.length - (recording.fused ? 2 : 1); k >= 0; k--) accounts[k]!.backward(scene, k);
  tellUpdate(scene);
  const lossAfter = given(after(loss.name), loss.place, recording.totalAfter, "float64");
  scene.tell("update", null, "Error after the update", [lossAfter]);
  const { sections } = scene;
  const told = { dtype, rows, sections, quantities: byName(sections.flatMap(({ lines }) => lines)), loss, lossAfter };
  return { ...told, toJSON: () => toJson(told) };
}

/** Rows that the user gave. */
const rowsGiven = (scene: Scene, role: Role, table: Table, name: (unit: number, row: number | null) => Name): Grid =>
  table.map((values, n) =>
    values.map((value, i) => given(name(i, scene.row(n)), place(role, [i], { row: n }), value, scene.dtype)),
  );

const rowWeightsOf = (scene: Scene, factors: readonly number[]): readonly Quantity[] =>
  factors.map((value, n) => {
    const name = symbol(letter("rowWeight", "\\mathit{rowWeight}"), { row: scene.row(n) });
    return given(name, place("rowWeight", [], { row: n }), value, scene.dtype);
  });

const byName = (lines: readonly Quantity[]): ReadonlyMap<string, Quantity> =>
  new Map(lines.map((each) => [each.name.text, each]));
