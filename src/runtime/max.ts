import * as tf from '@tensorflow/tfjs-core';

/**
 * The maximum over axes, which vanish. Where several values are the greatest they share the gradient; tfjs's own gives
 * each of them the whole of it, and after a ReLU many values are alike.
 */
export function maxOver(x: tf.Tensor, axes: readonly number[]): tf.Tensor {
  const reduce = tf.customGrad((input, save) => {
    const greatest = tf.max(input as tf.Tensor, [...axes], true);
    (save as tf.GradSaveFunc)([input as tf.Tensor, greatest]);
    const value = tf.reshape(greatest, withoutAxes(x.shape, axes));
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [values, maximum] = saved as [tf.Tensor, tf.Tensor];
      // 1 where the value is the greatest, by numbers alone: on webgpu a cast from booleans leaves them what they were.
      const isGreatest = tf.sub(1, tf.step(tf.sub(maximum, values)));
      const share = tf.div(tf.reshape(dy, maximum.shape), tf.sum(isGreatest, [...axes], true));
      return tf.mul(isGreatest, share);
    };
    return { value, gradFunc };
  });
  return reduce(x);
}

function withoutAxes(shape: readonly number[], axes: readonly number[]): number[] {
  return shape.filter((_, axis) => !axes.includes(axis));
}
