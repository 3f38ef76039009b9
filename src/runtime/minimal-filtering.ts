import * as tf from '@tensorflow/tfjs-core';
import { isDifferentiating } from './differentiation.js';
import { isNativeOnCpu } from './native-backend.js';

/**
 * Convolutions of 3 × 3 by Winograd's minimal filtering F(4, 3), composed of tensor operations, for the native tfjs backend:
 * tiles of 4 × 4 outputs take 36 products where there are 144 (Lavin and Gray 2016, arXiv:1509.09308). What winograd.c is to wasm.
 */

/** How a kernel lies: as `[height, width, channel, filter]`, or transformed for minimal filtering as `[point, channel, filter]`. */
export type KernelForm = 'taps' | 'points';

type Matrix = readonly (readonly number[])[];

/** The outputs of a tile along an axis, and its inputs, which are its points. */
const [TILE, LINE] = [4, 6];
/** Tiles computed at a time: what their points take stays below some twenty megabytes. */
const MOST_TILES = 1024;

/** The points of the interpolation besides 0 and infinity are ±these; with 1 and 2 the errors are three times as large. */
export const POINTS: readonly [p: number, q: number] = [0.625, 1.5];

/** Of F(4, 3) with the points 0, ±p, ±q and infinity: what transforms inputs (Bᵀ), taps (G) and outputs (Aᵀ). */
export function filteringMatrices([p, q]: readonly [p: number, q: number]): {
  readonly inputs: Matrix;
  readonly taps: Matrix;
  readonly outputs: Matrix;
} {
  const [pp, qq] = [p * p, q * q];
  const [atP, atQ] = [1 / (2 * pp * (pp - qq)), 1 / (2 * qq * (qq - pp))];
  const inputs = [
    [pp * qq, 0, -(pp + qq), 0, 1, 0],
    ...[p, -p].map((x) => [0, -x * qq, -qq, x, 1, 0]),
    ...[q, -q].map((x) => [0, -x * pp, -pp, x, 1, 0]),
    [0, pp * qq, 0, -(pp + qq), 0, 1],
  ];
  const taps = [
    [1 / (pp * qq), 0, 0],
    ...[p, -p].map((x) => [atP, atP * x, atP * pp]),
    ...[q, -q].map((x) => [atQ, atQ * x, atQ * qq]),
    [0, 0, 1],
  ];
  const outputs = [0, 1, 2, 3].map((power) => [
    power === 0 ? 1 : 0,
    ...[p, -p, q, -q].map((x) => x ** power),
    power === 3 ? 1 : 0,
  ]);
  return { inputs, taps, outputs };
}

const MATRICES = filteringMatrices(POINTS);

/** The form of the kernel with which a convolution, padded as for stride 1 to keep the image's size, takes the least time. */
export function kernelFormFor(
  imageShape: readonly number[],
  kernelShape: readonly number[],
  strides: readonly number[] = [1, 1],
): KernelForm {
  const [height, width, channels, filters] = kernelShape as [number, number, number, number];
  const isFilterable = kernelShape.length === 4 && height === 3 && width === 3 && Math.max(...strides) === 1;
  if (!isFilterable || !isNativeOnCpu() || isDifferentiating()) return 'taps';
  const [batch, bands, frames] = imageShape as [number, number, number];
  const tiles = batch * tilesAlong(bands) * tilesAlong(frames);
  return tiles * filteredCost(channels, filters) + FIXED_COST < batch * bands * frames * 9 * channels * filters
    ? 'points'
    : 'taps';
}

// In units of a multiplication of TensorFlow's own convolution, as measured.
const FIXED_COST = 3e7;

function filteredCost(channels: number, filters: number): number {
  return 1.1 * LINE ** 2 * (1.3 * channels * filters + 135 * channels + 68 * filters);
}

function tilesAlong(size: number): number {
  return Math.ceil(size / TILE);
}

/** `[3, 3, channel, filter]` → `[36, channel, filter]` */
export function toPoints(kernel: tf.Tensor4D): tf.Tensor3D {
  const [, , channels, filters] = kernel.shape;
  return tf.tidy(() => {
    const rows = tf.matMul(matrix(MATRICES.taps), tf.reshape(kernel, [3, 3 * channels * filters]));
    const all = tf.matMul(matrices(MATRICES.taps, LINE), tf.reshape(rows, [LINE, 3, channels * filters]));
    return tf.reshape(all, [LINE ** 2, channels, filters]);
  });
}

/** The convolution of images `[batch, band, frame, channel]`, padded to keep their size, by a kernel as points. */
export function convolveByPoints(x: tf.Tensor4D, points: tf.Tensor3D): tf.Tensor4D {
  const [batch, bands, frames] = x.shape;
  const [down, across] = [tilesAlong(bands), tilesAlong(frames)];
  const images = Math.max(1, Math.floor(MOST_TILES / (down * across)));
  const rows = Math.max(1, Math.floor(MOST_TILES / across));
  return tf.tidy(() => {
    const phases = phasesOf(x);
    const outputs = partsOf(batch, images).map(([image, imageCount]) => {
      const parts = partsOf(down, rows).map(([row, rowCount]) =>
        tf.tidy(() => {
          const size = [4, 4, imageCount, rowCount + 1, across + 1, x.shape[3]];
          return filtered(tf.slice(phases, [0, 0, image, row, 0, 0], size), points);
        }),
      );
      return joined(parts, 2);
    });
    const filters = points.shape[2];
    const tiles = tf.reshape(joined(outputs, 1), [TILE ** 2 * batch, down, across, filters]) as tf.Tensor4D;
    const beyond = [
      [0, TILE * down - bands],
      [0, TILE * across - frames],
    ];
    return tf.batchToSpaceND(tiles, [TILE, TILE], beyond);
  });
}

/** Tiles' phases `[4, 4, image, row + 1, column + 1, channel]` → their outputs `[16, image, row, column, filter]`. */
function filtered(phases: tf.Tensor, points: tf.Tensor3D): tf.Tensor {
  const [, , images, rowsAndOne, columnsAndOne, channels] = phases.shape as [number, number, ...number[]];
  const [rows, columns] = [(rowsAndOne as number) - 1, (columnsAndOne as number) - 1];
  const tiles = (images as number) * rows * columns;
  const filters = points.shape[2];
  const { inputs, outputs } = MATRICES;
  const steps: ((x: tf.Tensor) => tf.Tensor)[] = [
    (x) => withNextTile(x, 0, 3),
    (x) => tf.matMul(matrix(inputs), tf.reshape(x, [LINE, x.size / LINE])),
    (x) => withNextTile(tf.reshape(x, [LINE, TILE, images, rows, columns + 1, channels] as number[]), 1, 4),
    (x) => tf.matMul(matrices(inputs, LINE), tf.reshape(x, [LINE, LINE, x.size / LINE ** 2])),
    (x) => tf.matMul(tf.reshape(x, [LINE ** 2, tiles, channels as number]), points),
    (x) => tf.matMul(matrix(outputs), tf.reshape(x, [LINE, x.size / LINE])),
    (x) => tf.matMul(matrices(outputs, TILE), tf.reshape(x, [TILE, LINE, tiles * filters])),
    (x) => tf.reshape(x, [TILE ** 2, images, rows, columns, filters] as number[]),
  ];
  return steps.reduce((x, step) => {
    const y = tf.tidy(() => step(x));
    x.dispose();
    return y;
  }, phases);
}

/** Along an axis of phases, the last two inputs of a tile are the first two of the next one: 4 → 6. */
function withNextTile(x: tf.Tensor, phaseAxis: number, tileAxis: number): tf.Tensor {
  const begin = x.shape.map(() => 0);
  const size = x.shape.map((length, axis) => (axis === tileAxis ? length - 1 : length));
  const next = begin.map((_, axis) => (axis === tileAxis ? 1 : 0));
  const firstTwo = size.map((length, axis) => (axis === phaseAxis ? LINE - TILE : length));
  return tf.concat([tf.slice(x, begin, size), tf.slice(x, next, firstTwo)], phaseAxis);
}

/** Every fourth band and frame of the image with zeros around it, from each of the first four: `[4, 4, image, row, column, channel]`. */
function phasesOf(x: tf.Tensor4D): tf.Tensor {
  const [batch, bands, frames, channels] = x.shape;
  const [down, across] = [tilesAlong(bands) + 1, tilesAlong(frames) + 1];
  const around = [
    [1, TILE * down - bands - 1],
    [1, TILE * across - frames - 1],
  ];
  return tf.reshape(tf.spaceToBatchND(x, [TILE, TILE], around), [TILE, TILE, batch, down, across, channels]);
}

function matrix(values: Matrix): tf.Tensor2D {
  return tf.tensor2d(values as number[][]);
}

/** The same matrix several times. */
function matrices(values: Matrix, count: number): tf.Tensor3D {
  return tf.tensor3d(Array.from({ length: count }, () => values as number[][]));
}

/** Where each part of at most `most` begins, and how many it has. */
function partsOf(count: number, most: number): [from: number, count: number][] {
  const parts = Math.ceil(count / most);
  return Array.from({ length: parts }, (_, i) => [i * most, Math.min(most, count - i * most)]);
}

function joined(parts: tf.Tensor[], axis: number): tf.Tensor {
  return parts.length === 1 ? (parts[0] as tf.Tensor) : tf.concat(parts, axis);
}
