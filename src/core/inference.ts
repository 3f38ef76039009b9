import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Windows } from '../audio/windows.js';
import { requireWhole } from './config.js';
import { MusrepError, reasonOf } from './errors.js';
import type { RunOptions } from './options.js';

/** Windows computed at once, unless said otherwise. */
export const DEFAULT_BATCH = 4;

/** Runs a model over windows, batch by batch, leaving room for other work in between. Gives one row per window. */
export async function runWindows(model: LayersModel, windows: Windows, options: RunOptions): Promise<Float32Array[]> {
  const { batchSize = DEFAULT_BATCH, signal, onProgress } = options;
  requireWhole('the call', 'batchSize', batchSize);
  const total = windows.starts.length;
  const rows: Float32Array[] = [];
  for (let first = 0; first < total; first += batchSize) {
    signal?.throwIfAborted();
    const count = Math.min(batchSize, total - first);
    rows.push(...(await runBatch(model, windows.read(first, count), count)));
    onProgress?.(rows.length / total);
    await eventLoopTurn();
  }
  signal?.throwIfAborted();
  return rows;
}

/** One call of the model. */
export async function runBatch(model: LayersModel, samples: Float32Array, count: number): Promise<Float32Array[]> {
  const output = tf.tidy(() => {
    const batch = tf.tensor2d(samples, [count, samples.length / count]);
    return namingMissingKernels(() => model.apply(batch, { training: false }) as tf.Tensor2D);
  });
  const width = output.shape[1];
  try {
    const values = (await output.data()) as Float32Array;
    return Array.from({ length: count }, (_, i) => values.slice(i * width, (i + 1) * width));
  } finally {
    output.dispose();
  }
}

/** Names the tfjs backend and its missing kernel, and one that has it. */
export function namingMissingKernels<T>(action: () => T): T {
  try {
    return action();
  } catch (cause) {
    const [, kernel] = /Kernel '(\w+)' not registered/.exec(reasonOf(cause)) ?? [];
    if (kernel === undefined) throw cause;
    throw new MusrepError(
      'missing-kernel',
      `The tfjs backend '${tf.getBackend()}' has no kernel '${kernel}'. 'cpu' has: await useTfjsBackend('cpu').`,
      { cause },
    );
  }
}

/** Leaves room for other work. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** The mean of rows of equal length. */
export function meanOf(rows: readonly Float32Array[]): Float32Array {
  const width = rows[0]?.length ?? 0;
  return Float32Array.from({ length: width }, (_, i) => {
    let sum = 0;
    for (const row of rows) sum += row[i] as number;
    return sum / rows.length;
  });
}
