import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';

/** Two vectors as one, a₀ b₀ a₁ b₁ …: `[batch, width]` twice → `[batch, 2·width]`. */
export class Interleave extends layers.Layer {
  static readonly className = 'MusrepInterleave';

  override computeOutputShape(inputShapes: number[] | number[][]): number[] {
    const [[batch, width]] = inputShapes as [[number, number]];
    return [batch, 2 * width];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [a, b] = inputs as [tf.Tensor2D, tf.Tensor2D];
      const [batch, width] = a.shape;
      return tf.reshape(tf.concat([tf.expandDims(a, 2), tf.expandDims(b, 2)], 2), [batch, 2 * width]);
    });
  }
}

tf.serialization.registerClass(Interleave);
