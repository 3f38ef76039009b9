import { MusrepError } from '../core/errors.js';
import type { Schedule } from './schedules.js';
import type { OptimizerOptions } from './update-rules.js';

/** A stretch of training with an optimiser of its own. */
export interface Stage {
  /** The epochs before it, so that the first stage has 0. */
  readonly fromEpoch: number;
  readonly optimizer: OptimizerOptions;
  /** Counted from where the stage begins; constant unless given. */
  readonly schedule?: Schedule;
}

/** @throws {@link MusrepError} `bad-option` for stages that do not begin at 0 and follow one another. */
export function requireStages(stages: readonly Stage[]): void {
  const starts = stages.map(({ fromEpoch }) => fromEpoch);
  const ordered = starts.every((start, i) => (i === 0 ? start === 0 : start > (starts[i - 1] as number)));
  if (stages.length > 0 && ordered && starts.every(Number.isInteger)) return;
  throw new MusrepError(
    'bad-option',
    `stages: 'fromEpoch' must be 0 for the first, and rise in whole numbers. Received: ${starts.join(', ') || 'no stage'}.`,
  );
}

/** The index of the stage that the epoch after `epoch` complete ones belongs to. */
export function stageAt(stages: readonly Stage[], epoch: number): number {
  return stages.findLastIndex(({ fromEpoch }) => fromEpoch <= epoch);
}
