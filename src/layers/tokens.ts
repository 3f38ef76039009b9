import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { numpyRandomSample } from '../core/numpy-random.js';
import { onlyInput, WeightedLayer } from './weighted-layer.js';

/** How frames learn where they are. */
export type Positions = 'learned' | 'sinusoidal' | 'none';

/** Whether the token that sums the sequence up is learned, or fixed for good. */
export type ClassToken = 'learned' | 'fixed';

export interface TokensConfig {
  readonly name: string;
  readonly classToken: ClassToken;
  readonly positions: Positions;
  /** Of learned positions, the class token's included. */
  readonly mostFrames: number;
}

/** What the published implementation of the CNNSA has drawn its fixed token with. */
const TOKEN_SEED = 0;

/** Puts the class token before a sequence and adds positions: `[batch, frame, channel]` → `[batch, 1 + frame, channel]`. */
export class Tokens extends WeightedLayer {
  static readonly className = 'MusrepTokens';
  private readonly config: TokensConfig;
  private token: LayerVariable | undefined;
  private positions: LayerVariable | undefined;
  private constants: tf.Tensor[] = [];

  constructor(config: TokensConfig) {
    super({ name: config.name });
    this.config = config;
  }

  override build([, frames, width]: number[]): void {
    const { classToken, positions, mostFrames } = this.config;
    const channels = width as number;
    if (classToken === 'learned') this.token = this.zeros('cls_token', [channels]);
    if (positions === 'learned') this.positions = this.zeros('pos_embedding', [1, mostFrames, channels]);
    const fixed = Float32Array.from(numpyRandomSample(TOKEN_SEED, channels));
    const waves = positions === 'sinusoidal' ? sinusoids((frames as number) + 1, channels) : tf.zeros([1, 1, channels]);
    this.constants = [tf.keep(tf.tensor1d(fixed)), tf.keep(waves)];
    this.built = true;
  }

  override computeOutputShape([batch, frames, channels]: number[]): number[] {
    return [batch as number, (frames as number) + 1, channels as number];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput<tf.Tensor3D>(inputs);
      const [batch, frames, channels] = x.shape;
      const [fixed, waves] = this.constants as [tf.Tensor1D, tf.Tensor3D];
      const token = this.token?.read() ?? fixed;
      const tokens = tf.tile(tf.reshape(token, [1, 1, channels]), [batch, 1, 1]);
      const sequence = tf.concat([tokens, x], 1);
      if (this.config.positions === 'none') return sequence;
      if (this.positions === undefined) return tf.add(sequence, waves);
      return tf.add(sequence, tf.slice(this.positions.read() as tf.Tensor3D, [0, 0, 0], [1, frames + 1, channels]));
    });
  }

  protected override disposeWeights(): number {
    tf.dispose(this.constants);
    return super.disposeWeights();
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...(this.config as unknown as tf.serialization.ConfigDict) };
  }
}

/** sin and cos of frame/10,000^(2i/width), in turns. */
function sinusoids(frames: number, width: number): tf.Tensor3D {
  const values = new Float32Array(frames * width);
  for (let t = 0; t < frames; t++) {
    for (let i = 0; i < width; i++) {
      const angle = t / 10_000 ** ((2 * Math.floor(i / 2)) / width);
      values[t * width + i] = i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return tf.tensor3d(values, [1, frames, width]);
}

tf.serialization.registerClass(Tokens);
