import * as tf from '@tensorflow/tfjs-core';
import { type KernelCall, replaceOnWasm } from '../replace-kernel.js';
import { addressesOnHeap, outputOnHeap } from '../wasm-heap.js';
import { convRoute, gradientRoute, inputGradientRoute } from './conv-routes.js';
import { type ConvSize, convSize, inputGradientSize } from './conv-size.js';
import { convolveDirectlyOnHeap } from './direct.js';
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
  replaceOnWasm(kernelName, (call, original) => {
    const { x, filter } = call.inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
    const epilogue = epilogueOf(call);
    const size = sizeOf(x.shape, filter.shape, call.attrs as unknown as ConvAttrs);
    const y = size && epilogue && convolved(call.backend, size, { x, filter }, epilogue);
    return y || original(call);
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
  if (inputGradientRoute(size) === 'winograd') {
    const at = addressesOnHeap(backend, { x: dy, kernel: filter, y: dx });
    convolveOnHeap(backend, kernels, inputGradientSize(size), at, { isTurned: true });
  } else {
    const at = addressesOnHeap(backend, { dy, kernel: filter, gradient: dx });
    inputGradientPatchesOnHeap(backend, kernels, size, at);
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
  const compute = gradientRoute(size) === 'winograd' ? kernelGradientOnHeap : kernelGradientPatchesOnHeap;
  compute(backend, kernels, size, addressesOnHeap(backend, { x, dy, gradient }));
  return gradient;
}

function sizeOf(inputShape: readonly number[], filterShape: readonly number[], attrs: ConvAttrs): ConvSize | undefined {
  const { strides, dilations = 1, pad, dimRoundingMode } = attrs;
  const [input, filter] = [inputShape as Shape4D, filterShape as Shape4D];
  return convSize(tf.backend_util.computeConv2DInfo(input, filter, strides, dilations, pad, dimRoundingMode));
}

const COMPUTE = { winograd: convolveOnHeap, patches: convolvePatchesOnHeap, direct: convolveDirectlyOnHeap };

/** undefined where the backend's own kernel is the better way. */
function convolved(
  backend: unknown,
  size: ConvSize,
  { x, filter }: { readonly x: tf.TensorInfo; readonly filter: tf.TensorInfo },
  { bias, ...options }: { readonly bias?: tf.TensorInfo; readonly isRelu?: boolean },
): tf.TensorInfo | undefined {
  const route = convRoute(size);
  const kernels = wasmKernels(backend);
  if (route === 'backend' || kernels === undefined) return undefined;
  const y = outputOnHeap(backend, [size.batch, size.outHeight, size.outWidth, size.filters]);
  COMPUTE[route](
    backend,
    kernels,
    size,
    addressesOnHeap(backend, { x, kernel: filter, y, ...(bias && { bias }) }),
    options,
  );
  return y;
}
