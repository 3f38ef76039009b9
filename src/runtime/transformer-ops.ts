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
