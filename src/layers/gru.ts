import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { onlyInput, WeightedLayer } from './weighted-layer.js';

interface GruConfig {
  readonly name: string;
  readonly units: number;
  /** How many are stacked. */
  readonly depth: number;
}

interface GruVariables {
  readonly inputWeight: LayerVariable;
  readonly inputBias: LayerVariable;
  readonly hiddenWeight: LayerVariable;
  readonly hiddenBias: LayerVariable;
}

/**
 * Gated recurrent units as PyTorch has them, which tfjs lacks: `[batch, frame, channel]` → `[batch, frame, unit]`.
 *
 * r = σ(W_ir·x + b_ir + W_hr·h + b_hr), z likewise, n = tanh(W_in·x + b_in + r∘(W_hn·h + b_hn)), h' = (1 − z)∘n + z∘h.
 * The reset gate comes after the product, and both products have a bias. Gates lie in the order r, z, n.
 */
export class Gru extends WeightedLayer {
  static readonly className = 'MusrepGru';
  private readonly units: number;
  private readonly depth: number;
  private variables: GruVariables[] = [];

  constructor({ name, units, depth }: GruConfig) {
    super({ name });
    this.units = units;
    this.depth = depth;
  }

  /** PyTorch draws all of a GRU's variables uniformly on ±1/√units. */
  get initialFanIn(): number {
    return this.units;
  }

  override build(inputShape: number[]): void {
    const gates = 3 * this.units;
    this.variables = Array.from({ length: this.depth }, (_, i) => ({
      inputWeight: this.zeros(`weight_ih_l${i}`, [i === 0 ? (inputShape.at(-1) as number) : this.units, gates]),
      hiddenWeight: this.zeros(`weight_hh_l${i}`, [this.units, gates]),
      inputBias: this.zeros(`bias_ih_l${i}`, [gates]),
      hiddenBias: this.zeros(`bias_hh_l${i}`, [gates]),
    }));
    this.built = true;
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return [...inputShape.slice(0, -1), this.units];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() =>
      this.variables.reduce<tf.Tensor3D>((sequence, variables) => this.run(sequence, variables), onlyInput(inputs)),
    );
  }

  private run(sequence: tf.Tensor3D, variables: GruVariables): tf.Tensor3D {
    const [batch, frames, channels] = sequence.shape;
    const { units } = this;
    // What does not depend on the past is one product for all frames.
    const rows = tf.reshape(sequence, [batch * frames, channels]);
    const projected = tf.add(tf.matMul(rows, variables.inputWeight.read() as tf.Tensor2D), variables.inputBias.read());
    const gates = tf.reshape(projected, [batch, frames, 3 * units]);
    const hiddenWeight = variables.hiddenWeight.read() as tf.Tensor2D;
    const states: tf.Tensor3D[] = [];
    let h = tf.zeros([batch, units]) as tf.Tensor2D;
    for (let t = 0; t < frames; t++) {
      const fromInput = tf.reshape(tf.slice(gates, [0, t, 0], [batch, 1, 3 * units]), [batch, 3 * units]);
      const fromState = tf.add(tf.matMul(h, hiddenWeight), variables.hiddenBias.read()) as tf.Tensor2D;
      h = this.step(fromInput as tf.Tensor2D, fromState, h);
      states.push(tf.expandDims(h, 1) as tf.Tensor3D);
    }
    return tf.concat(states, 1);
  }

  private step(fromInput: tf.Tensor2D, fromState: tf.Tensor2D, h: tf.Tensor2D): tf.Tensor2D {
    const { units } = this;
    const [batch] = h.shape;
    const part = (x: tf.Tensor2D, gate: number, count = 1) => tf.slice(x, [0, gate * units], [batch, count * units]);
    const resetAndUpdate = tf.sigmoid(tf.add(part(fromInput, 0, 2), part(fromState, 0, 2))) as tf.Tensor2D;
    const reset = part(resetAndUpdate, 0);
    const update = part(resetAndUpdate, 1);
    const candidate = tf.tanh(tf.add(part(fromInput, 2), tf.mul(reset, part(fromState, 2))));
    return tf.add(candidate, tf.mul(update, tf.sub(h, candidate)));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.units, depth: this.depth };
  }
}

tf.serialization.registerClass(Gru);
