import * as tf from '@tensorflow/tfjs-core';
import { MusrepError } from '../core/errors.js';
import type { Rows } from '../metrics/index.js';

/** Windows and what the model should say of them. Tensors stay the giver's: dispose of them when the next batch is asked for. */
export interface Batch {
  /**
   * Waveforms `[batch, sample]` at the model's rate and of its length. Or what the trainer's `features` names: tensors
   * `[batch, …]` as the block gives them, or an item's numbers in a row each.
   */
  readonly inputs: tf.Tensor | Rows;
  /** `[batch, label]`, 0 to 1, in the order of the model's labels. */
  readonly targets: tf.Tensor2D | Rows;
}

/** Batches in the order in which they are trained on. */
export type BatchSequence = Iterable<Batch> | AsyncIterable<Batch>;

/**
 * The batches of each epoch: a sequence that can be gone through again, such as an array, or a function of the epoch (from 0)
 * and a seed of its own for shuffling and crops. To resume a run needs that the same epoch gives the same batches.
 */
export type Batches = BatchSequence | ((epoch: number, seed: number) => BatchSequence);

/** The batches of a sequence, each with its place for messages, such as `batch 3 of epoch 1`; refuses one without any. */
export async function* numbered(batches: BatchSequence, of: string): AsyncGenerator<readonly [string, Batch]> {
  let count = 0;
  for await (const batch of batches) yield [`batch ${++count} of ${of}`, batch];
  if (count > 0) return;
  throw new MusrepError(
    'bad-option',
    `Expected at least one batch for ${of}. Received: none. A generator can be gone through only once: pass a function that makes one for each epoch.`,
  );
}

/** What a batch must be. */
export interface BatchShape {
  /** Of an item: `[sample]`, or what a block gives. */
  readonly inputs: readonly number[];
  readonly labels: readonly string[];
  /** Whether targets must be from 0 to 1, as the losses by name take them. */
  readonly boundedTargets: boolean;
}

/** A batch whose tensors are ours. */
export interface CheckedBatch {
  /** `[batch, …]` */
  readonly inputs: tf.Tensor;
  readonly targets: tf.Tensor2D;
}

/**
 * Takes a batch in, refusing what cannot be trained on.
 *
 * @param where - such as `batch 3 of epoch 1`, for messages.
 * @throws {@link MusrepError} `bad-shape`; `bad-audio` naming the item with a sample that is not finite; `bad-option` for
 * targets that are not.
 */
export async function checkBatch({ inputs, targets }: Batch, shape: BatchShape, where: string): Promise<CheckedBatch> {
  const items = await readRows(inputs, shape.inputs, `${where}: inputs [batch, ${shape.inputs.join(', ')}]`);
  const truth = await readRows(targets, [shape.labels.length], `${where}: targets [batch, ${shape.labels.length}]`);
  if (items.length !== truth.length) {
    const received = `${items.length} inputs and ${truth.length} targets`;
    throw new MusrepError('bad-shape', `${where}: expected as many targets as inputs. Received: ${received}.`);
  }
  refuseWrong(items, Number.isFinite, (item, at, value) => {
    return new MusrepError('bad-audio', `${where}: item ${item} has sample ${at} = ${value}. Samples must be finite.`);
  });
  const isTarget = shape.boundedTargets ? (value: number) => value >= 0 && value <= 1 : Number.isFinite;
  refuseWrong(truth, isTarget, (item, at, value) => {
    const expected = shape.boundedTargets ? 'Targets must be from 0 to 1' : 'Targets must be finite';
    const label = shape.labels[at];
    return new MusrepError('bad-option', `${where}: item ${item} has the target '${label}' = ${value}. ${expected}.`);
  });
  return { inputs: toTensor(items, shape.inputs), targets: toTensor(truth, [shape.labels.length]) as tf.Tensor2D };
}

/** The items in main memory, each with as many numbers as the shape has. */
async function readRows(
  rows: tf.Tensor | Rows,
  shape: readonly number[],
  expected: string,
): Promise<ArrayLike<number>[]> {
  const width = tf.util.sizeFromShape([...shape]);
  if (rows instanceof tf.Tensor) {
    const [items = 0, ...each] = rows.shape;
    if (!tf.util.arraysEqual(each, [...shape]) || items === 0) throw misshapen(expected, `[${rows.shape}]`);
    const values = await rows.data();
    return Array.from({ length: items }, (_, i) => values.subarray(i * width, (i + 1) * width));
  }
  const isIterable = typeof (rows as Partial<Iterable<unknown>> | undefined)?.[Symbol.iterator] === 'function';
  if (!isIterable) throw misshapen(expected, `${rows}`);
  const all = Array.from(rows);
  const wrong = all.find((row) => row.length !== width);
  if (all.length === 0 || wrong) throw misshapen(expected, wrong ? `a row of ${wrong.length}` : 'no row');
  return all;
}

function misshapen(expected: string, received: string): MusrepError {
  return new MusrepError('bad-shape', `Expected in ${expected}. Received: ${received}.`);
}

function refuseWrong(
  rows: readonly ArrayLike<number>[],
  isRight: (value: number) => boolean,
  refusal: (item: number, at: number, value: number) => MusrepError,
): void {
  for (const [item, row] of rows.entries()) {
    for (let at = 0; at < row.length; at++) if (!isRight(row[at] as number)) throw refusal(item, at, row[at] as number);
  }
}

function toTensor(rows: readonly ArrayLike<number>[], shape: readonly number[]): tf.Tensor {
  const width = tf.util.sizeFromShape([...shape]);
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    values.set(row, i * width);
  });
  return tf.tensor(values, [rows.length, ...shape]);
}
