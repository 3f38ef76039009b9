import * as tf from '@tensorflow/tfjs-core';

/** Whether tfjs is keeping what it needs for gradients: what they have to pass must be computed by differentiable ops then. */
export function isDifferentiating(): boolean {
  return tf.engine().state.gradientDepth > 0;
}
