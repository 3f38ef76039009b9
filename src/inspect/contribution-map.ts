import * as tf from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Clip } from '../audio/clip.js';
import { evaluate } from '../core/evaluate.js';
import type { AudioModel } from '../core/model.js';
import type { SelfAttention } from '../layers/transformer-sublayer.js';
import { type AttentionInput, attentionInputs, attentionLayers, attentionTimes } from './attention-layers.js';
import { indexOfLabel } from './labels.js';
import { read, readTensor, readWindow, scoresOf, type WindowOptions } from './model-window.js';

/** How much each moment of a window speaks for a label. */
export interface ContributionMap {
  readonly label: string;
  /** The middle of each frame, in seconds from the start of the clip. */
  readonly times: readonly number[];
  /** The label's score, 0 to 1, if the class token attended to that frame alone. */
  readonly values: Float32Array;
  /** The label's score as the model gives it for the window. */
  readonly score: number;
}

export interface LabelOptions extends WindowOptions {
  /** The label whose score is explained. */
  readonly label: string;
}

/**
 * The tag-wise contribution map of a Transformer (thesis 3.5.2): in the last layer, attention is set to 1 at one frame and 0
 * elsewhere, and the label's score is read, for every frame. What is in the frame is what the layers before have put
 * there, which have seen the others.
 *
 * @throws {@link MusrepError} `unsupported-model` for a model without attention; `unknown-name` for a label that it does not
 * have; `bad-audio` for a clip that does not hold the window.
 *
 * @example
 * ```ts
 * import { loadAudio, MusicTaggingTransformer, useTfjsBackend } from 'musrep';
 * import { contributionMap } from 'musrep/inspect';
 *
 * await useTfjsBackend('wasm');
 * const model = new MusicTaggingTransformer({ labels: ['rock', 'jazz'], channels: 4, width: 16 });
 * const { times, values } = await contributionMap(model, await loadAudio('song.mp3'), { label: 'jazz' });
 * console.log(times.length, values.length);
 * ```
 */
export async function contributionMap(
  model: AudioModel,
  clip: Clip,
  { label, start = 0 }: LabelOptions,
): Promise<ContributionMap> {
  const column = indexOfLabel(model, label);
  const last = attentionLayers(model).at(-1) as SelfAttention;
  const window = readWindow(model, clip, start);
  const scores = await readTensor(model, window, scoresOf(model));
  const alone = await read(() => {
    const [input] = attentionInputs(model, window, [last]) as [AttentionInput];
    // A batch of windows of one frame, the class token as each of the frames would have made it.
    const tokens = tf.transpose(last.firstAttendingToOne(input.x), [1, 0, 2]);
    return evaluate(scoresOf(model), [[last.output as SymbolicTensor, tokens]]);
  });
  const times = await attentionTimes(model, last);
  // The first is the class token's attention to itself.
  const values = Float32Array.from(times, (_, i) => alone[(i + 1) * model.labels.length + column] as number);
  return { label, times: times.map((time) => start + time), values, score: scores[column] as number };
}
