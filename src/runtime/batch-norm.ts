import * as tf from '@tensorflow/tfjs-core';

export interface BatchNormInputs {
  readonly x: tf.Tensor;
  /** Added to x first. */
  readonly bias: tf.Tensor;
  readonly gamma: tf.Tensor;
  readonly beta: tf.Tensor;
}

export interface BatchNormOptions {
  readonly epsilon: number;
  readonly activation: 'relu' | 'none';
  /** Is told of the batch's own mean and biased variance, one value a channel. */
  readonly onStatistics: (mean: tf.Tensor, variance: tf.Tensor) => void;
}

/**
 * activation((x + bias − mean)/√(variance + ε)·γ + β), by the statistics of the batch over every axis but the last. The
 * gradient is written out: step by step, tfjs would keep a copy as large as x for each of them until the end.
 */
export function batchNormalize({ x, bias, gamma, beta }: BatchNormInputs, options: BatchNormOptions): tf.Tensor {
  const { epsilon, activation, onStatistics } = options;
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  const operation = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as (tensors: tf.Tensor[]) => void;
    const { mean, variance } = tf.moments(tf.add(x, bias), axes);
    onStatistics(mean, variance);
    const deviation = tf.sqrt(tf.add(variance, epsilon));
    const y = tf.add(tf.mul(normalize(x, bias, mean, deviation), gamma), beta);
    const value = activation === 'relu' ? tf.relu(y) : y;
    save([x, bias, gamma, mean, deviation, value]);
    return { value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradients(dy, saved, axes, activation) };
  });
  return operation(x, bias, gamma, beta);
}

function normalize(x: tf.Tensor, bias: tf.Tensor, mean: tf.Tensor, deviation: tf.Tensor): tf.Tensor {
  return tf.div(tf.sub(x, tf.sub(mean, bias)), deviation);
}

type Saved = [x: tf.Tensor, bias: tf.Tensor, gamma: tf.Tensor, mean: tf.Tensor, deviation: tf.Tensor, value: tf.Tensor];

/** With respect to x, bias, γ and β. */
function gradients(dy: tf.Tensor, saved: tf.Tensor[], axes: number[], activation: 'relu' | 'none'): tf.Tensor[] {
  const [x, bias, gamma, mean, deviation, value] = saved as Saved;
  return tf.tidy(() => {
    const slope = activation === 'relu' ? tf.mul(dy, tf.step(value)) : dy;
    const normalized = normalize(x, bias, mean, deviation);
    const dBeta = tf.sum(slope, axes);
    const dGamma = tf.sum(tf.mul(slope, normalized), axes);
    const count = x.size / dBeta.size;
    const common = tf.div(tf.add(dBeta, tf.mul(normalized, dGamma)), count);
    const dx = tf.mul(tf.sub(slope, common), tf.div(gamma, deviation));
    return [dx, tf.sum(dx, axes), dGamma, dBeta];
  });
}
