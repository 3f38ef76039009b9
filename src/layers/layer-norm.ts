import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { layerNorm } from '../runtime/transformer-ops.js';
import { onlyInput, WeightedLayer } from './weighted-layer.js';

const EPSILON = 1e-5;

/** Layer normalisation over the last axis. */
export class LayerNorm extends WeightedLayer {
  static readonly className = 'MusrepLayerNorm';
  private gamma!: LayerVariable;
  private beta!: LayerVariable;

  override build(inputShape: number[]): void {
    const width = [inputShape.at(-1) as number];
    this.gamma = this.ones('gamma', width);
    this.beta = this.zeros('beta', width);
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => layerNorm(onlyInput(inputs), this.gamma.read(), this.beta.read(), EPSILON));
  }
}

tf.serialization.registerClass(LayerNorm);
