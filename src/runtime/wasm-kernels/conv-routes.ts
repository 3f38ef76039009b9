import { COLUMNS, type ConvSize, inputGradientSize, ROWS, upTo } from './conv-size.js';
import { blockOfPatches } from './patches.js';
import { transformed } from './winograd.js';

/** By winograd.c, by patches.c, or by the backend's own kernel. */
export type ConvRoute = 'winograd' | 'patches' | 'backend';

/** The way that takes the least time: costs are in units of a multiplication, and measured. */
export function convRoute(size: ConvSize): ConvRoute {
  const [winograd, patches] = [winogradCost(size), patchesCost(size)];
  // What the library does itself has to be clearly better.
  if (Math.min(winograd, patches) >= 0.8 * backendCost(size)) return 'backend';
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

/** It computes eight filters where there is one, and packs the kernel at each call, slowly. */
function backendCost(size: ConvSize): number {
  return (outputsOf(size) + 84) * weightsOf(size);
}

/** Patches are written and read; the kernel is packed for each block of them. */
function patchesCost(size: ConvSize): number {
  const outputs = outputsOf(size);
  const inner = size.kernelHeight * size.kernelWidth * size.channels;
  const blocks = Math.ceil(outputs / blockOfPatches(size));
  return (upTo(outputs, ROWS) + 12 * blocks) * weightsOf(size) + 8 * outputs * inner;
}

/** Small images do not repay the transform of the kernel, nor few channels that of the inputs. */
function winogradCost(size: ConvSize): number {
  const isFiltered = size.kernelHeight > 1 || size.kernelWidth > 1;
  if (!isFiltered || size.strideHeight > 1 || size.strideWidth > 1) return Number.POSITIVE_INFINITY;
  const { points, inner, tiles } = transformed(size);
  const filters = upTo(size.filters, COLUMNS);
  return points * (upTo(tiles, ROWS) * (inner * filters + 8 * (inner + filters)) + 9 * inner * filters);
}

function outputsOf({ batch, outHeight, outWidth }: ConvSize): number {
  return batch * outHeight * outWidth;
}

function weightsOf({ kernelHeight, kernelWidth, channels, filters }: ConvSize): number {
  return kernelHeight * kernelWidth * channels * upTo(filters, COLUMNS);
}
