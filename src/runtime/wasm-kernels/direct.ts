import { withRoomOnHeap } from '../wasm-heap.js';
import { type ConvOptions, type ConvTensors, SIZES, writeSize } from './conv-on-heap.js';
import { COLUMNS, type ConvSize, DEPTH } from './conv-size.js';

/** Of direct.c. */
export interface DirectKernels {
  convolveDirectly(
    size: number,
    x: number,
    kernel: number,
    bias: number,
    isRelu: number,
    y: number,
    padded: number,
    panel: number,
  ): void;
}

/** The floats that an image may have with its zeros: half a megabyte, which every column of filters reads anew. */
const ROOM = 1 << 17;

/** Whether an image stays in a cache, and a line of the kernel in the room for it. */
export function isDirect(size: ConvSize): boolean {
  return paddedSize(size) <= ROOM && size.kernelWidth * size.channels <= DEPTH;
}

/** The floats of the part of an image that the outputs see. */
export function paddedSize(size: ConvSize): number {
  const lines = (size.outHeight - 1) * size.strideHeight + size.kernelHeight;
  return lines * ((size.outWidth - 1) * size.strideWidth + size.kernelWidth) * size.channels;
}

export function convolveDirectlyOnHeap(
  backend: unknown,
  kernels: DirectKernels,
  size: ConvSize,
  { x, kernel, y, bias = 0 }: ConvTensors,
  { isRelu = false }: ConvOptions,
): void {
  const floats = { sizes: SIZES, padded: paddedSize(size), panel: DEPTH * COLUMNS };
  withRoomOnHeap(backend, floats, ({ sizes, padded, panel }) => {
    writeSize(backend, sizes, size, 0);
    kernels.convolveDirectly(sizes, x, kernel, bias, Number(isRelu), y, padded, panel);
  });
}
