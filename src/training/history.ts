import { unknownName } from '../core/errors.js';

/** What an epoch came to. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Updates since the run began. */
  readonly steps: number;
  /** At the epoch's last update. */
  readonly learningRate: number;
  /** The mean over the epoch's batches, while the weights changed. */
  readonly loss: number;
  /** On the validation batches, where there are any. */
  readonly validationLoss?: number;
  /** Macro averages over the labels for which they are defined; absent if there is none. */
  readonly rocAuc?: number;
  readonly averagePrecision?: number;
  /** Of a softmax: how often the right label scores highest. Else: the share of labels on the right side of 0.5. */
  readonly accuracy?: number;
  /** Labels that the validation's ROC-AUC leaves out, having no positive or no negative there. */
  readonly undefinedLabels?: readonly string[];
  /** Wall time, validation included. */
  readonly seconds: number;
}

/** What a run came to so far, epoch by epoch. */
export type History = readonly EpochRecord[];

/** What can be watched to tell the best epoch. */
export type Monitor = 'loss' | 'validationLoss' | 'rocAuc' | 'averagePrecision' | 'accuracy';

const LOWER_IS_BETTER: Readonly<Record<Monitor, boolean>> = {
  loss: true,
  validationLoss: true,
  rocAuc: false,
  averagePrecision: false,
  accuracy: false,
};

/** @throws {@link MusrepError} `unknown-name`. */
export function requireMonitor(name: Monitor): void {
  if (!(name in LOWER_IS_BETTER)) throw unknownName('monitor', name, Object.keys(LOWER_IS_BETTER));
}

/**
 * The epoch that is best by `monitor`, the first of equals; undefined where no epoch has it.
 *
 * @example
 * ```ts
 * import { bestEpoch, type History } from 'musrep/training';
 *
 * const history: History = [
 *   { epoch: 1, steps: 10, learningRate: 1e-4, loss: 0.5, rocAuc: 0.81, seconds: 3 },
 *   { epoch: 2, steps: 20, learningRate: 1e-4, loss: 0.4, rocAuc: 0.79, seconds: 3 },
 * ];
 * console.log(bestEpoch(history, 'rocAuc')?.epoch); // 1
 * ```
 */
export function bestEpoch(history: History, monitor: Monitor): EpochRecord | undefined {
  requireMonitor(monitor);
  const sign = LOWER_IS_BETTER[monitor] ? -1 : 1;
  const worth = (record: EpochRecord) => sign * (record[monitor] as number);
  const known = history.filter((record) => record[monitor] !== undefined);
  return known.reduce<EpochRecord | undefined>(
    (best, record) => (best === undefined || worth(record) > worth(best) ? record : best),
    undefined,
  );
}
