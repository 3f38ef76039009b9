import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { attentionScores, gelu, layerNorm, multiHeadAttention, project } from '../runtime/transformer-ops.js';
import { Masks } from './masks.js';
import { type CallArguments, isTraining, WeightedLayer } from './weighted-layer.js';

/** Whether layers normalise what comes in (Music Tagging Transformer), or the sum at their end (CNNSA, BERT). */
export type NormPlace = 'pre' | 'post';

export interface SublayerConfig {
  readonly name: string;
  readonly norm: NormPlace;
  readonly dropout: number;
  readonly seed: number;
}

/** The originals' own. */
const EPSILON = { pre: 1e-5, post: 1e-12 } as const;

/** A dense layer's variables, of which it may lack the bias. */
interface Dense {
  readonly kernel: LayerVariable;
  readonly bias: LayerVariable | undefined;
}

/** Of one input, or of each of several. */
type InputShape = number[] | number[][];

function onlyShape(shape: InputShape): number[] {
  return Array.isArray(shape[0]) ? shape[0] : (shape as number[]);
}

/** A part of a Transformer layer with its residual connection: x + f(norm(x)), or norm(x + f(x)). */
abstract class TransformerSublayer extends WeightedLayer {
  protected readonly norm: NormPlace;
  private readonly dropout: number;
  private readonly seed: number;
  readonly masks: Masks;
  private gamma!: LayerVariable;
  private beta!: LayerVariable;

  constructor({ name, norm, dropout, seed }: SublayerConfig) {
    super({ name });
    this.norm = norm;
    this.dropout = dropout;
    this.seed = seed;
    this.masks = new Masks(seed);
  }

  protected abstract transform(x: tf.Tensor3D, training: boolean, mask?: tf.Tensor3D): tf.Tensor3D;

  override build(inputShape: InputShape): void {
    const width = [onlyShape(inputShape).at(-1) as number];
    const name = this.norm === 'pre' ? 'fn.norm' : 'output.LayerNorm';
    this.gamma = this.ones(`${name}/gamma`, width);
    this.beta = this.zeros(`${name}/beta`, width);
    this.built = true;
  }

  override computeOutputShape(inputShape: InputShape): number[] {
    return onlyShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], call: CallArguments): tf.Tensor {
    const training = isTraining(this, call);
    return tf.tidy(() => {
      const [x, mask] = (Array.isArray(inputs) ? inputs : [inputs]) as [tf.Tensor3D, tf.Tensor3D?];
      return this.residual(x, this.dropped(this.transform(this.transformed(x), training, mask), training));
    });
  }

  /** What of the input goes through the transformation. */
  protected transformed(x: tf.Tensor3D): tf.Tensor3D {
    return this.norm === 'pre' ? this.normalized(x) : x;
  }

  /** The input and its transformation together. */
  protected residual(x: tf.Tensor3D, branch: tf.Tensor3D): tf.Tensor3D {
    const sum = tf.add(x, branch) as tf.Tensor3D;
    return this.norm === 'pre' ? sum : this.normalized(sum);
  }

  private normalized(x: tf.Tensor3D): tf.Tensor3D {
    return layerNorm(x, this.gamma.read(), this.beta.read(), EPSILON[this.norm]);
  }

  protected dropped<T extends tf.Tensor>(x: T, training: boolean): T {
    if (!training || this.dropout === 0) return x;
    return this.masks.drop(x, this.dropout);
  }

  protected dense(name: string, inputs: number, outputs: number, hasBias = true): Dense {
    const kernel = this.zeros(`${name}/kernel`, [inputs, outputs]);
    return { kernel, bias: hasBias ? this.zeros(`${name}/bias`, [outputs]) : undefined };
  }

  protected through(x: tf.Tensor3D, { kernel, bias }: Dense): tf.Tensor3D {
    return project(x, kernel.read() as tf.Tensor2D, bias?.read() as tf.Tensor1D | undefined);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), norm: this.norm, dropout: this.dropout, seed: this.seed };
  }
}

/**
 * Multi-head self-attention, `[batch, frame, channel]` → the same. With a second input, `[batch, 1, frame]`, that is added
 * to the scores of what is attended to.
 */
export class SelfAttention extends TransformerSublayer {
  static readonly className = 'MusrepSelfAttention';
  readonly heads: number;
  private inputs: readonly Dense[] = [];
  private outward!: Dense;

  constructor(config: SublayerConfig & { readonly heads: number }) {
    super(config);
    this.heads = config.heads;
  }

  override build(inputShape: InputShape): void {
    super.build(inputShape);
    const width = onlyShape(inputShape).at(-1) as number;
    this.inputs =
      this.norm === 'pre'
        ? [this.dense('fn.fn.to_qkv', width, 3 * width, false)]
        : ['query', 'key', 'value'].map((name) => this.dense(`self.${name}`, width, width));
    this.outward = this.dense(this.norm === 'pre' ? 'fn.fn.to_out.0' : 'output.dense', width, width);
  }

  protected override transform(x: tf.Tensor3D, _training: boolean, mask?: tf.Tensor3D): tf.Tensor3D {
    const [q, k, v] = this.queriesKeysValues(x);
    return this.through(multiHeadAttention(q, k, v, this.heads, mask), this.outward);
  }

  private queriesKeysValues(x: tf.Tensor3D): [q: tf.Tensor3D, k: tf.Tensor3D, v: tf.Tensor3D] {
    const parts = this.inputs.map((one) => this.through(x, one));
    const [q, k, v] = this.norm === 'pre' ? tf.split(parts[0] as tf.Tensor3D, 3, 2) : parts;
    return [q as tf.Tensor3D, k as tf.Tensor3D, v as tf.Tensor3D];
  }

  /** How much each frame of an input attends to each, by head: `[batch, head, frame, frame]`. */
  attention(x: tf.Tensor3D, mask?: tf.Tensor3D): tf.Tensor4D {
    return tf.tidy(() => {
      const [batch, frames] = x.shape;
      const [q, k] = this.queriesKeysValues(this.transformed(x));
      return tf.reshape(attentionScores(q, k, this.heads, mask), [batch, this.heads, frames, frames]);
    });
  }

  /**
   * The first frame's output as it would be, did that frame attend to one frame alone: row t for frame t,
   * `[batch, frame, channel]`.
   */
  firstAttendingToOne(x: tf.Tensor3D): tf.Tensor3D {
    return tf.tidy(() => {
      const [batch, , channels] = x.shape;
      const [, , values] = this.queriesKeysValues(this.transformed(x));
      return this.residual(tf.slice(x, [0, 0, 0], [batch, 1, channels]), this.through(values, this.outward));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), heads: this.heads };
  }
}

/** Two dense layers with an exact GELU between, on each frame alone. */
export class FeedForward extends TransformerSublayer {
  static readonly className = 'MusrepFeedForward';
  private readonly hidden: number;
  private first!: Dense;
  private second!: Dense;

  constructor(config: SublayerConfig & { readonly hidden: number }) {
    super(config);
    this.hidden = config.hidden;
  }

  override build(inputShape: number[]): void {
    super.build(inputShape);
    const width = inputShape.at(-1) as number;
    const [first, second] =
      this.norm === 'pre' ? ['fn.fn.net.0', 'fn.fn.net.3'] : ['intermediate.dense', 'output.dense'];
    this.first = this.dense(first as string, width, this.hidden);
    this.second = this.dense(second as string, this.hidden, width);
  }

  protected override transform(x: tf.Tensor3D, training: boolean): tf.Tensor3D {
    return this.through(this.dropped(gelu(this.through(x, this.first)), training), this.second);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), hidden: this.hidden };
  }
}

tf.serialization.registerClass(SelfAttention);
tf.serialization.registerClass(FeedForward);
