import * as tf from '@tensorflow/tfjs-core';
import type { AudioStream } from '../audio/audio-stream.js';
import type { Clip } from '../audio/clip.js';
import { StreamedWindows } from '../audio/streamed-windows.js';
import type { WindowSize } from '../audio/window-samples.js';
import { plannedWindows, type WindowPlan } from '../audio/windows.js';
import { requireWhole } from './config.js';
import { MusrepError, reasonOf } from './errors.js';
import type { Network } from './network.js';
import type { RunOptions } from './options.js';

/** Windows computed at once, unless said otherwise. */
export const DEFAULT_BATCH = 4;

/** The length of a damaged file may depend on what of it is decoded; of all of it, it does not. */
const MOST_SPARSE_PASSES = 3;

/** A model's rows for the windows of some audio. */
export interface WindowRows {
  /** Window starts, in seconds. */
  readonly times: readonly number[];
  readonly rows: Float32Array[];
  readonly paddedSeconds: number;
}

/** Runs a model over the windows of some audio, batch by batch, leaving room for other work in between. */
export async function runWindows(
  network: Network,
  audio: Clip | AudioStream,
  size: WindowSize,
  plan: WindowPlan,
  options: RunOptions,
): Promise<WindowRows> {
  const { batchSize = DEFAULT_BATCH } = options;
  requireWhole('the call', 'batchSize', batchSize);
  if ('samples' in audio) {
    const windows = plannedWindows(audio, size, plan);
    const rows = await runBatches(network, size, windows.batches(batchSize), () => windows.starts.length, options);
    return { times: windows.times, rows, paddedSeconds: windows.paddedSeconds };
  }
  for (let pass = 1, length: number | undefined; ; pass++) {
    const windows = new StreamedWindows(audio, size, plan, { length, isSparse: pass < MOST_SPARSE_PASSES });
    const rows = await runBatches(network, size, windows.batches(batchSize), () => windows.expected, options);
    if (windows.isRight) return { times: windows.times, rows, paddedSeconds: windows.paddedSeconds };
    length = windows.length;
  }
}

async function runBatches(
  network: Network,
  { length }: WindowSize,
  batches: Iterable<Float32Array> | AsyncIterable<Float32Array>,
  expected: () => number | undefined,
  { signal, onProgress }: RunOptions,
): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  signal?.throwIfAborted();
  for await (const samples of batches) {
    signal?.throwIfAborted();
    rows.push(...(await runBatch(network, samples, samples.length / length)));
    const total = expected();
    if (total !== undefined) onProgress?.(rows.length / total);
    await eventLoopTurn();
  }
  signal?.throwIfAborted();
  return rows;
}

/** One call of the model. */
export async function runBatch(network: Network, samples: Float32Array, count: number): Promise<Float32Array[]> {
  const output = tf.tidy(() => {
    const batch = tf.tensor2d(samples, [count, samples.length / count]);
    return network.apply(batch);
  });
  const width = output.size / count;
  try {
    const values = (await output.data()) as Float32Array;
    return Array.from({ length: count }, (_, i) => values.slice(i * width, (i + 1) * width));
  } finally {
    output.dispose();
  }
}

/** The rows of a model that gives one for each frame, each with its own time: frames lie evenly in their window. */
export function byFrame(result: WindowRows, frames: number, windowSeconds: number): WindowRows {
  if (frames === 1) return result;
  const offsets = Array.from({ length: frames }, (_, i) => (i * windowSeconds) / frames);
  const times = result.times.flatMap((start) => offsets.map((offset) => start + offset));
  return { ...result, times, rows: result.rows.flatMap((row) => frameRows(row, frames)) };
}

/** A window's values, cut into those of its frames. */
function frameRows(row: Float32Array, frames: number): Float32Array[] {
  const width = row.length / frames;
  return Array.from({ length: frames }, (_, i) => row.subarray(i * width, (i + 1) * width));
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
