import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { onlyInput } from './weighted-layer.js';

/** The first or the last frame of a sequence: `[batch, frame, channel]` → `[batch, channel]`. */
export class OneFrame extends layers.Layer {
  static readonly className = 'MusrepOneFrame';
  private readonly which: 'first' | 'last';

  constructor(config: { readonly name: string; readonly which: 'first' | 'last' }) {
    super({ name: config.name });
    this.which = config.which;
  }

  override computeOutputShape([batch, , channels]: number[]): number[] {
    return [batch as number, channels as number];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput<tf.Tensor3D>(inputs);
      const [batch, frames, channels] = x.shape;
      const at = this.which === 'first' ? 0 : frames - 1;
      return tf.reshape(tf.slice(x, [0, at, 0], [batch, 1, channels]), [batch, channels]);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), which: this.which };
  }
}

tf.serialization.registerClass(OneFrame);
