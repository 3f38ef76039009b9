import { showLine } from '#platform/terminal';
import type { TrainingCallback, TrainingProgress } from './callbacks.js';

/**
 * A line on the terminal while a model is trained: epoch, batch, loss and the time that is left. Nothing where standard error
 * is no terminal, and in pages: use `onProgress` there.
 *
 * @example
 * ```ts
 * import { progressLine } from 'musrep/training';
 *
 * const callbacks = [progressLine()];
 * ```
 */
export function progressLine(show: (line: string) => void = showLine): TrainingCallback {
  return {
    onStepEnd: ({ progress }) => show(describe(progress)),
    onEpochEnd: () => show(''),
  };
}

function describe({ epoch, epochs, batch, batchesPerEpoch, loss, secondsLeft }: TrainingProgress): string {
  const batches = batchesPerEpoch === undefined ? `${batch}` : `${batch} of ${batchesPerEpoch}`;
  const left = secondsLeft === undefined ? '' : `, ${clock(secondsLeft)} left`;
  return `epoch ${epoch} of ${epochs}, batch ${batches}, loss ${loss.toFixed(4)}${left}`;
}

function clock(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours}:${String(minutes).padStart(2, '0')}:${String(Math.floor(seconds) % 60).padStart(2, '0')}`;
}
