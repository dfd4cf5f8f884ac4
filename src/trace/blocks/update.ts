import { apply, quantitiesIn, ref } from "../expression.js";
import { rounded, type Rule, ruleOf, type SettingQuantities } from "../formulas/optimizers.js";
import type { Written } from "../formulas/written.js";
import { after, belonging, letter, word } from "../names/symbol.js";
import { derived, given, place, read } from "../quantity.js";
import { equation, rowsOf, type Named, type Scene, type TracedParameter } from "../scene.js";
import type { Expression, MatrixEquation, Quantity } from "../types.js";

/** The update of every parameter that is not frozen, by the optimizer's rule and what it remembers. */
export function tellUpdate(scene: Scene): void {
  const { recording } = scene;
  const rule = ruleOf(recording.optimizer);
  const settings = settingsOf(scene, rule);
  const updates = scene.parameters.map((parameter) => ({
    parameter,
    lines: parameter.record.frozen ? [] : parameter.values.flatMap((_, e) => move(scene, rule, settings, parameter, e)),
  }));
  const all = updates.flatMap(({ lines }) => lines);
  const used = inUse(Object.values(settings), all);
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

function settingsOf({ recording }: Scene, rule: Rule | null): SettingQuantities {
  const settings: Record<string, Quantity> = {};
  for (const [key, value] of Object.entries(recording.scalars.after)) {
    settings[key] = given(rule?.settings[key] ?? word(key), place("setting"), value, "float64");
  }
  for (const { key, name, law } of rule?.derive ?? [])
    settings[key] = derived(name, place("setting"), "float64", law(settings));
  return settings;
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
  rule: Rule | null,
  settings: SettingQuantities,
  parameter: TracedParameter,
  element: number,
): Quantity[] {
  const { dtype } = scene;
  const { record, values, gradients } = parameter;
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
      gradient: ref(gradients[element]!),
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
  return [...states, ...moved, scene.update(parameter, element, law)];
}
