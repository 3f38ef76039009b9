import * as tf from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Clip } from '../audio/clip.js';
import type { Role } from '../core/block.js';
import { requireWhole } from '../core/config.js';
import { evaluate } from '../core/evaluate.js';
import type { Feature } from '../core/feature.js';
import { eventLoopTurn, namingMissingKernels } from '../core/inference.js';
import type { AnyAudioModel } from '../core/model.js';
import { readWindow, type WindowOptions } from './model-window.js';
import { blockNames } from './places.js';

/** A block of a profile. */
export interface BlockProfile {
  readonly block: string;
  readonly role: Role;
  /** The feature that comes out of it. */
  readonly gives: Feature;
  /** How many numbers of it are learned. */
  readonly parameters: number;
  /** The median over the runs, for one window. */
  readonly milliseconds: number;
  /** Of the time of all blocks, 0 to 1. */
  readonly share: number;
}

/** What a model's blocks give, hold and take. */
export interface Profile {
  /** Samples a window. */
  readonly samples: number;
  /** In hertz. */
  readonly sampleRate: number;
  /** The engine that computed. */
  readonly tfjsBackend: string;
  readonly blocks: readonly BlockProfile[];
  readonly parameters: number;
  /** The sum over the blocks. */
  readonly milliseconds: number;
}

export interface ProfileOptions extends WindowOptions {
  /** How often each block is timed, after once to warm up; 5 unless given. */
  readonly runs?: number;
  /** Cancels between two runs. */
  readonly signal?: AbortSignal;
}

/**
 * How long each block of a model takes for a window, beside what it gives and how many parameters it has. The blocks run one
 * after the other, each by itself and until its values are there: on a GPU, where blocks otherwise overlap, the sum is more
 * than `predict` takes.
 *
 * @throws {@link MusrepError} `bad-option` for a number of runs that is not whole; `bad-audio` for a clip that does not hold
 * the window.
 *
 * @example
 * ```ts
 * import { loadAudio, MusiCNN } from 'musrep';
 * import { profile } from 'musrep/inspect';
 *
 * const model = await MusiCNN.pretrained('mtat');
 * const { blocks } = await profile(model, await loadAudio('song.mp3'));
 * for (const { block, milliseconds, share } of blocks) {
 *   console.log(`${block}: ${milliseconds.toFixed(1)} ms, ${Math.round(100 * share)} %`);
 * }
 * ```
 */
export async function profile(
  model: AnyAudioModel,
  clip: Clip,
  { start = 0, runs = 5, signal }: ProfileOptions = {},
): Promise<Profile> {
  requireWhole('profile', 'runs', runs);
  const window = readWindow(model, clip, start);
  const times: number[][] = [];
  for (let run = 0; run <= runs; run++) {
    signal?.throwIfAborted();
    times.push(await timeBlocks(model, window));
    await eventLoopTurn();
  }
  const medians = model.parts.map((_, i) => median(times.slice(1).map((one) => one[i] as number)));
  const milliseconds = medians.reduce((sum, one) => sum + one, 0);
  const names = blockNames(model.parts);
  const blocks = model.parts.map(({ role, gives, parameters }, i): BlockProfile => {
    const own = medians[i] as number;
    return { block: names[i] as string, role, gives, parameters, milliseconds: own, share: own / (milliseconds || 1) };
  });
  return {
    samples: model.samples,
    sampleRate: model.sampleRate,
    tfjsBackend: tf.getBackend(),
    blocks,
    parameters: blocks.reduce((sum, { parameters }) => sum + parameters, 0),
    milliseconds,
  };
}

/** In milliseconds, one run. */
async function timeBlocks(model: AnyAudioModel, window: Float32Array): Promise<number[]> {
  const times: number[] = [];
  let symbol = model.layersModel.inputs[0] as SymbolicTensor;
  let value: tf.Tensor = tf.tensor2d(window, [1, window.length]);
  try {
    for (const { output } of model.parts) {
      const begin = performance.now();
      const [from, input] = [symbol, value];
      value = namingMissingKernels(() => tf.tidy(() => evaluate(output, [[from, input]])));
      await value.data();
      times.push(performance.now() - begin);
      if (value !== input) input.dispose();
      symbol = output;
    }
  } finally {
    value.dispose();
  }
  return times;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
}
