import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { onlyInput } from './weighted-layer.js';

/** The mean over all bands: `[batch, band, frame, channel]` → `[batch, frame, channel]`. */
export class BandMean extends layers.Layer {
  static readonly className = 'MusrepBandMean';

  override computeOutputShape([batch, , frames, channels]: number[]): number[] {
    return [batch, frames, channels] as number[];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mean(onlyInput(inputs), 1);
  }
}

tf.serialization.registerClass(BandMean);
