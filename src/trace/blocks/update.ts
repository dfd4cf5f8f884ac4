import { apply, constant, multiply, quantitiesIn, ref } from "../expression.js";
import { rounded, type UpdateFormula, ruleOf, type SettingQuantities } from "../formulas/optimizers.js";
import type { Written } from "../formulas/written.js";
import { after, belonging, letter, word } from "../names/symbol.js";
import { derived, given, place, read } from "../quantity.js";
import { equation, rowsOf, type Named, type Scene, type TracedParameter } from "../scene.js";
import type { Expression, MatrixEquation, Quantity } from "../types.js";
import { clippingOf, takenOf } from "./taken.js";

/** The update of every parameter that is not frozen, by the optimizer's rule and what it remembers. */
export function tellUpdate(scene: Scene): void {
  const { recording } = scene;
  const rule = ruleOf(recording.optimizer);
  const settings = settingsOf(scene, rule);
  const clipping = clippingOf(scene);
  const updates = scene.parameters.map((parameter) => {
    const own = settingsFor(parameter, settings, rule);
    const elements = parameter.record.frozen ? [] : parameter.values;
    const lines = elements.flatMap((_, e) => move(scene, rule, own, parameter, e, clipping));
    return { parameter, own, lines };
  });
  const all = updates.flatMap(({ lines }) => lines);
  const every = new Set([settings, ...updates.map(({ own }) => own)].flatMap((each) => Object.values(each)));
  const used = [...inUse([...every], all), ...clipping];
  scene.tell("update", null, `Update: ${recording.optimizer.name}`, used, { note: rule?.note });
  for (const { parameter, lines } of updates) {
    const { frozen, name, layer } = parameter.record;
    const note = frozen ? `${name} is frozen: it has a gradient, but no update.` : "";
    const isTold = !frozen && lines.every(({ place, expression }) => place.role === "state" || expression);
    const matrices = rule && isTold ? [updateMatrix(parameter, lines, rule.matrix)] : [];
    scene.tell("update", layer, `Update of ${parameter.name.text}`, lines, { note, matrices });
  }
}

/** Settings that are used, or at least not 0: a weight decay of 0 is none. */
function inUse(settings: readonly Quantity[], lines: readonly Quantity[]): Quantity[] {
  const used = new Set<Quantity>();
  const use = ({ expression }: Quantity): void => {
    for (const each of expression ? quantitiesIn(expression) : []) {
      if (each.place.role !== "setting" || used.has(each)) continue;
      used.add(each);
      use(each);
    }
  };
  lines.forEach(use);
  return settings.filter((each) => used.has(each) || (each.expression === null && each.value !== 0));
}

function settingsOf({ recording }: Scene, rule: UpdateFormula | null): SettingQuantities {
  const settings: Record<string, Quantity> = {};
  for (const [key, value] of Object.entries(recording.scalars.after)) {
    settings[key] = given(rule?.settings[key] ?? word(key), place("setting"), value, "float64");
  }
  for (const { key, name, law } of rule?.derive ?? [])
    settings[key] = derived(name, place("setting"), "float64", law(settings));
  return settings;
}

/** The settings of a parameter: the same, but for a rate and a weight decay of its own, and what follows from these. */
function settingsFor(
  { name, record }: TracedParameter,
  settings: SettingQuantities,
  rule: UpdateFormula | null,
): SettingQuantities {
  const { rateFactor, weightDecay } = record;
  const { learningRate, weightDecay: usual } = settings;
  const own: Record<string, Quantity> = { ...settings };
  if (learningRate && rateFactor !== 1) {
    const law = multiply(ref(learningRate), constant(rateFactor));
    own.learningRate = derived(belonging(name, learningRate.name), place("setting"), "float64", law);
  }
  if (usual && weightDecay !== usual.value)
    own.weightDecay = given(belonging(name, usual.name), place("setting"), weightDecay, "float64");
  for (const { key, name: symbol, law } of rule?.derive ?? []) {
    const again = law(own);
    const isOther = quantitiesIn(again).some((each) => !Object.values(settings).includes(each));
    if (isOther) own[key] = derived(belonging(name, symbol), place("setting"), "float64", again);
  }
  return own;
}

/** W⁺ = W − η·…, with a matrix in the place of each number of an element's law. */
function updateMatrix(
  { name, values, record }: TracedParameter,
  lines: readonly Quantity[],
  [text, latex]: Written,
): MatrixEquation {
  const updated = lines.filter(({ place }) => place.role === "updated");
  const terms = updated.map(({ expression }) =>
    quantitiesIn(expression!).filter(({ place }) => place.parameter === record.name),
  );
  const matrix = (quantity: Quantity, numbers: readonly Quantity[]): Named => [
    {
      text: quantity.name.text.replace(values[0]!.name.text, () => name.text),
      latex: quantity.name.latex.replace(values[0]!.name.latex, () => name.latex),
    },
    rowsOf(numbers, record.shape.at(-1)!),
  ];
  const named = terms[0]!.map((first, i) =>
    matrix(
      first,
      terms.map((each) => each[i]!),
    ),
  );
  const names = named.map(([each]) => each);
  const law = letter(text(...names.map((each) => each.text)), latex(...names.map((each) => each.latex)));
  return equation(law, matrix(updated[0]!, updated), ...named);
}

/** From the gradient of an element to its new value. */
function move(
  scene: Scene,
  rule: UpdateFormula | null,
  settings: SettingQuantities,
  parameter: TracedParameter,
  element: number,
  clipping: readonly Quantity[],
): Quantity[] {
  const { dtype } = scene;
  const { record, values, gradients } = parameter;
  const taken = takenOf(scene, parameter, clipping, element);
  const p = values[element]!;
  const symbols = record.slots.map((_, s) => belonging(p.name, rule?.slots[s] ?? letter(`s${s + 1}`, `s_${s + 1}`)));
  const states = record.slots.map(({ before }, s) =>
    given(symbols[s]!, { ...p.place, role: "state" }, before[element]!, dtype),
  );
  const moved: Quantity[] = [];
  const at = { ...p.place, role: "movement" as const };
  const keepSlot = (slot: number, law: Expression | null): Quantity =>
    read(after(symbols[slot]!), at, record.slots[slot]!.after[element]!, dtype, law);
  const setting = (name: string): Expression =>
    dtype === "float32" ? apply(rounded, ref(settings[name]!)) : ref(settings[name]!);
  const law =
    rule &&
    rule.step({
      p: ref(p),
      gradient: ref(taken ?? gradients[element]!),
      settings,
      setting,
      slot: (index) => ref(states[index]!),
      keep({ symbol, slot, law }) {
        const quantity = slot === undefined ? derived(belonging(p.name, symbol), at, dtype, law) : keepSlot(slot, law);
        moved.push(quantity);
        return ref(quantity);
      },
    });
  if (!rule) moved.push(...states.map((_, slot) => keepSlot(slot, null)));
  return [...states, ...(taken ? [taken] : []), ...moved, scene.update(parameter, element, law)];
}
