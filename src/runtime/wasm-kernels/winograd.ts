import { heapMemory, withRoomOnHeap } from '../wasm-heap.js';
import { BLOCK, type ConvSize, roomFor } from './conv-size.js';

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

/** Addresses of tensors. */
interface ConvTensors {
  readonly x: number;
  readonly kernel: number;
  readonly y: number;
  readonly bias?: number | undefined;
}

interface ConvOptions {
  readonly isRelu?: boolean;
  /** Whether the kernel is taken turned round, with channels and filters exchanged. */
  readonly isTurned?: boolean;
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
    writeSize(backend, room.sizes, size);
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
    writeSize(backend, room.sizes, size);
    kernels.kernelGradient(room.sizes, x, dy, room.tile, room.inputs, room.outputs, room.kernel, gradient);
  });
}

/** How many numbers `Conv` of winograd.c has. */
const SIZES = 12;

function writeSize(backend: unknown, address: number, size: ConvSize): void {
  const { batch, height, width, channels, outHeight, outWidth, filters, kernelHeight, kernelWidth, top, left } = size;
  const sizes = [batch, height, width, channels, outHeight, outWidth, filters, kernelHeight, kernelWidth, top, left];
  new Int32Array(heapMemory(backend).buffer, address, SIZES).set([...sizes, BLOCK]);
}
