import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { onlyInput } from './weighted-layer.js';

/** A sequence without its first frame, the class token: `[batch, 1 + frame, channel]` → `[batch, frame, channel]`. */
export class WithoutFirst extends layers.Layer {
  static readonly className = 'MusrepWithoutFirst';

  override computeOutputShape([batch, frames, channels]: number[]): number[] {
    return [batch as number, (frames as number) - 1, channels as number];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = onlyInput<tf.Tensor3D>(inputs);
    const [batch, frames, channels] = x.shape;
    return tf.slice(x, [0, 1, 0], [batch, frames - 1, channels]);
  }
}

tf.serialization.registerClass(WithoutFirst);
