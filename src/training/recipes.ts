import { requireWhole } from '../core/config.js';
import { earlyStopping, type TrainingCallback } from './callbacks.js';
import type { Monitor } from './history.js';
import type { SeveralStages, SingleStage } from './plan.js';
import type { Stage } from './stages.js';

/** How the thesis trained: what a trainer and its `fit` are given. */
export interface Recipe<T extends SingleStage | SeveralStages> {
  readonly trainer: T & { readonly monitor: Monitor };
  readonly fit: { readonly epochs: number; readonly callbacks: readonly TrainingCallback[] };
}

export interface EarlyStoppingRecipeOptions {
  /** 20 unless given. */
  readonly patience?: number;
  /** At most; 200 unless given. */
  readonly epochs?: number;
}

/**
 * The Music Tagging Transformer's training (thesis 3.5.3): Adam at 1e-4 with weight decay 1e-4, until the validation loss has
 * not improved for 20 epochs; the best model is kept.
 *
 * @throws `MusrepError` `bad-option` for numbers that are not whole.
 *
 * @example
 * ```ts
 * import { HarmonicCNN, useTfjsBackend } from 'musrep';
 * import { adamWithEarlyStopping, type Batches, Trainer } from 'musrep/training';
 *
 * await useTfjsBackend('wasm');
 * const { trainer, fit } = adamWithEarlyStopping({ patience: 10 });
 * const model = new HarmonicCNN({ labels: ['rock', 'jazz'], channels: 8 });
 * const train = (batches: Batches, validation: Batches) =>
 *   new Trainer(model, { ...trainer, loss: 'binaryCrossentropy' }).fit(batches, { ...fit, validation });
 * ```
 */
export function adamWithEarlyStopping({
  patience = 20,
  epochs = 200,
}: EarlyStoppingRecipeOptions = {}): Recipe<SingleStage> {
  return {
    trainer: { optimizer: ADAM, monitor: 'validationLoss' },
    fit: { epochs, callbacks: [earlyStopping({ patience })] },
  };
}

export interface MixedScheduleOptions {
  /** Epochs of Adam; 60 unless given. (The published comparison has 80.) */
  readonly adamEpochs?: number;
  /** Epochs of SGD before each of the two drops; 20 unless given. */
  readonly dropAfter?: number;
  /** Of the whole run; 200 unless given. */
  readonly epochs?: number;
}

/**
 * The mixed schedule (thesis 3.5.2; M. Won et al., "Toward interpretable music tagging with self-attention", 2019): Adam at
 * 1e-4 for 60 epochs, then SGD with Nesterov momentum 0.9 at 1e-3, 1e-4 and 1e-5, 20 epochs each of the first two; every
 * stage begins with the best weights so far by ROC-AUC. (The thesis prints "drop by 10 %"; the published code divides by 10,
 * and tells the best by the validation loss.)
 *
 * @throws `MusrepError` `bad-option` for numbers that are not whole.
 *
 * @example
 * ```ts
 * import { mixedSchedule } from 'musrep/training';
 *
 * const { trainer, fit } = mixedSchedule();
 * console.log(trainer.stages.map(({ fromEpoch }) => fromEpoch), fit.epochs); // [0, 60, 80, 100] 200
 * ```
 */
export function mixedSchedule({
  adamEpochs = 60,
  dropAfter = 20,
  epochs = 200,
}: MixedScheduleOptions = {}): Recipe<SeveralStages> {
  requireWhole('mixedSchedule', 'adamEpochs', adamEpochs);
  requireWhole('mixedSchedule', 'dropAfter', dropAfter);
  const sgd = (learningRate: number, drops: number): Stage => ({
    fromEpoch: adamEpochs + drops * dropAfter,
    optimizer: { name: 'sgd', learningRate, momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
  });
  const stages = [{ fromEpoch: 0, optimizer: ADAM }, sgd(1e-3, 0), sgd(1e-4, 1), sgd(1e-5, 2)];
  return { trainer: { stages, monitor: 'rocAuc' }, fit: { epochs, callbacks: [] } };
}

const ADAM = { name: 'adam', learningRate: 1e-4, weightDecay: 1e-4 } as const;
