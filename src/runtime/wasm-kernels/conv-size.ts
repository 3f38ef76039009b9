import type * as tf from '@tensorflow/tfjs-core';

/** A convolution of images `[batch, height, width, channel]`. `top` and `left` count the zeros put before. */
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
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly top: number;
  readonly left: number;
}

/** As products.h multiplies: so many inner values, rows and columns at a time. */
export const [DEPTH, ROWS, COLUMNS] = [256, 4, 8] as const;

/** tfjs's description, as ours; undefined where the convolution has dilations. */
export function convSize(info: tf.backend_util.Conv2DInfo): ConvSize | undefined {
  if (info.dilationHeight > 1 || info.dilationWidth > 1 || info.dataFormat !== 'channelsLast') return undefined;
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
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    top: info.padInfo.top,
    left: info.padInfo.left,
  };
}

/** The convolution that gives the gradient of the input from that of the output, where the stride is 1. */
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

export function upTo(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}
