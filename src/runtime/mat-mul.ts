import * as tf from '@tensorflow/tfjs-core';

/**
 * Matrix products on wasm by the one way that the backend does fast: two matrices as they lie. With a transposed operand
 * its own kernel is ten times slower than with one that was transposed before, and so it is with several products at once.
 */
export function replaceBatchMatMul(): void {
  const original = tf.getKernel(tf.BatchMatMul, 'wasm');
  if (original === undefined) return;
  tf.unregisterKernel(tf.BatchMatMul, 'wasm');
  tf.registerKernel({
    // With what sets the original up: it is what multiplies in the end.
    ...original,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { a: tf.Tensor; b: tf.Tensor };
      const { transposeA, transposeB } = call.attrs as unknown as tf.BatchMatMulAttrs;
      const isPlain = batchOf(a) === 1 && batchOf(b) === 1 && !transposeA && !transposeB;
      const isFloat = a.dtype === 'float32' && b.dtype === 'float32';
      if (isPlain || !isFloat || !haveSameBatch(a, b)) return original.kernelFunc(call);
      return tf.tidy(() => {
        const [left, right] = [upright(a, transposeA), upright(b, transposeB)];
        const shape = [...a.shape.slice(0, -2), left.shape[1], right.shape[2]];
        return tf.reshape(products(left, right), shape);
      });
    },
  });
}

function batchOf({ shape }: tf.Tensor): number {
  return tf.util.sizeFromShape(shape.slice(0, -2));
}

function haveSameBatch(a: tf.Tensor, b: tf.Tensor): boolean {
  return tf.util.arraysEqual(a.shape.slice(0, -2), b.shape.slice(0, -2));
}

/** `[batch, row, column]`, whatever the rank was. */
function upright(x: tf.Tensor, isTransposed: boolean): tf.Tensor3D {
  const matrices = tf.reshape(x, [batchOf(x), ...(x.shape.slice(-2) as [number, number])]) as tf.Tensor3D;
  return isTransposed ? tf.transpose(matrices, [0, 2, 1]) : matrices;
}

/** One product after the other. */
function products(a: tf.Tensor3D, b: tf.Tensor3D): tf.Tensor {
  const each = Array.from({ length: a.shape[0] }, (_, i) => tf.matMul(matrixAt(a, i), matrixAt(b, i)));
  return tf.stack(each);
}

function matrixAt(x: tf.Tensor3D, i: number): tf.Tensor2D {
  const [batch, rows, columns] = x.shape;
  const one = batch === 1 ? x : tf.slice(x, [i, 0, 0], [1, rows, columns]);
  return tf.reshape(one, [rows, columns]);
}
