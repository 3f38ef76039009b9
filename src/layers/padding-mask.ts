import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { onlyInput } from './weighted-layer.js';

/** Added to an attention score, it leaves nothing of it after the softmax. */
const NEVER = -1e9;

/**
 * What is added to the attention scores of tokens so that none attends to padding: waveforms `[batch, sample]` → `[batch,
 * 1, 1 + frame]`. Padding is what lies behind a window's last sample that is not zero; a frame counts as padding if all
 * of its samples do. The first token is the class token, to which all attend.
 */
export class PaddingMask extends layers.Layer {
  static readonly className = 'MusrepPaddingMask';
  private readonly frames: number;
  /** Counting from 1, and the samples at which frames start. */
  private constants: tf.Tensor[] = [];

  constructor(config: { readonly name: string; readonly frames: number }) {
    super({ name: config.name });
    this.frames = config.frames;
  }

  override build([, samples]: number[]): void {
    const { frames } = this;
    const places = Float32Array.from({ length: samples as number }, (_, i) => i + 1);
    const starts = Float32Array.from({ length: frames }, (_, i) => (i * (samples as number)) / frames);
    this.constants = [tf.keep(tf.tensor1d(places)), tf.keep(tf.tensor1d(starts))];
    this.built = true;
  }

  override computeOutputShape([batch]: number[]): number[] {
    return [batch as number, 1, this.frames + 1];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = onlyInput<tf.Tensor2D>(inputs);
    // Where the padding begins is no matter of degree.
    const mask = tf.customGrad(() => ({ value: this.maskOf(x), gradFunc: () => tf.zerosLike(x) }));
    return tf.tidy(() => mask(x));
  }

  private maskOf(x: tf.Tensor2D): tf.Tensor {
    const [places, starts] = this.constants as [tf.Tensor1D, tf.Tensor1D];
    // By numbers alone: comparisons give booleans, whose casts webgpu gets wrong.
    const length = tf.max(tf.mul(tf.sign(tf.abs(x)), places), 1, true);
    const isPadding = tf.sub(1, tf.sign(tf.relu(tf.sub(length, starts))));
    return tf.expandDims(tf.concat([tf.zeros([x.shape[0], 1]), tf.mul(isPadding, NEVER)], 1), 1);
  }

  protected override disposeWeights(): number {
    tf.dispose(this.constants);
    return super.disposeWeights();
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), frames: this.frames };
  }
}

tf.serialization.registerClass(PaddingMask);
