import * as tf from '@tensorflow/tfjs-core';
import type { Clip } from '../audio/clip.js';
import { requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import { evaluate } from '../core/evaluate.js';
import { DEFAULT_BATCH, eventLoopTurn } from '../core/inference.js';
import type { AudioModel } from '../core/model.js';
import type { RunOptions } from '../core/options.js';
import { spreadAxes } from './axes.js';
import type { LabelOptions } from './contribution-map.js';
import { indexOfLabel } from './labels.js';
import type { TimeFrequencyMap } from './map.js';
import { read, readWindow, scoresOf } from './model-window.js';
import { type Heard, hearing, type Patch, patchesOf, silenced } from './occlusion.js';

export interface OcclusionOptions extends LabelOptions, RunOptions {
  /** Into how many patches the window is cut in time; 16 unless given. */
  readonly moments?: number;
  /** And in frequency; 8 unless given. Where the model hears no spectrogram there is one. */
  readonly bands?: number;
}

/**
 * The occlusion map: by how much a label's score falls when a patch of the spectrogram is silenced, for every patch (M.
 * Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", 2014).
 *
 * A patch is put to the least value that the spectrogram has in the window. Models that take the waveform itself, such as a
 * SampleCNN, have stretches of it silenced. Positive values are what spoke for the label.
 *
 * @throws {@link MusrepError} `unknown-name` for a label that there is not; `bad-option` for more patches than there are
 * frames or bands; `bad-audio` for a clip that does not hold the window.
 *
 * @example
 * ```ts
 * import { loadAudio, MusiCNN } from 'musrep';
 * import { occlusionMap } from 'musrep/inspect';
 *
 * const model = await MusiCNN.pretrained('mtat');
 * const clip = await loadAudio('song.mp3');
 * const { times, frequencies, values } = await occlusionMap(model, clip, { label: 'strings', moments: 4, bands: 3 });
 * console.log(times, frequencies, values[0]);
 * ```
 */
export async function occlusionMap(
  model: AudioModel,
  clip: Clip,
  { label, start = 0, moments = 16, bands = 8, ...run }: OcclusionOptions,
): Promise<TimeFrequencyMap> {
  const column = indexOfLabel(model, label);
  const heard = await hearing(model, readWindow(model, clip, start));
  const rows = heard.axes.frequencies === undefined ? 1 : bands;
  requireCount('moments', moments, heard.frames);
  requireCount('bands', rows, heard.bands);
  const [score] = (await scoresOfPatches(model, heard, [NOTHING], column, {})) as [number];
  const patched = await scoresOfPatches(model, heard, patchesOf(heard, moments, rows), column, run);
  const { times, frequencies } = spreadAxes(heard.axes, moments, rows);
  return {
    label,
    times: times.map((time) => start + time),
    frequencies,
    values: Array.from({ length: moments }, (_, moment) =>
      Float32Array.from({ length: rows }, (_, row) => score - (patched[moment * rows + row] as number)),
    ),
    score,
  };
}

const NOTHING: Patch = { bands: [0, 0], frames: [0, 0] };

/** The label's score with each patch silenced, batch by batch, leaving room for other work in between. */
async function scoresOfPatches(
  model: AudioModel,
  heard: Heard,
  patches: readonly Patch[],
  column: number,
  { batchSize = DEFAULT_BATCH, signal, onProgress }: RunOptions,
): Promise<number[]> {
  requireWhole('the call', 'batchSize', batchSize);
  const scores: number[] = [];
  for (let first = 0; first < patches.length; first += batchSize) {
    signal?.throwIfAborted();
    const batch = patches.slice(first, first + batchSize);
    const rows = await read(() => {
      const masked = tf.tensor(silenced(heard, batch), [batch.length, ...heard.shape]);
      return tf.slice(evaluate(scoresOf(model), [[heard.symbol, masked]]), [0, column], [batch.length, 1]);
    });
    scores.push(...rows);
    onProgress?.(scores.length / patches.length);
    await eventLoopTurn();
  }
  return scores;
}

function requireCount(name: string, count: number, most: number): void {
  requireWhole('occlusionMap', name, count);
  if (count <= most) return;
  throw new MusrepError('bad-option', `occlusionMap: '${name}' must be at most ${most}. Received: ${count}.`);
}
