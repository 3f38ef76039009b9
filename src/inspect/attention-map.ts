import * as tf from '@tensorflow/tfjs-core';
import type { Clip } from '../audio/clip.js';
import type { AnyAudioModel } from '../core/model.js';
import type { SelfAttention } from '../layers/transformer-sublayer.js';
import { attentionInputs, attentionLayers, attentionTimes } from './attention-layers.js';
import { read, readWindow, type WindowOptions } from './model-window.js';

/** How much the frames of a window attend to each other. */
export interface AttentionMap {
  /** The middle of each frame, in seconds from the start of the clip. */
  readonly times: readonly number[];
  /** By the frame that attends: how much it attends to each frame. */
  readonly values: readonly Float32Array[];
  /** How much the class token, of which the scores are made, attends to each frame. */
  readonly classToken: Float32Array;
}

export interface AttentionMapOptions extends WindowOptions {
  /** Whether attention is followed through all layers, instead of that of the last alone. */
  readonly rollout?: boolean;
}

/**
 * Where a Transformer looks in a window of a clip: the attention of its last layer, softmax(q·kᵀ/√d), summed over the heads
 * (thesis 3.5.2, eq. 3.6). A row adds up to the number of heads, of which the class token has a share that is not shown.
 *
 * With `rollout` the layers are multiplied, each as the mean of its heads and, for the residual connection, half of it the
 * frame itself: a row adds up to 1 (S. Abnar, W. Zuidema, "Quantifying attention flow in transformers", 2020).
 *
 * @throws {@link MusrepError} `unsupported-model` for a model without attention; `bad-audio` for a clip that does not hold
 * the window.
 *
 * @example
 * ```ts
 * import { loadAudio, MusicTaggingTransformer, useTfjsBackend } from 'musrep';
 * import { attentionMap } from 'musrep/inspect';
 *
 * await useTfjsBackend('wasm');
 * const model = new MusicTaggingTransformer({ labels: ['rock', 'jazz'], channels: 4, width: 16 });
 * const { times, classToken } = await attentionMap(model, await loadAudio('song.mp3'), { start: 2 });
 * console.log(`looks most at ${times[classToken.indexOf(Math.max(...classToken))]} s`);
 * ```
 */
export async function attentionMap(
  model: AnyAudioModel,
  clip: Clip,
  { start = 0, rollout = false }: AttentionMapOptions = {},
): Promise<AttentionMap> {
  const layers = attentionLayers(model);
  const window = readWindow(model, clip, start);
  const seen = rollout ? layers : layers.slice(-1);
  const values = await read(() => {
    const inputs = attentionInputs(model, window, seen);
    const weights = inputs.map(({ x, mask }, i) => (seen[i] as SelfAttention).attention(x, mask));
    return rollout ? rolledOut(weights) : tf.sum(weights[0] as tf.Tensor4D, [0, 1]);
  });
  const times = await attentionTimes(model, layers.at(-1) as SelfAttention);
  const width = times.length + 1;
  // Row and column 0 are the class token's.
  const rows = Array.from({ length: width }, (_, i) => values.slice(i * width + 1, (i + 1) * width));
  return { times: times.map((time) => start + time), values: rows.slice(1), classToken: rows[0] as Float32Array };
}

/** The product of ½·(the heads' mean) + ½·identity, the last layer's first: `[frame, frame]`. */
function rolledOut(layers: readonly tf.Tensor4D[]): tf.Tensor2D {
  const steps = layers.map((weights) => {
    const mean = tf.mean(weights, [0, 1]) as tf.Tensor2D;
    return tf.mul(tf.add(mean, tf.eye(mean.shape[0])), 0.5) as tf.Tensor2D;
  });
  return steps.reduce((product, step) => tf.matMul(step, product));
}
