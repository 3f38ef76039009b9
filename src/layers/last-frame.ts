import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { onlyInput } from './weighted-layer.js';

/** The last frame of a sequence: `[batch, frame, channel]` → `[batch, channel]`. */
export class LastFrame extends layers.Layer {
  static readonly className = 'MusrepLastFrame';

  override computeOutputShape([batch, , channels]: number[]): number[] {
    return [batch as number, channels as number];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput<tf.Tensor3D>(inputs);
      const [batch, frames, channels] = x.shape;
      return tf.reshape(tf.slice(x, [0, frames - 1, 0], [batch, 1, channels]), [batch, channels]);
    });
  }
}

tf.serialization.registerClass(LastFrame);
