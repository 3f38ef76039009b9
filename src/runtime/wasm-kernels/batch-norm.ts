import * as tf from '@tensorflow/tfjs-core';
import type { BatchNormSteps } from '../batch-norm.js';
import { addressesOnHeap, addressOnHeap, outputOnHeap, withRoomOnHeap } from '../wasm-heap.js';
import { wasmKernels } from './module.js';

/** Of sums.c. */
export interface BatchNormKernels {
  moments(x: number, howManyRows: number, channels: number, mean: number, variance: number, room: number): void;
  normalize(
    x: number,
    howManyRows: number,
    channels: number,
    mean: number,
    scale: number,
    shift: number,
    isRectified: number,
    y: number,
  ): void;
  gradientMoments(
    dy: number,
    x: number,
    y: number,
    howManyRows: number,
    channels: number,
    mean: number,
    isRectified: number,
    sums: number,
    products: number,
    room: number,
  ): void;
  normalizeGradient(
    dy: number,
    x: number,
    y: number,
    howManyRows: number,
    channels: number,
    mean: number,
    scale: number,
    offset: number,
    slope: number,
    isRectified: number,
    dx: number,
  ): void;
}

/** The steps of a batch normalisation in one pass each, where the module of kernels runs. */
export function wasmBatchNormSteps(): BatchNormSteps | undefined {
  if (tf.getBackend() !== 'wasm' || wasmKernels(tf.backend()) === undefined) return undefined;
  return {
    moments: (x) => run('MusrepMoments', { x }) as [tf.Tensor, tf.Tensor],
    normalize: (x, mean, scale, shift, isRectified) =>
      run('MusrepNormalize', { x, mean, scale, shift }, { isRectified })[0] as tf.Tensor,
    gradientMoments: (dy, x, y, mean, isRectified) =>
      run('MusrepGradientMoments', { dy, x, y, mean }, { isRectified }) as [tf.Tensor, tf.Tensor],
    inputGradient: (dy, x, y, { mean, scale, offset, slope }, isRectified) =>
      run('MusrepNormalizeGradient', { dy, x, y, mean, scale, offset, slope }, { isRectified })[0] as tf.Tensor,
  };
}

function run(name: string, inputs: tf.NamedTensorMap, attrs: tf.NamedAttrMap = {}): tf.Tensor[] {
  return tf.engine().runKernel(name, inputs, attrs) as unknown as tf.Tensor[];
}

/** Registers the steps for wasm. */
export function registerBatchNormSteps(): void {
  register('MusrepMoments', (kernels, at, { rows, channels, make, room }) => {
    const [mean, variance] = [make([channels]), make([channels])];
    room(channels, (sums) => kernels.moments(at.x, rows, channels, mean.address, variance.address, sums));
    return [mean, variance];
  });
  register('MusrepNormalize', (kernels, at, { rows, channels, shape, isRectified, make }) => {
    const y = make(shape);
    kernels.normalize(at.x, rows, channels, at.mean, at.scale, at.shift, isRectified, y.address);
    return [y];
  });
  register('MusrepGradientMoments', (kernels, at, { rows, channels, isRectified, make, room }) => {
    const [sums, products] = [make([channels]), make([channels])];
    room(2 * channels, (both) => {
      const [to, and] = [sums.address, products.address];
      kernels.gradientMoments(at.dy, at.x, at.y, rows, channels, at.mean, isRectified, to, and, both);
    });
    return [sums, products];
  });
  register('MusrepNormalizeGradient', (kernels, at, { rows, channels, shape, isRectified, make }) => {
    const dx = make(shape);
    const factors = [at.mean, at.scale, at.offset, at.slope] as const;
    kernels.normalizeGradient(at.dy, at.x, at.y, rows, channels, ...factors, isRectified, dx.address);
    return [dx];
  });
}

type Address = Readonly<Record<'x' | 'y' | 'dy' | 'mean' | 'scale' | 'shift' | 'offset' | 'slope', number>>;

interface Made extends tf.TensorInfo {
  readonly address: number;
}

interface Surroundings {
  readonly shape: readonly number[];
  readonly rows: number;
  readonly channels: number;
  readonly isRectified: number;
  /** A new tensor. */
  make(shape: readonly number[]): Made;
  /** So many float64s while `use` runs. */
  room(float64s: number, use: (address: number) => void): void;
}

type Step = (kernels: BatchNormKernels, at: Address, surroundings: Surroundings) => tf.TensorInfo[];

function register(kernelName: string, step: Step): void {
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { shape } = inputs.x as tf.TensorInfo;
      const channels = shape.at(-1) as number;
      const addresses = addressesOnHeap(backend, inputs as Record<keyof Address, tf.TensorInfo>);
      return step(wasmKernels(backend) as BatchNormKernels, addresses, {
        shape,
        rows: tf.util.sizeFromShape(shape) / channels,
        channels,
        isRectified: Number(attrs?.isRectified ?? false),
        make: (made) => {
          const tensor = outputOnHeap(backend, made);
          return { ...tensor, address: addressOnHeap(backend, tensor) };
        },
        room: (float64s, use) => withRoomOnHeap(backend, { float64s: 2 * float64s }, (room) => use(room.float64s)),
      });
    },
  });
}
