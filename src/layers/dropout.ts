import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { childSeed } from '../core/random.js';
import { type CallArguments, onlyInput } from './weighted-layer.js';

/**
 * Dropout whose masks follow from the seed and the number of the step. (With a seed, tfjs's own draws the same mask at
 * every step.)
 */
export class Dropout extends layers.Layer {
  static readonly className = 'MusrepDropout';
  private readonly rate: number;
  private readonly seed: number;
  private step = 0;

  constructor(config: { name: string; rate: number; seed: number }) {
    super({ name: config.name });
    this.rate = config.rate;
    this.seed = config.seed;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training }: CallArguments): tf.Tensor {
    const x = onlyInput(inputs);
    if (!training || this.rate === 0) return tf.clone(x);
    return tf.dropout(x, this.rate, undefined, childSeed(this.seed, `step ${this.step++}`));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed };
  }
}

tf.serialization.registerClass(Dropout);
