import { COLUMNS, type ConvSize, inputGradientSize, ROWS, upTo } from './conv-size.js';
import { blockOfPatches } from './patches.js';
import { transformed } from './winograd.js';

/** By winograd.c, by patches.c, or by the backend's own kernel. */
export type ConvRoute = 'winograd' | 'patches' | 'backend';

/**
 * The way that takes the least time. Costs are in units of one of our multiplications, and measured: those of the module with relaxed
 * SIMD and without are near enough for one choice.
 */
export function convRoute(size: ConvSize): ConvRoute {
  const [winograd, patches] = [winogradCost(size), patchesCost(size)];
  if (Math.min(winograd, patches) >= backendCost(size)) return 'backend';
  return winograd < patches ? 'winograd' : 'patches';
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

/** Small images do not repay the transform of the kernel, nor few channels that of the inputs. */
function winogradCost(size: ConvSize): number {
  const isFiltered = size.kernelHeight > 1 || size.kernelWidth > 1;
  if (!isFiltered || size.strideHeight > 1 || size.strideWidth > 1) return Number.POSITIVE_INFINITY;
  const { points, inner, tiles } = transformed(size);
  const filters = upTo(size.filters, COLUMNS);
  return points * (upTo(tiles, ROWS) * (inner * filters + 12 * (inner + filters)) + 20 * inner * filters);
}

function outputsOf({ batch, outHeight, outWidth }: ConvSize): number {
  return batch * outHeight * outWidth;
}

function weightsOf({ kernelHeight, kernelWidth, channels, filters }: ConvSize): number {
  return kernelHeight * kernelWidth * channels * upTo(filters, COLUMNS);
}
