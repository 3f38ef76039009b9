import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { onlyInput } from './weighted-layer.js';

/** Lays the bands of a spectrogram beside its channels: `[batch, band, frame, channel]` → `[batch, frame, channel·band]`. */
export class FoldBands extends layers.Layer {
  static readonly className = 'MusrepFoldBands';

  override computeOutputShape([batch, bands, frames, channels]: number[]): number[] {
    return [batch as number, frames as number, (channels as number) * (bands as number)];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput<tf.Tensor4D>(inputs);
      const [batch, bands, frames, channels] = x.shape;
      // PyTorch flattens [channel, band], the channels first.
      const byFrame = bands === 1 ? x : tf.transpose(x, [0, 2, 3, 1]);
      return tf.reshape(byFrame, [batch, frames, channels * bands]);
    });
  }
}

tf.serialization.registerClass(FoldBands);
