import * as tf from '@tensorflow/tfjs-core';
import { addressOnHeap, outputOnHeap } from '../wasm-heap.js';
import { convRoute, gradientRoute, inputGradientRoute } from './conv-routes.js';
import { type ConvSize, convSize, inputGradientSize } from './conv-size.js';
import { wasmKernels } from './module.js';
import { convolvePatchesOnHeap, inputGradientPatchesOnHeap, kernelGradientPatchesOnHeap } from './patches.js';
import { convolveOnHeap, kernelGradientOnHeap } from './winograd.js';

type Shape4D = [number, number, number, number];

/** What tfjs tells the kernels of a convolution, forward or backward. */
type ConvAttrs = Pick<tf.Conv2DAttrs, 'strides' | 'pad' | 'dimRoundingMode'> & {
  readonly dilations?: [number, number];
};

/** What follows a convolution; `false` where only the backend's own kernel can do it. */
type Epilogue = { readonly bias?: tf.TensorInfo; readonly isRelu?: boolean } | false;

type KernelCall = Parameters<tf.KernelFunc>[0];

/** Has the wasm backend's convolutions done by kernels of our own where this takes less time. */
export function replaceConvolutions(): void {
  replaceConvolution(tf.Conv2D, () => ({}));
  replaceConvolution(tf.FusedConv2D, ({ inputs, attrs }) => {
    const { activation } = attrs as unknown as tf.FusedConv2DAttrs;
    const { filter, bias } = inputs as { filter: tf.TensorInfo; bias?: tf.TensorInfo };
    const hasItsBias = bias === undefined || tf.util.sizeFromShape(bias.shape) === filter.shape[3];
    const isOurs = hasItsBias && (activation === 'relu' || activation === 'linear');
    return isOurs && { ...(bias && { bias }), isRelu: activation === 'relu' };
  });
}

function replaceConvolution(kernelName: string, epilogueOf: (call: KernelCall) => Epilogue): void {
  const original = tf.getKernel(kernelName, 'wasm');
  if (original === undefined) return;
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    ...original,
    kernelFunc: (call) => {
      const { x, filter } = call.inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
      const epilogue = epilogueOf(call);
      const size = sizeOf(x.shape, filter.shape, call.attrs as unknown as ConvAttrs);
      const y = size && epilogue && convolved(call.backend, size, { x, filter }, epilogue);
      return y || original.kernelFunc(call);
    },
  });
}

/** The gradient of the input; undefined where it has to be composed. */
export function inputGradient(
  backend: unknown,
  { dy, filter }: { readonly dy: tf.TensorInfo; readonly filter: tf.TensorInfo },
  { inputShape, ...attrs }: tf.Conv2DBackpropInputAttrs,
): tf.TensorInfo | undefined {
  const kernels = wasmKernels(backend);
  const size = sizeOf(inputShape, filter.shape, attrs);
  if (kernels === undefined || size === undefined) return undefined;
  const dx = outputOnHeap(backend, inputShape);
  const [from, by, to] = [dy, filter, dx].map((tensor) => addressOnHeap(backend, tensor)) as [number, number, number];
  if (inputGradientRoute(size) === 'winograd') {
    const tensors = { x: from, kernel: by, y: to };
    convolveOnHeap(backend, kernels, inputGradientSize(size), tensors, { isTurned: true });
  } else {
    inputGradientPatchesOnHeap(backend, kernels, size, { dy: from, kernel: by, gradient: to });
  }
  return dx;
}

/** The gradient of the kernel; undefined where it has to be composed. */
export function kernelGradient(
  backend: unknown,
  { x, dy }: { readonly x: tf.TensorInfo; readonly dy: tf.TensorInfo },
  { filterShape, ...attrs }: tf.Conv2DBackpropFilterAttrs,
): tf.TensorInfo | undefined {
  const kernels = wasmKernels(backend);
  const size = sizeOf(x.shape, filterShape, attrs);
  if (kernels === undefined || size === undefined) return undefined;
  const gradient = outputOnHeap(backend, filterShape);
  const [from, by, to] = [x, dy, gradient].map((tensor) => addressOnHeap(backend, tensor)) as [number, number, number];
  const compute = gradientRoute(size) === 'winograd' ? kernelGradientOnHeap : kernelGradientPatchesOnHeap;
  compute(backend, kernels, size, { x: from, dy: by, gradient: to });
  return gradient;
}

function sizeOf(inputShape: readonly number[], filterShape: readonly number[], attrs: ConvAttrs): ConvSize | undefined {
  const { strides, dilations = 1, pad, dimRoundingMode } = attrs;
  const [input, filter] = [inputShape as Shape4D, filterShape as Shape4D];
  return convSize(tf.backend_util.computeConv2DInfo(input, filter, strides, dilations, pad, dimRoundingMode));
}

/** undefined where the backend's own kernel is the better way. */
function convolved(
  backend: unknown,
  size: ConvSize,
  { x, filter }: { readonly x: tf.TensorInfo; readonly filter: tf.TensorInfo },
  { bias, ...options }: { readonly bias?: tf.TensorInfo; readonly isRelu?: boolean },
): tf.TensorInfo | undefined {
  const route = convRoute(size);
  const kernels = route === 'backend' ? undefined : wasmKernels(backend);
  if (kernels === undefined) return undefined;
  const y = outputOnHeap(backend, [size.batch, size.outHeight, size.outWidth, size.filters]);
  const address = (tensor: tf.TensorInfo) => addressOnHeap(backend, tensor);
  const tensors = { x: address(x), kernel: address(filter), y: address(y), ...(bias && { bias: address(bias) }) };
  const compute = route === 'winograd' ? convolveOnHeap : convolvePatchesOnHeap;
  compute(backend, kernels, size, tensors, options);
  return y;
}
