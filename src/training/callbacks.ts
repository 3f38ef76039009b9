import { requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import type { AudioModel } from '../core/model.js';
import type { Folder } from '../platform/folder.js';
import { bestEpoch, type History, type Monitor, requireMonitor } from './history.js';

/** How far training is. */
export interface TrainingProgress {
  /** Of the epoch that is going on, from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Batches of the epoch that are done. */
  readonly batch: number;
  /** Known from an array's length, or after the first epoch. */
  readonly batchesPerEpoch: number | undefined;
  /** Updates since the run began. */
  readonly step: number;
  /** The mean over the epoch's batches so far; 0 before the first. */
  readonly loss: number;
  readonly learningRate: number;
  /** For all that is left, at the speed so far; validation is not counted. */
  readonly secondsLeft: number | undefined;
}

/** A run as callbacks see it. */
export interface TrainingRun {
  readonly model: AudioModel;
  readonly history: History;
  readonly progress: TrainingProgress;
  /** What tells the best epoch. */
  readonly monitor: Monitor;
  /** Writes all that is needed to go on from here; see {@link checkpoint}. */
  save(folder: Folder): Promise<void>;
}

/** What is called while a model is trained; training waits for what it returns. */
export interface TrainingCallback {
  /** After each update of the weights. */
  onStepEnd?(run: TrainingRun): void | Promise<void>;
  /** After each epoch and its validation. */
  onEpochEnd?(run: TrainingRun): void | Promise<void>;
  /** Asked before each epoch: true ends the run. */
  shouldStop?(run: TrainingRun): boolean;
}

/**
 * Ends training when the monitored value has not improved for `patience` epochs (thesis 3.5.3: 20, by the validation loss).
 * It follows from the history alone, so that a resumed run ends where it would have ended.
 *
 * @param options.monitor - the trainer's unless given.
 * @throws `MusrepError` `bad-option` out of `fit` if the epochs have no such value, as without validation.
 *
 * @example
 * ```ts
 * import { earlyStopping } from 'musrep/training';
 *
 * const callbacks = [earlyStopping({ patience: 20, monitor: 'rocAuc' })];
 * ```
 */
export function earlyStopping(options: { readonly patience: number; readonly monitor?: Monitor }): TrainingCallback {
  requireWhole('earlyStopping', 'patience', options.patience);
  if (options.monitor !== undefined) requireMonitor(options.monitor);
  return {
    shouldStop({ history, monitor }) {
      const watched = options.monitor ?? monitor;
      const best = bestEpoch(history, watched);
      if (best === undefined && history.length > 0) throw unwatchable(watched);
      return best !== undefined && (history.at(-1)?.epoch ?? 0) - best.epoch >= options.patience;
    },
  };
}

function unwatchable(monitor: Monitor): MusrepError {
  const reason = "it needs 'validation', and rankings need targets of 0 and 1 with both for some label";
  return new MusrepError('bad-option', `earlyStopping: no epoch has the monitored value '${monitor}': ${reason}.`);
}

/**
 * Writes a checkpoint after every epoch, and after every `everySteps` updates if given: `checkpoint.safetensors` in the
 * folder, one file that is replaced whole or not at all. It holds the weights, the best weights so far, the optimiser's
 * state, the place in schedule, epoch and seed, and the history: `fit(batches, { resume: folder })` goes on from it.
 *
 * @throws `MusrepError` `write-failed` out of `fit`; the checkpoint before is untouched then.
 *
 * @example
 * ```ts
 * import { checkpoint } from 'musrep/training';
 *
 * const callbacks = [checkpoint('runs/a', { everySteps: 500 })];
 * ```
 */
export function checkpoint(folder: Folder, { everySteps }: { readonly everySteps?: number } = {}): TrainingCallback {
  if (everySteps !== undefined) requireWhole('checkpoint', 'everySteps', everySteps);
  return {
    async onStepEnd(run) {
      if (everySteps !== undefined && run.progress.step % everySteps === 0) await run.save(folder);
    },
    onEpochEnd: (run) => run.save(folder),
  };
}
