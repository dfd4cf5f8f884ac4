import { accountOf } from "./blocks/layers.js";
import { tellLoss, tellLossBackward } from "./blocks/loss.js";
import { tellUpdate } from "./blocks/update.js";
import { toJson } from "./json.js";
import { articleNames, isArticleLike } from "./names/article.js";
import { indexedNames } from "./names/indexed.js";
import { after, letter, symbol } from "./names/symbol.js";
import { given, place } from "./quantity.js";
import type { Recording } from "./record.js";
import { type Grid, Scene, type Style } from "./scene.js";
import type { Quantity, Trace } from "./trace.js";

/** Writes the trace of a recorded step, in the order of the step. */
export function write(recording: Recording, style: Style): Trace {
  const names = isArticleLike(recording) ? articleNames(recording) : indexedNames(recording);
  const scene = new Scene(recording, names, style);
  const { layers, rows, dtype, weights } = recording;
  scene.values[0] = inputsOf(scene);
  const targets = targetsOf(scene);
  const weightings = weights && weights.map((value, n) => given(symbol(letter("weight", "\\mathit{weight}"), { row: scene.row(n) }), place("weighting", [], { row: n }), value, dtype));
  scene.tell("given", null, "Given", [...scene.values[0].flat(), ...targets.flat(), ...(weightings ?? []), ...scene.parameters.flatMap(({ values }) => values)]);
  const accounts = layers.map(accountOf);
  accounts.forEach((account, k) => account.forward(scene, k));
  const loss = tellLoss(scene, targets, weightings);
  tellLossBackward(scene, targets, weightings);
  for (let k = layers.length - (recording.fused ? 2 : 1); k >= 0; k--) accounts[k]!.backward(scene, k);
  tellUpdate(scene);
  const lossAfter = given(after(loss.name), loss.place, recording.totalAfter, "float64");
  scene.tell("update", null, "Error after the update", [lossAfter]);
  const { sections } = scene;
  const told = { dtype, rows, sections, quantities: byName(sections.flatMap(({ lines }) => lines)), loss, lossAfter };
  return { ...told, toJSON: () => toJson(told) };
}

const inputsOf = (scene: Scene): Grid =>
  scene.recording.values[0]!.map((row, n) => row.map((value, i) => given(scene.name(0, i, n), place("input", [i], { row: n }), value, scene.dtype)));

const targetsOf = (scene: Scene): Grid =>
  scene.recording.target.map((row, n) =>
    row.map((value, i) => given(scene.names.target(i, scene.row(n)), place("target", [i], { row: n }), value, scene.dtype)),
  );

const byName = (lines: readonly Quantity[]): ReadonlyMap<string, Quantity> => new Map(lines.map((each) => [each.name.text, each]));
