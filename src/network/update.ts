import { refusePromise } from "../core/options.js";
import type { Tensor } from "../core/tensor.js";
import type { Verbs } from "../kernels/verbs.js";
import type { Optimizer, StepContext } from "../optim/optimizer.js";
import { reachOf } from "../optim/rule.js";
import { loopsOf } from "../regularizers/regularizer.js";
import { settle } from "./settings.js";
import { stage, type Stage, walk } from "./stages.js";
import type { Store } from "./store.js";

/**
 * Where a rule of ours reaches less far than this, half an ulp of MAX by √MAX, what it adds to a parameter does not make
 * it infinite.
 */
const farthest = (single: boolean): number => (single ? 274877906944 : 7.442828536787015e137);

/** What is done with the gradients of a step: penalties, clipping, the update of the parameters, and their means. */
export class Update {
  /** In their order; what the optimizer and the layers do not ask for is left out. */
  readonly stages: readonly Stage[];
  /** Of an optimizer of ours: how far it reaches. */
  readonly reach: ReturnType<typeof reachOf>;
  /** What comes before the update itself. */
  readonly #preparing: readonly Stage[];
  readonly #optimize: () => void;
  /** Whether it could be known before the latest step that nothing overflows in it. */
  #wasSafe = true;
  /** The largest factor of a rate. */
  readonly #most: number;

  /** `evaluate`: for rules that look before they leap. */
  constructor(
    private readonly store: Store,
    private readonly optimizer: Optimizer | undefined,
    private readonly verbs: Verbs,
    evaluate: () => number,
  ) {
    this.reach = optimizer && reachOf(optimizer);
    if (optimizer) settle(store, optimizer);
    store.findGroups();
    this.#most = Math.max(1, ...Array.from(store.parameters.values(), ({ rateFactor }) => rateFactor));
    const contexts = store.groups.map(({ scalars }): StepContext => ({
      kernels: verbs,
      training: true,
      scalars,
      evaluate,
    }));
    this.#optimize = () => {
      // the optimizer's own scalars go last: the others are of the step before it
      store.groups.forEach(({ runs }, i) => {
        const result: unknown = optimizer!.step(runs, contexts[i]!);
        if (result !== undefined) refusePromise(result, `${optimizer!.name} step`);
      });
    };
    this.#preparing = [...this.#penalty(), ...this.#clip()];
    this.stages = [...this.#preparing, { name: "update", run: () => this.#update() }, ...this.#average()];
  }

  /** Penalties, and clipping: what comes between a backward and the update. */
  prepare(): void {
    walk(this.#preparing);
  }

  /** A program looks at what it has written, or does not. */
  learningRateWasSet(): void {
    if (this.isSafeAt(this.rate) !== this.#wasSafe) this.verbs.forgetPrograms();
  }

  /** The learning rate as it is. */
  get rate(): number {
    return this.store.learningRate?.floats[0] ?? 0;
  }

  /** The farthest that the rate of a parameter is from 0, for a learning rate. */
  largest(rate: number): number {
    return rate * this.#most;
  }

  /** Whether nothing overflows in a step of the rule with this rate. If not, what it has written is looked at after it. */
  isSafeAt(rate: number): boolean {
    if (!this.reach) return false;
    const { floats } = this.store.optimizerScalars!;
    const before = floats[0]!;
    floats[0] = this.largest(rate);
    const isSafe = this.reach(floats) <= farthest(this.verbs.machine.single);
    floats[0] = before;
    return isSafe;
  }

  /** g ← g + ∂penalty/∂p */
  #penalty(): Stage[] {
    const { store, verbs } = this;
    const penalties = [...store.parameters.values()].flatMap((parameter) =>
      parameter.penalties.map((penalty) => ({
        parameter,
        loops: loopsOf(penalty),
        run: { parameters: parameter.value, gradients: parameter.gradient, slots: [] },
        factor: store.cell("penalty", factorOf(penalty.options)),
      })),
    );
    if (!penalties.length) return [];
    return [
      stage("penalty", () => {
        for (const { parameter, loops, run, factor } of penalties)
          if (!parameter.frozen) verbs.update(loops, [run], factor);
      }),
    ];
  }

  /** Each number of the gradients to [−clipValue, clipValue], then all of them to a norm of at most clipNorm. */
  #clip(): Stage[] {
    const { store, verbs } = this;
    const { clipValue, clipNorm } = this.optimizer ?? {};
    if (clipValue === undefined && clipNorm === undefined) return [];
    const clip = (): boolean => {
      const gradients: readonly Tensor[] = store.runs.map((run) => run.gradients);
      if (clipValue !== undefined) for (const each of gradients) verbs.clamp(each, clipValue);
      if (clipNorm === undefined || !gradients.length) return true;
      verbs.squares(gradients, store.squares);
      if (!verbs.isFiniteCell(store.squares)) return false;
      for (const each of gradients) verbs.shrink(each, store.squares, clipNorm);
      return true;
    };
    return [{ name: "clip", run: clip }];
  }

  /** Every parameter that is not frozen moves, unless a number could overflow. */
  #update(): boolean {
    const { store, verbs } = this;
    const base = store.optimizerScalars!;
    for (const { factor, scalars } of store.groups) if (factor) verbs.rescale(base, factor, scalars);
    if (!this.#mayStep()) return false;
    verbs.part(this.#optimize);
    this.#wasSafe = this.isSafeAt(this.rate);
    return this.#wasSafe || [store.allValues, ...store.allSlots].every((each) => verbs.isFinite(each));
  }

  /** Whether a step by these gradients may be taken: with a rule of ours, nothing overflows then. */
  #mayStep(): boolean {
    const { store, verbs } = this;
    if (!this.reach) return verbs.isFinite(store.allGradients);
    if (store.groups.length === 1) return verbs.isBounded(store.allGradients, store.allValues, store.optimizerScalars!);
    return store.groups.every(({ runs, scalars }) =>
      runs.every(({ gradients, parameters }) => verbs.isBounded(gradients, parameters, scalars)),
    );
  }

  /** a ← a + (1 − averaged)(p − a), and a = p after the first step */
  #average(): Stage[] {
    const { store, verbs } = this;
    if (this.optimizer?.averaged === undefined) return [];
    const { averageWeight, averageRest } = store;
    return [stage("average", () => verbs.average(store.allValues, store.allAverages!, averageWeight, averageRest))];
  }
}

/** The factor of a penalty of ours. */
const factorOf = (options: object | undefined): number =>
  Number((options as { readonly factor?: unknown } | undefined)?.factor ?? 0);
