import { withRoomOnHeap } from '../wasm-heap.js';
import { type ConvOptions, type ConvTensors, SIZES, writeSize } from './conv-on-heap.js';
import { COLUMNS, type ConvSize, ROWS, upTo } from './conv-size.js';

/** Of winograd.c. */
export interface WinogradKernels {
  transformKernel(size: number, kernel: number, isTurned: number, tile: number, transformed: number): void;
  convolve(
    size: number,
    x: number,
    transformed: number,
    bias: number,
    isRelu: number,
    tile: number,
    inputs: number,
    outputs: number,
    y: number,
  ): void;
  kernelGradient(
    size: number,
    x: number,
    dy: number,
    tile: number,
    inputs: number,
    outputs: number,
    transformed: number,
    gradient: number,
  ): void;
}

/** activation(conv(x) + bias), where there are these. */
export function convolveOnHeap(
  backend: unknown,
  kernels: WinogradKernels,
  size: ConvSize,
  { x, kernel, y, bias = 0 }: ConvTensors,
  { isRelu = false, isTurned = false }: ConvOptions = {},
): void {
  withRoomOnHeap(backend, { sizes: SIZES, ...roomFor(size) }, (room) => {
    writeSize(backend, room.sizes, size, BLOCK);
    kernels.transformKernel(room.sizes, kernel, Number(isTurned), room.tile, room.kernel);
    kernels.convolve(room.sizes, x, room.kernel, bias, Number(isRelu), room.tile, room.inputs, room.outputs, y);
  });
}

/** The gradient of the kernel. */
export function kernelGradientOnHeap(
  backend: unknown,
  kernels: WinogradKernels,
  size: ConvSize,
  { x, dy, gradient }: { readonly x: number; readonly dy: number; readonly gradient: number },
): void {
  withRoomOnHeap(backend, { sizes: SIZES, ...roomFor(size) }, (room) => {
    writeSize(backend, room.sizes, size, BLOCK);
    kernels.kernelGradient(room.sizes, x, dy, room.tile, room.inputs, room.outputs, room.kernel, gradient);
  });
}

/** Tiles of outputs that are transformed at a time: enough to use a kernel often while it is in the cache. */
const BLOCK = 48;

function roomFor(size: ConvSize) {
  const { points, inner } = transformed(size);
  const [rows, columns] = [upTo(inner, ROWS), upTo(size.filters, COLUMNS)];
  return {
    tile: points * 4,
    inputs: points * BLOCK * rows,
    outputs: points * BLOCK * columns,
    kernel: points * rows * columns,
  };
}

/** What remains to be multiplied: `[tiles, inner]` by `[inner, filters]` at each of so many points. */
export function transformed({ batch, outHeight, outWidth, kernelHeight, kernelWidth, channels }: ConvSize) {
  const [down, across] = [axis(kernelHeight, outHeight), axis(kernelWidth, outWidth)];
  return {
    points: down.points * across.points,
    inner: down.parts * across.parts * channels,
    tiles: batch * down.tiles * across.tiles,
  };
}

/** Along an axis with one tap nothing is transformed; else kernels of three taps give four outputs from six points. */
function axis(taps: number, outputs: number) {
  if (taps === 1) return { points: 1, parts: 1, tiles: outputs };
  return { points: 6, parts: Math.ceil(taps / 3), tiles: Math.ceil(outputs / 4) };
}
