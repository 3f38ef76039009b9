import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensor } from '../io/safetensors.js';
import type { Parameter } from './parameters.js';
import { type OptimizerOptions, type UpdateRule, updateRuleOf } from './update-rules.js';

/** How one step is made. */
export interface StepSize {
  /** Of the learning rate. */
  readonly scheduleFactor: number;
  /** Of the gradients. */
  readonly gradientFactor: number;
}

/** Changes a model's variables by their gradients, and remembers what its rule needs to. */
export class Optimizer {
  private readonly rule: UpdateRule;
  /** Per parameter. */
  private slots: tf.Tensor[][];
  private steps = 0;

  constructor(
    private readonly options: OptimizerOptions,
    private readonly parameters: readonly Parameter[],
  ) {
    this.rule = updateRuleOf(options);
    this.slots = parameters.map(({ variable }) =>
      this.rule.slots.map(() => tf.keep(tf.zeros(variable.shape as number[]))),
    );
  }

  /** One step; `gradients` in the order of the parameters. */
  apply(gradients: readonly tf.Tensor[], { scheduleFactor, gradientFactor }: StepSize): void {
    this.steps++;
    this.parameters.forEach(({ variable, factor }, i) => {
      const learningRate = this.options.learningRate * scheduleFactor * factor;
      tf.tidy(() => {
        const slots = this.slots[i] as tf.Tensor[];
        const raw = gradients[i] as tf.Tensor;
        const gradient = gradientFactor === 1 ? raw : tf.mul(raw, gradientFactor);
        const next = this.rule.next({ value: variable.read(), gradient, slots }, { learningRate, step: this.steps });
        variable.write(next.value);
        this.slots[i] = next.slots.map((slot) => tf.keep(slot));
        tf.dispose(slots);
      });
    });
  }

  /** All that it remembers, by `key#slot`; `#steps` counts its steps. */
  async save(): Promise<Map<string, NamedTensor>> {
    const saved = new Map<string, NamedTensor>([['#steps', { shape: [1], values: Float32Array.of(this.steps) }]]);
    for (const [i, { key }] of this.parameters.entries()) {
      for (const [j, slot] of this.rule.slots.entries()) {
        const tensor = this.slots[i]?.[j] as tf.Tensor;
        saved.set(`${key}#${slot}`, { shape: tensor.shape, values: (await tensor.data()) as Float32Array });
      }
    }
    return saved;
  }

  /** Takes back what `save` gave. What it does not hold stays: the state of another rule is none. */
  restore(saved: ReadonlyMap<string, NamedTensor>): void {
    this.steps = saved.get('#steps')?.values[0] ?? 0;
    this.slots = this.slots.map((slots, i) =>
      slots.map((slot, j) => {
        const tensor = saved.get(`${this.parameters[i]?.key}#${this.rule.slots[j]}`);
        if (tensor === undefined) return slot;
        slot.dispose();
        return tf.keep(tf.tensor(tensor.values, [...tensor.shape]));
      }),
    );
  }

  dispose(): void {
    tf.dispose(this.slots);
  }
}

/** √Σ g² over all gradients, as one tensor. */
export function globalNorm(gradients: readonly tf.Tensor[]): tf.Scalar {
  // Not by addN: on webgpu it takes only as many tensors as a shader may have buffers.
  return tf.tidy(() => tf.sqrt(tf.sum(tf.stack(gradients.map((one) => tf.sum(tf.square(one)))))));
}

/** By what gradients are multiplied so that their norm is at most `clipNorm`, as in PyTorch's `clip_grad_norm_`. */
export function clipFactor(norm: number, clipNorm: number | undefined): number {
  return clipNorm === undefined ? 1 : Math.min(1, clipNorm / (norm + 1e-6));
}
