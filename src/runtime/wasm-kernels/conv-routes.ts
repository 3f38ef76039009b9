import { COLUMNS, type ConvSize, inputGradientSize, ROWS, upTo } from './conv-size.js';
import { isDirect, paddedSize } from './direct.js';
import { blockOfPatches } from './patches.js';
import { transformed } from './winograd.js';

/** By the C source of that name, or by the backend's own kernel. */
export type ConvRoute = 'winograd' | 'patches' | 'direct' | 'backend';

/**
 * The way that takes the least time. Costs are in units of one of our multiplications, and measured: those of the module with relaxed
 * SIMD and without are near enough for one choice.
 */
export function convRoute(size: ConvSize): ConvRoute {
  const costs: Readonly<Record<ConvRoute, number>> = {
    winograd: winogradCost(size),
    patches: patchesCost(size),
    direct: directCost(size),
    backend: backendCost(size),
  };
  const least = Math.min(...Object.values(costs));
  return (Object.keys(costs) as ConvRoute[]).find((route) => costs[route] === least) as ConvRoute;
}

/** The same for the gradient of the kernel, of which the backend has no good way. */
export function gradientRoute(size: ConvSize): 'winograd' | 'patches' {
  return winogradCost(size) < patchesCost(size) ? 'winograd' : 'patches';
}

/** The same for the gradient of the input. */
export function inputGradientRoute(size: ConvSize): 'winograd' | 'patches' {
  return winogradCost(inputGradientSize(size)) < patchesCost(size) ? 'winograd' : 'patches';
}

/** It multiplies more slowly, computes eight filters where there is one, and packs the kernel at each call. */
function backendCost(size: ConvSize): number {
  return (1.6 * outputsOf(size) + 110) * weightsOf(size);
}

/** Patches are written and read, outputs rectified in a pass of its own; the kernel is packed for each block. */
function patchesCost(size: ConvSize): number {
  const outputs = outputsOf(size);
  const inner = size.kernelHeight * size.kernelWidth * size.channels;
  const blocks = Math.ceil(outputs / blockOfPatches(size));
  return (upTo(outputs, ROWS) + 5 * blocks) * weightsOf(size) + outputs * (8 * inner + 4 * size.filters);
}

/** The kernel is packed for each image; eight filters' sums are begun, stored and rectified, and each line of the kernel is begun anew. */
function directCost(size: ConvSize): number {
  if (!isDirect(size)) return Number.POSITIVE_INFINITY;
  const { batch, outHeight, outWidth, kernelHeight, kernelWidth, channels, filters } = size;
  const lines = kernelWidth * channels > 1 ? kernelHeight : 1;
  const rows = outHeight * upTo(outWidth, ROWS);
  const perRow = weightsOf(size) + (10 * lines + 40) * Math.ceil(filters / COLUMNS);
  return batch * (rows * perRow + 5 * weightsOf(size) + 8 * paddedSize(size));
}

/** Small images do not repay the transform of the kernel, nor few channels that of the inputs, which takes those beyond a multiple of four singly. */
function winogradCost(size: ConvSize): number {
  const isFiltered = size.kernelHeight > 1 || size.kernelWidth > 1;
  if (!isFiltered || size.strideHeight > 1 || size.strideWidth > 1) return Number.POSITIVE_INFINITY;
  const { points, inner, tiles } = transformed(size);
  const filters = upTo(size.filters, COLUMNS);
  const single = (inner * (size.channels % 4)) / size.channels;
  const together = points * (upTo(tiles, ROWS) * (inner * filters + 12 * (inner + filters)) + 20 * inner * filters);
  return together + tiles * single * (10 * points + 400);
}

function outputsOf({ batch, outHeight, outWidth }: ConvSize): number {
  return batch * outHeight * outWidth;
}

function weightsOf({ kernelHeight, kernelWidth, channels, filters }: ConvSize): number {
  return kernelHeight * kernelWidth * channels * upTo(filters, COLUMNS);
}
