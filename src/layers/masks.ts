import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { childSeed } from '../core/random.js';

/** The dropout masks of a layer, each fixed by the seed and the number of those before it. */
export class Masks {
  private drawn = 0;

  constructor(private seed: number) {}

  /** Begins anew: whoever trains does so at each step, so that a run that is resumed draws what it would have drawn. */
  restart(seed: number): void {
    this.seed = seed;
    this.drawn = 0;
  }

  /** Sets values to 0 with probability `rate`, and scales the others up so that the expectation stays. */
  drop<T extends tf.Tensor>(x: T, rate: number): T {
    return tf.dropout(x, rate, undefined, childSeed(this.seed, `mask ${this.drawn++}`)) as T;
  }
}

/** A layer that draws masks. */
export interface MaskingLayer extends layers.Layer {
  readonly masks: Masks;
}

export function drawsMasks(layer: layers.Layer): layer is MaskingLayer {
  return (layer as Partial<MaskingLayer>).masks instanceof Masks;
}
