import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { type ConvKernel, conv2d, type Padding } from '../runtime/conv2d.js';
import { kernelFormFor } from '../runtime/minimal-filtering.js';
import { activatedConv2d, keepingLength } from './conv-steps.js';
import { type ConvActivation, ConvUnit } from './conv-unit.js';
import { type CallArguments, isTraining, onlyInput, WeightedLayer } from './weighted-layer.js';

export interface ResidualConvConfig {
  readonly name: string;
  readonly filters: number;
  /** In bands and frames; of sequences in frames alone. */
  readonly kernelSize: readonly number[];
  /** Of the first convolution and of the shortcut. */
  readonly strides: readonly number[];
  /** The max-pooling at the end; all ones for none. */
  readonly pool: readonly number[];
  /** Whether the branch is scaled, channel by channel, by what its mean over time says. */
  readonly squeezeExcite?: boolean;
}

/** A dense layer's variables. */
interface Dense {
  readonly kernel: LayerVariable;
  readonly bias: LayerVariable;
}

/**
 * A residual block: relu(conv–BN–ReLU–conv–BN(x) + shortcut(x)), then max-pooling. The shortcut is the input itself, or
 * where the shape changes a convolution of the same size and stride with batch norm. Images `[batch, band, frame,
 * channel]`, or sequences `[batch, frame, channel]`, which it treats as images of one row.
 */
export class ResidualConv extends WeightedLayer {
  static readonly className = 'MusrepResidualConv';
  private readonly config: ResidualConvConfig;
  private first!: ConvUnit;
  private second!: ConvUnit;
  private shortcut: ConvUnit | undefined;
  private excitation: readonly [Dense, Dense] | undefined;

  constructor(config: ResidualConvConfig) {
    super({ name: config.name });
    this.config = config;
  }

  override build(inputShape: number[]): void {
    const { filters, strides, squeezeExcite } = this.config;
    const channels = inputShape.at(-1) as number;
    const one = strides.map(() => 1);
    this.first = this.unit('_1', channels, strides, 'relu');
    this.second = this.unit('_2', filters, one, 'none');
    if (squeezeExcite) this.excitation = [this.dense('dense1'), this.dense('dense2')];
    const changes = channels !== filters || strides.some((stride) => stride !== 1);
    if (changes) this.shortcut = this.unit('_3', channels, strides, 'none');
    this.built = true;
  }

  override computeOutputShape(inputShape: number[]): number[] {
    const { filters, strides, pool } = this.config;
    const sizes = inputShape.slice(1, -1).map((size, axis) => {
      const convolved = Math.floor((size - 1) / (strides[axis] as number)) + 1;
      return Math.floor(convolved / (pool[axis] as number));
    });
    return [inputShape[0] as number, ...sizes, filters];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], call: CallArguments): tf.Tensor {
    const training = isTraining(this, call);
    return tf.tidy(() => {
      const x = onlyInput(inputs);
      const image = x.rank === 3 ? tf.expandDims(x, 1) : x;
      const branch = this.excited(this.second.apply(this.first.apply(image, training), training));
      const sum = tf.add(branch, this.shortcut ? this.shortcut.apply(image, training) : image);
      // ReLU is monotonous: after the pooling there is less of it to do.
      const y = tf.relu(this.pooled(sum as tf.Tensor4D));
      return x.rank === 3 ? tf.squeeze(y, [1]) : y;
    });
  }

  private unit(suffix: string, channels: number, sizes: readonly number[], activation: ConvActivation): ConvUnit {
    const { filters, kernelSize } = this.config;
    const strides = inTwoAxes(sizes, 1);
    const padding = inTwoAxes(kernelSize, 1).map(keepingLength) as unknown as Padding;
    // A sequence's kernel gets a row; one as points has three axes of its own, but is of images.
    const filterOf = (kernel: tf.Tensor) => (kernelSize.length === 1 ? tf.expandDims(kernel, 0) : kernel) as ConvKernel;
    const kernelShape = [...kernelSize, channels, filters];
    return new ConvUnit(
      this,
      { kernelShape, activation, suffix },
      {
        convolve: (x, kernel) => conv2d(x as tf.Tensor4D, filterOf(kernel), padding, strides),
        activated: (x, kernel, bias) =>
          activatedConv2d(x as tf.Tensor4D, filterOf(kernel), bias, { padding, strides, activation }),
        formFor: (x) => kernelFormFor(x.shape, kernelShape, strides),
      },
    );
  }

  private dense(name: string): Dense {
    const { filters } = this.config;
    return { kernel: this.zeros(`${name}/kernel`, [filters, filters]), bias: this.zeros(`${name}/bias`, [filters]) };
  }

  /** Squeeze: the mean over time. Excitation: two dense layers, and a factor for each channel. */
  private excited(branch: tf.Tensor): tf.Tensor {
    if (this.excitation === undefined) return branch;
    const [first, second] = this.excitation;
    const apply = (x: tf.Tensor, { kernel, bias }: Dense) =>
      tf.add(tf.matMul(x as tf.Tensor2D, kernel.read() as tf.Tensor2D), bias.read());
    const factors = tf.sigmoid(apply(tf.relu(apply(tf.mean(branch, [1, 2]), first)), second));
    return tf.mul(branch, tf.reshape(factors, [factors.shape[0] as number, 1, 1, this.config.filters]));
  }

  private pooled(y: tf.Tensor4D): tf.Tensor4D {
    const pool = inTwoAxes(this.config.pool, 1);
    return pool.every((size) => size === 1) ? y : tf.maxPool(y, pool, pool, 'valid');
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...(this.config as unknown as tf.serialization.ConfigDict) };
  }
}

/** Sizes of a sequence as those of an image of one row. */
function inTwoAxes(sizes: readonly number[], row: number): [number, number] {
  return sizes.length === 1 ? [row, sizes[0] as number] : [sizes[0] as number, sizes[1] as number];
}

tf.serialization.registerClass(ResidualConv);
