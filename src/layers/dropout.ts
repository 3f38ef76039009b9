import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { Masks } from './masks.js';
import { type CallArguments, isTraining, onlyInput } from './weighted-layer.js';

/** Dropout with a mask of its own at every step, by the seed. (With a seed, tfjs's own draws the same one each time.) */
export class Dropout extends layers.Layer {
  static readonly className = 'MusrepDropout';
  readonly masks: Masks;
  private readonly rate: number;
  private readonly seed: number;

  constructor(config: { name: string; rate: number; seed: number }) {
    super({ name: config.name });
    this.rate = config.rate;
    this.seed = config.seed;
    this.masks = new Masks(config.seed);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], call: CallArguments): tf.Tensor {
    const x = onlyInput(inputs);
    return isTraining(this, call) && this.rate > 0 ? this.masks.drop(x, this.rate) : tf.clone(x);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed };
  }
}

tf.serialization.registerClass(Dropout);
