import * as tf from '@tensorflow/tfjs-core';
import { isDifferentiating } from './differentiation.js';
import { wasmLayerNorm } from './wasm-kernels/layer-norm.js';

type Save = (tensors: tf.Tensor[]) => void;

/** (x − mean)/√(variance + ε)·γ + β over the last axis. */
export function layerNorm<T extends tf.Tensor>(x: T, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): T {
  const inOnePass = isDifferentiating() ? undefined : wasmLayerNorm(x, gamma, beta, epsilon);
  return inOnePass ?? differentiableLayerNorm(x, gamma, beta, epsilon);
}

/** The gradient is written out: step by step it takes twice as many passes. */
function differentiableLayerNorm<T extends tf.Tensor>(x: T, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): T {
  const operation = tf.customGrad((...args) => {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const deviation = tf.sqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    const normalized = tf.div(centred, deviation);
    (args.at(-1) as unknown as Save)([normalized, deviation, gamma]);
    return { value: tf.add(tf.mul(normalized, gamma), beta), gradFunc: layerNormGradients };
  });
  return operation(x, gamma, beta) as T;
}

/** With respect to x, γ and β. */
function layerNormGradients(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
  const [normalized, deviation, gamma] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
  return tf.tidy(() => {
    const axes = dy.shape.map((_, axis) => axis).slice(0, -1);
    const slope = tf.mul(dy, gamma);
    const along = tf.mul(normalized, tf.mean(tf.mul(slope, normalized), -1, true));
    const dx = tf.div(tf.sub(tf.sub(slope, tf.mean(slope, -1, true)), along), deviation);
    return [dx, tf.sum(tf.mul(dy, normalized), axes), tf.sum(dy, axes)];
  });
}

/** x·Φ(x), with Φ by the error function: not the approximation by tanh. */
export function gelu<T extends tf.Tensor>(x: T): T {
  const operation = tf.customGrad((input, save) => {
    const below = tf.mul(tf.add(tf.erf(tf.mul(input as tf.Tensor, Math.SQRT1_2)), 1), 0.5);
    (save as Save)([input as tf.Tensor, below]);
    return { value: tf.mul(input as tf.Tensor, below), gradFunc: geluGradient };
  });
  return operation(x) as T;
}

/** dy·(Φ(x) + x·φ(x)) */
function geluGradient(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor {
  const [x, below] = saved as [tf.Tensor, tf.Tensor];
  return tf.tidy(() => {
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return tf.mul(dy, tf.add(below, tf.mul(x, density)));
  });
}

/** A sequence by a matrix: `[batch, frame, in]` × `[in, out]`. */
export function project(x: tf.Tensor3D, kernel: tf.Tensor2D, bias?: tf.Tensor1D): tf.Tensor3D {
  const [batch, frames, width] = x.shape;
  const product = tf.matMul(tf.reshape(x, [batch * frames, width]) as tf.Tensor2D, kernel);
  const y = bias === undefined ? product : tf.add(product, bias);
  return tf.reshape(y, [batch, frames, kernel.shape[1]]);
}

/**
 * softmax(q·kᵀ/√d + mask)·v in several heads of width d that lie side by side: `[batch, frame, head·d]` each; the mask is
 * `[batch, 1, frame]`.
 */
export function multiHeadAttention(
  q: tf.Tensor3D,
  k: tf.Tensor3D,
  v: tf.Tensor3D,
  heads: number,
  mask?: tf.Tensor3D,
): tf.Tensor3D {
  const [batch, frames, width] = q.shape;
  const product = tf.matMul(attentionScores(q, k, heads, mask), splitHeads(v, heads));
  const mixed = tf.reshape(product, [batch, heads, frames, width / heads]);
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, frames, width]);
}

/** softmax(q·kᵀ/√d + mask) of every head, `[batch·head, frame, frame]`: how much each frame attends to each. */
export function attentionScores(q: tf.Tensor3D, k: tf.Tensor3D, heads: number, mask?: tf.Tensor3D): tf.Tensor3D {
  const scale = 1 / Math.sqrt(q.shape[2] / heads);
  // The transpose is written out: wasm's own product with a transposed operand is slow.
  const keys = tf.transpose(splitHeads(k, heads), [0, 2, 1]);
  const scores = tf.matMul(tf.mul(splitHeads(q, heads), scale), keys);
  return tf.softmax((mask === undefined ? scores : tf.add(scores, forEveryHead(mask, heads))) as tf.Tensor3D);
}

/** `[batch, frame, head·d]` → `[batch·head, frame, d]` */
function splitHeads(x: tf.Tensor3D, heads: number): tf.Tensor3D {
  const [batch, frames, width] = x.shape;
  const byHead = tf.transpose(tf.reshape(x, [batch, frames, heads, width / heads]), [0, 2, 1, 3]);
  return tf.reshape(byHead, [batch * heads, frames, width / heads]);
}

/** `[batch, 1, frame]` → `[batch·head, 1, frame]` */
function forEveryHead(mask: tf.Tensor3D, heads: number): tf.Tensor3D {
  const [batch, , frames] = mask.shape;
  return tf.reshape(tf.tile(mask, [1, heads, 1]), [batch * heads, 1, frames]);
}
