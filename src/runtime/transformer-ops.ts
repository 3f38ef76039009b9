import * as tf from '@tensorflow/tfjs-core';

/** (x − mean)/√(variance + ε)·γ + β over the last axis. */
export function layerNorm<T extends tf.Tensor>(x: T, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): T {
  const mean = tf.mean(x, -1, true);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.div(centred, tf.sqrt(tf.add(variance, epsilon))), gamma), beta) as T;
}

/** x·Φ(x), with Φ by the error function: not the approximation by tanh. */
export function gelu<T extends tf.Tensor>(x: T): T {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)) as T;
}

/** A sequence by a matrix: `[batch, frame, in]` × `[in, out]`. */
export function project(x: tf.Tensor3D, kernel: tf.Tensor2D, bias?: tf.Tensor1D): tf.Tensor3D {
  const [batch, frames, width] = x.shape;
  const product = tf.matMul(tf.reshape(x, [batch * frames, width]) as tf.Tensor2D, kernel);
  const y = bias === undefined ? product : tf.add(product, bias);
  return tf.reshape(y, [batch, frames, kernel.shape[1]]);
}

/**
 * softmax(q·kᵀ/√d)·v in several heads of width d that lie side by side: `[batch, frame, head·d]` each.
 */
export function multiHeadAttention(q: tf.Tensor3D, k: tf.Tensor3D, v: tf.Tensor3D, heads: number): tf.Tensor3D {
  const [batch, frames, width] = q.shape;
  const product = tf.matMul(attentionScores(q, k, heads), splitHeads(v, heads));
  const mixed = tf.reshape(product, [batch, heads, frames, width / heads]);
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, frames, width]);
}

/** softmax(q·kᵀ/√d) of every head, `[batch·head, frame, frame]`: how much each frame attends to each. */
export function attentionScores(q: tf.Tensor3D, k: tf.Tensor3D, heads: number): tf.Tensor3D {
  const scale = 1 / Math.sqrt(q.shape[2] / heads);
  // The transpose is written out: wasm's own product with a transposed operand is slow.
  const keys = tf.transpose(splitHeads(k, heads), [0, 2, 1]);
  return tf.softmax(tf.matMul(tf.mul(splitHeads(q, heads), scale), keys));
}

/** `[batch, frame, head·d]` → `[batch·head, frame, d]` */
function splitHeads(x: tf.Tensor3D, heads: number): tf.Tensor3D {
  const [batch, frames, width] = x.shape;
  const byHead = tf.transpose(tf.reshape(x, [batch, frames, heads, width / heads]), [0, 2, 1, 3]);
  return tf.reshape(byHead, [batch * heads, frames, width / heads]);
}
