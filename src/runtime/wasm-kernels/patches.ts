import { withRoomOnHeap } from '../wasm-heap.js';
import { type ConvOptions, type ConvTensors, SIZES, writeSize } from './conv-on-heap.js';
import { COLUMNS, type ConvSize, DEPTH, ROWS, upTo } from './conv-size.js';

/** Of patches.c. */
export interface PatchesKernels {
  convolvePatches(
    size: number,
    x: number,
    kernel: number,
    bias: number,
    isRelu: number,
    y: number,
    patches: number,
    panel: number,
  ): void;
  kernelGradientPatches(
    size: number,
    x: number,
    dy: number,
    gradient: number,
    patches: number,
    panel: number,
    packed: number,
  ): void;
  inputGradientPatches(
    size: number,
    dy: number,
    kernel: number,
    gradient: number,
    patches: number,
    panel: number,
  ): void;
}

export function convolvePatchesOnHeap(
  backend: unknown,
  kernels: PatchesKernels,
  size: ConvSize,
  { x, kernel, y, bias = 0 }: ConvTensors,
  { isRelu = false }: ConvOptions,
): void {
  withRoom(backend, size, ({ sizes, patches, panel }) =>
    kernels.convolvePatches(sizes, x, kernel, bias, Number(isRelu), y, patches, panel),
  );
}

export function kernelGradientPatchesOnHeap(
  backend: unknown,
  kernels: PatchesKernels,
  size: ConvSize,
  { x, dy, gradient }: { readonly x: number; readonly dy: number; readonly gradient: number },
): void {
  withRoom(backend, size, ({ sizes, patches, panel, packed }) =>
    kernels.kernelGradientPatches(sizes, x, dy, gradient, patches, panel, packed),
  );
}

export function inputGradientPatchesOnHeap(
  backend: unknown,
  kernels: PatchesKernels,
  size: ConvSize,
  { dy, kernel, gradient }: { readonly dy: number; readonly kernel: number; readonly gradient: number },
): void {
  withRoom(backend, size, ({ sizes, patches, panel }) =>
    kernels.inputGradientPatches(sizes, dy, kernel, gradient, patches, panel),
  );
}

/** The floats that patches may take: half a megabyte, so that they are still in a cache when they are multiplied. */
const ROOM = 1 << 17;

/** Patches that are multiplied at a time. */
export function blockOfPatches(size: ConvSize): number {
  const outputs = size.batch * size.outHeight * size.outWidth;
  return Math.min(outputs, upTo(Math.max(1, Math.floor(ROOM / innerOf(size))), DEPTH));
}

function innerOf({ kernelHeight, kernelWidth, channels }: ConvSize): number {
  return kernelHeight * kernelWidth * channels;
}

type Room = Readonly<Record<'sizes' | 'patches' | 'panel' | 'packed', number>>;

function withRoom(backend: unknown, size: ConvSize, use: (room: Room) => void): void {
  const [block, inner] = [blockOfPatches(size), innerOf(size)];
  const floats = { sizes: SIZES, patches: block * inner, panel: DEPTH * COLUMNS, packed: DEPTH * upTo(inner, ROWS) };
  withRoomOnHeap(backend, floats, (room) => {
    writeSize(backend, room.sizes, size, block);
    use(room);
  });
}
