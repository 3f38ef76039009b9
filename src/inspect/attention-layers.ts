import * as tf from '@tensorflow/tfjs-core';
import { MusrepError } from '../core/errors.js';
import { evaluate } from '../core/evaluate.js';
import type { AnyAudioModel } from '../core/model.js';
import { SelfAttention } from '../layers/transformer-sublayer.js';
import { axesBehind } from './axes.js';
import { inputOf } from './model-window.js';

/**
 * The attention layers of a model, in order.
 *
 * @throws {@link MusrepError} `unsupported-model` if it has none.
 */
export function attentionLayers(model: AnyAudioModel): [SelfAttention, ...SelfAttention[]] {
  const [first, ...others] = model.layersModel.layers.filter((layer) => layer instanceof SelfAttention);
  if (first !== undefined) return [first, ...others];
  const blocks = model.parts.map(({ block }) => block).join(', ');
  throw new MusrepError(
    'unsupported-model',
    `Attention is that of a transformerEncoder. This model has none: ${blocks}. See classActivationMap and occlusionMap.`,
  );
}

/** What an attention layer sees. */
export interface AttentionInput {
  /** `[1, 1 + frame, channel]`, the class token first. */
  readonly x: tf.Tensor3D;
  /** What is added to the scores of padding, if that is masked: `[1, 1, 1 + frame]`. */
  readonly mask: tf.Tensor3D | undefined;
}

/** What the attention layers see of a window. */
export function attentionInputs(
  model: AnyAudioModel,
  window: Float32Array,
  layers: readonly SelfAttention[],
): AttentionInput[] {
  return tf.tidy(() => {
    const known = [inputOf(model, window)];
    return layers.map((layer) => {
      const [x, mask] = [layer.input].flat().map((input) => {
        const value = evaluate(input, known) as tf.Tensor3D;
        known.push([input, value]);
        return value;
      });
      return { x: x as tf.Tensor3D, mask };
    });
  });
}

/** The middle of each frame that attends, in seconds from the start of the window. */
export async function attentionTimes(model: AnyAudioModel, layer: SelfAttention): Promise<readonly number[]> {
  const part = model.parts.findIndex(({ layers }) => layers.includes(layer.name));
  const axes = await axesBehind(model, part);
  return axes?.times ?? [];
}
