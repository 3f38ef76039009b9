import { heapMemory } from '../wasm-heap.js';
import type { ConvSize } from './conv-size.js';

/** Addresses of a convolution's tensors. */
export interface ConvTensors {
  readonly x: number;
  readonly kernel: number;
  readonly y: number;
  readonly bias?: number | undefined;
}

export interface ConvOptions {
  readonly isRelu?: boolean;
  /** Whether the kernel is taken turned round, with channels and filters exchanged. */
  readonly isTurned?: boolean;
}

/** How many numbers `Conv` of conv.h has. */
export const SIZES = 14;

/** Writes a convolution where the C sources read it. */
export function writeSize(backend: unknown, address: number, size: ConvSize, block: number): void {
  const { batch, height, width, channels, outHeight, outWidth, filters } = size;
  const { kernelHeight, kernelWidth, strideHeight, strideWidth, top, left } = size;
  const images = [batch, height, width, channels, outHeight, outWidth, filters];
  const kernel = [kernelHeight, kernelWidth, strideHeight, strideWidth, top, left];
  new Int32Array(heapMemory(backend).buffer, address, SIZES).set([...images, ...kernel, block]);
}
