import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { maxOver } from '../runtime/max.js';
import { onlyInput } from './weighted-layer.js';

/** The maximum over everything but the channels: `[batch, …, channel]` → `[batch, channel]`. */
export class GlobalMax extends layers.Layer {
  static readonly className = 'MusrepGlobalMax';

  override computeOutputShape(inputShape: number[]): number[] {
    return [inputShape[0] as number, inputShape.at(-1) as number];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = onlyInput(inputs);
    return maxOver(x, x.shape.map((_, axis) => axis).slice(1, -1));
  }
}

tf.serialization.registerClass(GlobalMax);
