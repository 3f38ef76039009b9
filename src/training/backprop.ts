import * as tf from '@tensorflow/tfjs-core';
import { namingMissingKernels } from '../core/inference.js';
import { childSeed } from '../core/random.js';
import { drawsMasks, type MaskingLayer } from '../layers/masks.js';
import type { CheckedBatch } from './batches.js';
import type { OutputLoss } from './losses.js';
import type { OutputModel } from './output-layer.js';
import type { Parameter } from './parameters.js';

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
    private readonly parameters: readonly Parameter[],
  ) {
    this.masking = output.model.layers.filter(drawsMasks);
  }

  /** @param seed - fixes the dropout masks. */
  gradientsOf({ inputs, targets }: CheckedBatch, seed: number): Gradients {
    this.seedMasks(seed);
    const variables = this.parameters.map(({ variable }) => variable.read() as tf.Variable);
    const { value, grads } = tf.variableGrads(() => {
      const y = namingMissingKernels(() => this.output.model.apply(inputs, { training: true }) as tf.Tensor2D);
      return this.loss(targets, y);
    }, variables);
    return { loss: value, gradients: variables.map(({ name, shape }) => grads[name] ?? tf.zeros(shape)) };
  }

  seedMasks(seed: number): void {
    for (const layer of this.masking) layer.masks.restart(childSeed(seed, layer.name));
  }
}
