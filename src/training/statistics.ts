import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';

/** What a model's forward pass moves in training, as it was at one moment: the running statistics of batch norms. */
export class Statistics {
  private readonly variables: readonly LayerVariable[];
  private readonly values: readonly tf.Tensor[];

  constructor(model: LayersModel) {
    this.variables = model.weights.filter(({ trainable }) => !trainable);
    this.values = this.variables.map((variable) => tf.clone(variable.read()));
  }

  restore(): void {
    for (const [i, variable] of this.variables.entries()) variable.write(this.values[i] as tf.Tensor);
  }

  dispose(): void {
    tf.dispose([...this.values]);
  }
}
