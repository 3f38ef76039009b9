import * as tf from '@tensorflow/tfjs-core';
import { eventLoopTurn } from '../core/inference.js';
import { averagePrecision, rocAuc } from '../metrics/index.js';
import { type BatchSequence, type BatchShape, checkBatch, numbered } from './batches.js';
import type { EpochRecord } from './history.js';
import type { OutputLoss } from './losses.js';
import { MemoryGuard } from './memory-guard.js';
import { type OutputActivation, type OutputModel, outputOf, scoresOf } from './output-layer.js';

/** Metrics of a model on some batches. */
export type Metrics = Pick<
  EpochRecord,
  'validationLoss' | 'rocAuc' | 'averagePrecision' | 'accuracy' | 'undefinedLabels'
>;

/** The scores of some batches, with their loss. */
interface Scored {
  readonly targets: ArrayLike<number>[];
  readonly scores: ArrayLike<number>[];
  /** Summed up over the items. */
  loss: number;
}

const SCORING = { name: 'scoring', advice: '' };

/** Runs a model over batches as in inference, and compares. */
export async function evaluate(
  output: OutputModel,
  loss: OutputLoss,
  batches: BatchSequence,
  shape: BatchShape,
  signal: AbortSignal | undefined,
): Promise<Metrics> {
  const infer = (inputs: tf.Tensor) => outputOf(output, inputs, { training: false });
  const guard = new MemoryGuard(SCORING, (inputs) => tf.tidy(() => void infer(inputs)));
  const all: Scored = { targets: [], scores: [], loss: 0 };
  for await (const [where, batch] of numbered(batches, 'the validation')) {
    signal?.throwIfAborted();
    const checked = await checkBatch(batch, shape, where);
    guard.requireRoom(checked.inputs);
    const results = tf.tidy(() => {
      const y = infer(checked.inputs);
      return [loss(checked.targets, y), scoresOf(y, output.activation), checked.targets] as const;
    });
    const [value, scores, targets] = await Promise.all(results.map((one) => one.data() as Promise<Float32Array>));
    tf.dispose([...results, checked.inputs]);
    const rows = rowsOf(targets as Float32Array, shape.labels.length);
    all.targets.push(...rows);
    all.scores.push(...rowsOf(scores as Float32Array, shape.labels.length));
    all.loss += (value?.[0] as number) * rows.length;
    await eventLoopTurn();
  }
  const accuracy = accuracyOf(all, output.activation);
  return { validationLoss: all.loss / all.targets.length, accuracy, ...rankings(all, shape.labels) };
}

/** In arrays of their own: what a tfjs backend gives may lie in its memory. */
function rowsOf(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
}

function rankings({ targets, scores }: Scored, labels: readonly string[]): Metrics {
  const isBinary = targets.every((row) => Array.from(row).every((target) => target === 0 || target === 1));
  if (!isBinary) return {};
  const rocAucs = rocAuc(targets, scores, { average: 'none' });
  const undefinedLabels = labels.filter((_, i) => Number.isNaN(rocAucs[i]));
  const [roc, precision] = [meanDefined(rocAucs), meanDefined(averagePrecision(targets, scores, { average: 'none' }))];
  return {
    ...(roc !== undefined && { rocAuc: roc }),
    ...(precision !== undefined && { averagePrecision: precision }),
    ...(undefinedLabels.length > 0 && { undefinedLabels }),
  };
}

function meanDefined(values: Float64Array): number | undefined {
  const defined = values.filter((value) => !Number.isNaN(value));
  return defined.length === 0 ? undefined : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

/** Of several tasks, the mean over them. */
function accuracyOf({ targets, scores }: Pick<Scored, 'targets' | 'scores'>, activation: OutputActivation): number {
  if (activation === undefined || typeof activation === 'string') {
    return activation === 'softmax' ? topAccuracy({ targets, scores }) : binaryAccuracy({ targets, scores });
  }
  let start = 0;
  const accuracies = activation.map((task) => {
    const own = (row: ArrayLike<number>) => Array.from(row).slice(start, start + task.width);
    const accuracy = accuracyOf({ targets: targets.map(own), scores: scores.map(own) }, task.activation);
    start += task.width;
    return accuracy;
  });
  return accuracies.reduce((sum, one) => sum + one, 0) / accuracies.length;
}

function topAccuracy({ targets, scores }: Pick<Scored, 'targets' | 'scores'>): number {
  const right = targets.filter((row, i) => indexOfMax(row) === indexOfMax(scores[i] as ArrayLike<number>));
  return right.length / targets.length;
}

function indexOfMax(row: ArrayLike<number>): number {
  return Array.from(row).reduce((best, value, i) => (value > (row[best] as number) ? i : best), 0);
}

function binaryAccuracy({ targets, scores }: Pick<Scored, 'targets' | 'scores'>): number {
  const shares = targets.map((row, i) => {
    const right = Array.from(row).filter((target, j) => target >= 0.5 === (scores[i]?.[j] as number) >= 0.5);
    return right.length / row.length;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
