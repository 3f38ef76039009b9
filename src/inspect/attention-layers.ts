import * as tf from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { MusrepError } from '../core/errors.js';
import { evaluate } from '../core/evaluate.js';
import type { AudioModel } from '../core/model.js';
import { SelfAttention } from '../layers/transformer-sublayer.js';
import { axesBehind } from './axes.js';
import { inputOf } from './model-window.js';

/**
 * The attention layers of a model, in order.
 *
 * @throws {@link MusrepError} `unsupported-model` if it has none.
 */
export function attentionLayers(model: AudioModel): [SelfAttention, ...SelfAttention[]] {
  const [first, ...others] = model.layersModel.layers.filter((layer) => layer instanceof SelfAttention);
  if (first !== undefined) return [first, ...others];
  const blocks = model.parts.map(({ block }) => block).join(', ');
  throw new MusrepError(
    'unsupported-model',
    `Attention is that of a transformerEncoder. This model has none: ${blocks}. See classActivationMap and occlusionMap.`,
  );
}

/** What the attention layers see of a window, `[1, 1 + frame, channel]` each; the class token comes first. */
export function attentionInputs(
  model: AudioModel,
  window: Float32Array,
  layers: readonly SelfAttention[],
): tf.Tensor3D[] {
  return tf.tidy(() => {
    const known = [inputOf(model, window)];
    return layers.map((layer) => {
      const input = layer.input as SymbolicTensor;
      const value = evaluate(input, known);
      known.push([input, value]);
      return value as tf.Tensor3D;
    });
  });
}

/** The middle of each frame that attends, in seconds from the start of the window. */
export async function attentionTimes(model: AudioModel, layer: SelfAttention): Promise<readonly number[]> {
  const part = model.parts.findIndex(({ layers }) => layers.includes(layer.name));
  const axes = await axesBehind(model, part);
  return axes?.times ?? [];
}
