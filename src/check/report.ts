/** How two ways to the same tensor agree: the library's numbers and those found without it. */
export interface TensorReport {
  /** A flat name, such as `"0.weight"` or `"input"`. */
  readonly name: string;
  /** As the tensor has it. */
  readonly shape: readonly number[];
  /** ‖a − n‖ / max(1, ‖a‖, ‖n‖) over the checked elements; 2-norms. */
  readonly error: number;
  /** The element that differs most, such as `"0.weight[1][0]"`. */
  readonly where: string;
  /** a there: from the formulas of the library. */
  readonly analytic: number;
  /** n there: from differences, or from the formula of an optimizer that was given. */
  readonly numeric: number;
  /** Elements that were compared. */
  readonly checked: number;
  /** Elements at a kink, where a difference says nothing. */
  readonly skipped: number;
}

/** What a check found; as a string, a few lines of text. */
export interface CheckReport {
  /** Something was checked, every tensor's error is within the tolerance, and no law is broken. */
  readonly ok: boolean;
  /** The tensor with the largest error, with its worst element. */
  readonly worst: Pick<TensorReport, "error" | "where" | "analytic" | "numeric">;
  /** One for each tensor that was compared. */
  readonly tensors: readonly TensorReport[];
  /** Elements that were compared, in all tensors. */
  readonly checked: number;
  /** Elements at kinks, in all tensors. */
  readonly skipped: number;
  /** What else is wrong, a sentence each. */
  readonly broken: readonly string[];
  /** The step of the differences; none where a formula was compared. */
  readonly h: number | undefined;
  /** The largest error that passes. */
  readonly tolerance: number;
  /** A few lines of text. */
  toString(): string;
}

/** Two numbers that should be one; null: skipped. */
export type Pair = readonly [analytic: number, numeric: number] | null;

/** The name of an element: `"0.weight[1][0]"`. */
export function placeOf(name: string, shape: readonly number[], index: number): string {
  let place = "";
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place = `[${index % shape[axis]!}]${place}`;
    index = Math.floor(index / shape[axis]!);
  }
  return name + place;
}

/** Sums up the pairs of a tensor. */
export function compare(name: string, shape: readonly number[], pairs: readonly Pair[], place = placeOf): TensorReport {
  let squares = 0,
    a = 0,
    n = 0,
    checked = 0,
    worst = -1,
    at = 0;
  pairs.forEach((pair, index) => {
    if (!pair) return;
    const apart = Math.abs(pair[0] - pair[1]);
    squares += apart * apart;
    a += pair[0] * pair[0];
    n += pair[1] * pair[1];
    checked++;
    if (worst >= 0 && !(apart > worst || Number.isNaN(apart))) return;
    worst = apart;
    at = index;
  });
  const [analytic, numeric] = pairs[at] ?? [0, 0];
  const error = Math.sqrt(squares) / Math.max(1, Math.sqrt(a), Math.sqrt(n));
  return {
    name,
    shape,
    error,
    where: place(name, shape, at),
    analytic,
    numeric,
    checked,
    skipped: pairs.length - checked,
  };
}

const NOTHING: CheckReport["worst"] = { error: 0, where: "nowhere", analytic: 0, numeric: 0 };

/** Puts a report together. */
export function reportOf(
  tensors: readonly TensorReport[],
  broken: readonly string[],
  tolerance: number,
  h?: number,
): CheckReport {
  const sum = (of: (tensor: TensorReport) => number): number => tensors.reduce((total, each) => total + of(each), 0);
  const checked = sum((tensor) => tensor.checked);
  const skipped = sum((tensor) => tensor.skipped);
  const wrong = tensors.filter(({ error }) => !(error <= tolerance)); // NaN too
  const worse = (a: number, b: number): boolean => a > b || Number.isNaN(a);
  const worst = tensors.reduce<CheckReport["worst"]>(
    (most, each) => (worse(each.error, most.error) ? each : most),
    tensors[0] ?? NOTHING,
  );
  const ok = checked > 0 && wrong.length === 0 && broken.length === 0;
  const toString = (): string => {
    const counts = `${checked} numbers checked, ${skipped} skipped at kinks`;
    const settings = `tolerance ${tolerance}${h === undefined ? "" : `, h ${h}`}`;
    const place = `worst error ${worst.error.toExponential(1)} at ${worst.where}`;
    const lines = wrong
      .slice(0, 5)
      .map(
        ({ name, shape, error, where, analytic, numeric }) =>
          `  ${name} [${shape.join(", ")}]: error ${error.toExponential(1)}, ${where} is ${analytic}, should be ${numeric}`,
      );
    if (wrong.length > 5) lines.push(`  and ${wrong.length - 5} more`);
    return [
      `${ok ? "ok" : "not ok"}: ${counts}, ${place} (${settings})`,
      ...lines,
      ...broken.map((each) => `  ${each}`),
    ].join("\n");
  };
  return { ok, worst, tensors, checked, skipped, broken, h, tolerance, toString };
}
