import * as tf from '@tensorflow/tfjs-core';
import { wasmBatchNormSteps } from './wasm-kernels/batch-norm.js';

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

/** The passes over all values, `[…, channel]`; everything else here has one value a channel. */
export interface BatchNormSteps {
  /** The mean and the biased variance. */
  moments(x: tf.Tensor): [mean: tf.Tensor, variance: tf.Tensor];
  /** (x − mean)·scale + shift, then perhaps ReLU. */
  normalize(x: tf.Tensor, mean: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor, isRectified: boolean): tf.Tensor;
  /** Of the gradient that passes the ReLU: Σ, and Σ times x − mean. */
  gradientMoments(
    dy: tf.Tensor,
    x: tf.Tensor,
    y: tf.Tensor,
    mean: tf.Tensor,
    isRectified: boolean,
  ): [sums: tf.Tensor, products: tf.Tensor];
  /** (what passes − offset − slope·(x − mean))·scale */
  inputGradient(dy: tf.Tensor, x: tf.Tensor, y: tf.Tensor, factors: GradientFactors, isRectified: boolean): tf.Tensor;
}

interface GradientFactors {
  readonly mean: tf.Tensor;
  readonly scale: tf.Tensor;
  readonly offset: tf.Tensor;
  readonly slope: tf.Tensor;
}

/**
 * activation((x + bias − mean)/√(variance + ε)·γ + β), by the statistics of the batch over every axis but the last. The
 * gradient is written out: step by step, tfjs would keep a copy as large as x for each of them until the end.
 */
export function batchNormalize({ x, bias, gamma, beta }: BatchNormInputs, options: BatchNormOptions): tf.Tensor {
  const { epsilon, activation, onStatistics } = options;
  const isRectified = activation === 'relu';
  const steps = wasmBatchNormSteps() ?? COMPOSED;
  const operation = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as (tensors: tf.Tensor[]) => void;
    // Without the bias, which changes nothing but the mean that is reported.
    const [mean, variance] = steps.moments(x);
    onStatistics(tf.add(mean, bias), variance);
    const deviation = tf.sqrt(tf.add(variance, epsilon));
    const scale = tf.div(gamma, deviation);
    const value = steps.normalize(x, mean, scale, beta, isRectified);
    save([x, value, mean, deviation, scale]);
    return { value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradients(steps, dy, saved, isRectified) };
  });
  return operation(x, bias, gamma, beta);
}

type Saved = [x: tf.Tensor, value: tf.Tensor, mean: tf.Tensor, deviation: tf.Tensor, scale: tf.Tensor];

/** With respect to x, bias, γ and β. */
function gradients(steps: BatchNormSteps, dy: tf.Tensor, saved: tf.Tensor[], isRectified: boolean): tf.Tensor[] {
  const [x, value, mean, deviation, scale] = saved as Saved;
  return tf.tidy(() => {
    const [dBeta, products] = steps.gradientMoments(dy, x, value, mean, isRectified);
    const dGamma = tf.div(products, deviation);
    const count = x.size / dBeta.size;
    const offset = tf.div(dBeta, count);
    const slope = tf.div(dGamma, tf.mul(deviation, count));
    const dx = steps.inputGradient(dy, x, value, { mean, scale, offset, slope }, isRectified);
    return [dx, tf.sum(dx, allButLast(dx)), dGamma, dBeta];
  });
}

const COMPOSED: BatchNormSteps = {
  moments(x) {
    const { mean, variance } = tf.moments(x, allButLast(x));
    return [mean, variance];
  },
  normalize(x, mean, scale, shift, isRectified) {
    const y = tf.add(tf.mul(tf.sub(x, mean), scale), shift);
    return isRectified ? tf.relu(y) : y;
  },
  gradientMoments(dy, x, y, mean, isRectified) {
    const passed = whatPasses(dy, y, isRectified);
    const axes = allButLast(x);
    return [tf.sum(passed, axes), tf.sum(tf.mul(passed, tf.sub(x, mean)), axes)];
  },
  inputGradient(dy, x, y, { mean, scale, offset, slope }, isRectified) {
    const common = tf.add(offset, tf.mul(tf.sub(x, mean), slope));
    return tf.mul(tf.sub(whatPasses(dy, y, isRectified), common), scale);
  },
};

function whatPasses(dy: tf.Tensor, y: tf.Tensor, isRectified: boolean): tf.Tensor {
  return isRectified ? tf.mul(dy, tf.step(y)) : dy;
}

function allButLast({ shape }: tf.Tensor): number[] {
  return shape.map((_, axis) => axis).slice(0, -1);
}
