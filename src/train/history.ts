/** The loss of some rows, and each metric by the name that it was given. */
export type Scores<M extends string = never> = { readonly loss: number } & { readonly [K in M]: number };

/**
 * What `onEpoch` is told of an epoch, and what `history` keeps: with validation `{ epoch, loss, validation: { loss,
 * accuracy } }`, without `{ epoch, loss, accuracy }`. `M` are the names of the metrics, `V` is the option `validation`.
 */
export type EpochReport<M extends string = never, V = unknown> = {
  /** Counted from 1. */
  readonly epoch: number;
  /** The mean loss over the rows of this epoch, each measured before the update that it led to. */
  readonly loss: number;
} & ([V] extends [undefined]
  ? { readonly [K in M]: number } & { readonly validation?: undefined }
  : undefined extends V
    ? { readonly [K in M]?: number | undefined } & { readonly validation?: Scores<M> | undefined }
    : { readonly [K in M]?: undefined } & { readonly validation: Scores<M> });

/** What ended a training that was not ended by an error. */
export type Ending = "epochs" | "earlyStopping" | "onEpoch" | "onBatch";

/** What `fit` did, epoch by epoch. */
export interface History<M extends string = never, V = unknown> {
  /** The loss of each epoch, as in its report; frozen. */
  readonly loss: readonly number[];
  /** The reports of all epochs that were finished: that of epoch n is `reports[n - 1]`. */
  readonly reports: readonly EpochReport<M, V>[];
  /**
   * The best of them by what is watched: the loss of validation, else the loss, unless early stopping watches something
   * else. Undefined as long as there is none.
   */
  readonly best: EpochReport<M, V> | undefined;
  /** What ended it; undefined on an error. */
  readonly ended: Ending | undefined;
}
