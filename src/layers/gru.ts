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
    const { units } = this;
    const hiddenWeight = variables.hiddenWeight.read() as tf.Tensor2D;
    const parts = [2 * units, units] as const;
    const [gatesBias, candidateBias] = inTwo(variables.hiddenBias.read(), parts);
    const [gates, candidates] = this.fromInputs(sequence, variables, gatesBias);
    const states: tf.Tensor2D[] = [];
    let h = tf.zeros([sequence.shape[0], units]) as tf.Tensor2D;
    gates.forEach((fromInput, t) => {
      const [forGates, forCandidate] = inTwo(tf.matMul(h, hiddenWeight), parts);
      const [reset, update] = inTwo(tf.sigmoid(tf.add(fromInput, forGates)), [units, units]);
      const remembered = tf.mul(reset, tf.add(forCandidate, candidateBias));
      const candidate = tf.tanh(tf.add(candidates[t] as tf.Tensor, remembered));
      h = tf.add(candidate, tf.mul(update, tf.sub(h, candidate)));
      states.push(h);
    });
    return tf.stack(states, 1) as tf.Tensor3D;
  }

  /** What does not depend on the past, one product for all frames: of each frame r and z with all their biases, and n. */
  private fromInputs(
    sequence: tf.Tensor3D,
    { inputWeight, inputBias }: GruVariables,
    gatesBias: tf.Tensor,
  ): [gates: tf.Tensor[], candidates: tf.Tensor[]] {
    const [batch, frames, channels] = sequence.shape;
    const { units } = this;
    const rows = tf.reshape(sequence, [batch * frames, channels]);
    const projected = tf.add(tf.matMul(rows, inputWeight.read() as tf.Tensor2D), inputBias.read());
    const [gates, candidates] = inTwo(projected, [2 * units, units]);
    const perFrame = (x: tf.Tensor, width: number) => tf.unstack(tf.reshape(x, [batch, frames, width]), 1);
    return [perFrame(tf.add(gates, gatesBias), 2 * units), perFrame(candidates, units)];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.units, depth: this.depth };
  }
}

/** Two parts of the last axis. */
function inTwo(x: tf.Tensor, widths: readonly [number, number]): [tf.Tensor, tf.Tensor] {
  return tf.split(x, [...widths], x.rank - 1) as [tf.Tensor, tf.Tensor];
}

tf.serialization.registerClass(Gru);
