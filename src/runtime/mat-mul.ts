import * as tf from '@tensorflow/tfjs-core';
import { replaceOnWasm } from './replace-kernel.js';
import { addressesOnHeap, outputOnHeap } from './wasm-heap.js';
import { wasmKernels } from './wasm-kernels/module.js';
import { multiplyOnHeap } from './wasm-kernels/products.js';

interface Operands {
  readonly a: tf.Tensor;
  readonly b: tf.Tensor;
}

/** Matrix products on wasm: the backend's own are ten times slower with a transposed operand, or with several at once. */
export function replaceBatchMatMul(): void {
  replaceOnWasm(tf.BatchMatMul, (call, original) => {
    const { a, b } = call.inputs as unknown as Operands;
    const attrs = call.attrs as unknown as tf.BatchMatMulAttrs;
    const isFloat = a.dtype === 'float32' && b.dtype === 'float32';
    if (!isFloat || !haveSameBatch(a, b)) return original(call);
    return onHeap(call.backend, { a, b }, attrs) ?? oneByOne({ a, b }, attrs) ?? original(call);
  });
}

function onHeap(backend: unknown, { a, b }: Operands, attrs: tf.BatchMatMulAttrs): tf.TensorInfo | undefined {
  const kernels = wasmKernels(backend);
  if (kernels === undefined) return undefined;
  const { transposeA, transposeB } = attrs;
  const [high, wide] = a.shape.slice(-2) as [number, number];
  const [rows, inner] = transposeA ? [wide, high] : [high, wide];
  const columns = b.shape.at(transposeB ? -2 : -1) as number;
  const out = outputOnHeap(backend, [...a.shape.slice(0, -2), rows, columns]);
  const size = { count: batchOf(a), rows, inner, columns, transposeA, transposeB };
  multiplyOnHeap(backend, kernels, size, addressesOnHeap(backend, { a, b, out }));
  return out;
}

/** By the one way that the backend does fast: two matrices as they lie; undefined where they lie so already. */
function oneByOne({ a, b }: Operands, { transposeA, transposeB }: tf.BatchMatMulAttrs): tf.Tensor | undefined {
  if (batchOf(a) === 1 && !transposeA && !transposeB) return undefined;
  return tf.tidy(() => {
    const [left, right] = [upright(a, transposeA), upright(b, transposeB)];
    const shape = [...a.shape.slice(0, -2), left.shape[1], right.shape[2]];
    return tf.reshape(products(left, right), shape);
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
