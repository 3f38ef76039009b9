import * as tf from '@tensorflow/tfjs-core';
import type { MusrepError } from '../core/errors.js';
import { childSeed } from '../core/random.js';
import { drawsMasks, type MaskingLayer } from '../layers/masks.js';
import type { CheckedBatch } from './batches.js';
import type { OutputLoss } from './losses.js';
import { type OutputModel, outputOf } from './output-layer.js';
import type { Parameter } from './parameters.js';
import { Statistics } from './statistics.js';
import { notScalar, stepTools, type TrainingStep } from './training-step.js';

/** A batch's loss, and its gradient with respect to each parameter, in their order. */
export interface Gradients {
  readonly loss: tf.Scalar;
  readonly gradients: tf.Tensor[];
}

/** Computes gradients by a model in training mode: batch norm by the batch's statistics, dropout active. */
export class Backprop {
  private readonly masking: readonly MaskingLayer[];

  constructor(
    private readonly output: OutputModel,
    private readonly loss: OutputLoss,
    private readonly step: TrainingStep,
    private readonly parameters: readonly Parameter[],
  ) {
    this.masking = output.model.layers.filter(drawsMasks);
  }

  /** @param seed - fixes the dropout masks. */
  gradientsOf(batch: CheckedBatch, seed: number): Gradients {
    this.seedMasks(seed);
    const { variables } = this;
    const tools = stepTools((inputs) => this.outputOf(inputs), this.loss, this.output.activation, seed);
    let wrong: MusrepError | undefined;
    const lossOf = () => {
      const value = this.step(batch, tools);
      wrong = notScalar(value);
      // tfjs would keep what it has saved for the gradients if this were to throw.
      return wrong === undefined
        ? value
        : (tf.sum(value instanceof tf.Tensor ? value : this.outputOf(batch.inputs)) as tf.Scalar);
    };
    return tf.tidy(() => {
      const { value, grads } = tf.variableGrads(lossOf, variables);
      if (wrong !== undefined) throw wrong;
      return { loss: value, gradients: variables.map(({ name, shape }) => grads[name] ?? tf.zeros(shape)) };
    });
  }

  /**
   * Does the work of {@link gradientsOf} for nothing but its cost, and leaves the batch norms' statistics as they were.
   * The loss is another: it costs next to nothing, and one of the user's own may not take so few items.
   */
  rehearse(inputs: tf.Tensor): void {
    const before = new Statistics(this.output.model);
    try {
      tf.tidy(() => void tf.variableGrads(() => tf.sum(this.outputOf(inputs)), this.variables));
    } finally {
      before.restore();
      before.dispose();
    }
  }

  seedMasks(seed: number): void {
    for (const layer of this.masking) layer.masks.restart(childSeed(seed, layer.name));
  }

  private get variables(): tf.Variable[] {
    return this.parameters.map(({ variable }) => variable.read() as tf.Variable);
  }

  private outputOf(inputs: tf.Tensor): tf.Tensor2D {
    return outputOf(this.output, inputs, { training: true });
  }
}
