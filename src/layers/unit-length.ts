import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { onlyInput } from './weighted-layer.js';

/** What a vector of zeros is divided by. */
const LEAST_LENGTH = 1e-12;

/** Vectors scaled to length 1, x / max(‖x‖, 1e-12): `[batch, width]` → the same. */
export class UnitLength extends layers.Layer {
  static readonly className = 'MusrepUnitLength';

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput(inputs);
      // The root's slope at 0 is infinite: a least length inside it keeps the gradient finite.
      const squares = tf.add(tf.sum(tf.square(x), -1, true), LEAST_LENGTH ** 2);
      return tf.div(x, tf.sqrt(squares));
    });
  }
}

tf.serialization.registerClass(UnitLength);
