import type * as tf from '@tensorflow/tfjs-core';

/** A convolution with stride 1 of images `[batch, height, width, channel]`. `top` and `left` count the zeros put before. */
export interface ConvSize {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly filters: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly top: number;
  readonly left: number;
}

/** Tiles of outputs that are transformed at a time: enough to use a kernel often while it is in the cache. */
export const BLOCK = 48;

/** As winograd.c multiplies: six rows by eight columns at a time. */
const [ROWS, COLUMNS] = [6, 8];

/** tfjs's description, as ours; undefined where the convolution has strides or dilations. */
export function convSize(info: tf.backend_util.Conv2DInfo): ConvSize | undefined {
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, dataFormat, padInfo } = info;
  if (Math.max(strideHeight, strideWidth, dilationHeight, dilationWidth) > 1) return undefined;
  if (dataFormat !== 'channelsLast') return undefined;
  return {
    batch: info.batchSize,
    height: info.inHeight,
    width: info.inWidth,
    channels: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    filters: info.outChannels,
    kernelHeight: info.filterHeight,
    kernelWidth: info.filterWidth,
    top: padInfo.top,
    left: padInfo.left,
  };
}

/** The convolution that gives the gradient of the input from that of the output. */
export function inputGradientSize(size: ConvSize): ConvSize {
  return {
    ...size,
    height: size.outHeight,
    width: size.outWidth,
    channels: size.filters,
    outHeight: size.height,
    outWidth: size.width,
    filters: size.channels,
    top: size.kernelHeight - 1 - size.top,
    left: size.kernelWidth - 1 - size.left,
  };
}

/** How many floats the arrays take that winograd.c works on. */
export function roomFor(size: ConvSize) {
  const { points, inner } = transformed(size);
  const [rows, columns] = [upTo(inner, ROWS), upTo(size.filters, COLUMNS)];
  return {
    tile: points * 4,
    inputs: points * BLOCK * rows,
    outputs: points * BLOCK * columns,
    kernel: points * rows * columns,
  };
}

/**
 * Whether minimal filtering takes less time than the backend's own convolution, or than the gradient of a kernel that is
 * composed of others. Small images do not repay the transform of the kernel, nor few channels that of the inputs; the
 * costs, in units of a multiplication, are measured.
 */
export function isWorthwhile(size: ConvSize, other: 'convolution' | 'composed gradient' = 'convolution'): boolean {
  const { batch, outHeight, outWidth, kernelHeight, kernelWidth, channels } = size;
  if (kernelHeight === 1 && kernelWidth === 1) return false;
  const { points, inner, tiles } = transformed(size);
  // The backend, too, computes eight filters where there is one.
  const filters = upTo(size.filters, COLUMNS);
  const direct = batch * outHeight * outWidth * kernelHeight * kernelWidth * channels * filters;
  const perPoint = upTo(tiles, ROWS) * (inner * filters + 8 * (inner + filters)) + 9 * inner * filters;
  return points * perPoint < (other === 'convolution' ? 0.8 : 4) * direct;
}

function transformed({ batch, outHeight, outWidth, kernelHeight, kernelWidth, channels }: ConvSize) {
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

function upTo(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}
