import { MusrepError } from '../core/errors.js';
import { childSeed } from '../core/random.js';
import { type Batch, type Batches, type BatchSequence, numbered } from './batches.js';

/** The batches of an epoch, from 0; a function of batches gets a seed of its own for each. */
export function batchesOf(batches: Batches, epoch: number, seed: number): BatchSequence {
  return typeof batches === 'function' ? batches(epoch, childSeed(seed, `epoch ${epoch}`)) : batches;
}

/**
 * The batches of a sequence, each with its place for messages, save for the first `done`: on these a run was trained before it
 * was resumed.
 *
 * @throws {@link MusrepError} `bad-checkpoint` if there are fewer than that.
 */
export async function* remaining(
  batches: BatchSequence,
  done: number,
  of: string,
): AsyncGenerator<readonly [string, Batch]> {
  let seen = 0;
  for await (const batch of numbered(batches, of)) if (seen++ >= done) yield batch;
  if (seen >= done) return;
  throw new MusrepError(
    'bad-checkpoint',
    `The checkpoint was written after ${done} batches of ${of}, and now it has ${seen}. Resume with the same batches.`,
  );
}
