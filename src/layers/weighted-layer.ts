import type * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { DerivedTensors } from './derived-tensors.js';

/** What the layers of the library share: how they add variables and read their input. */
export abstract class WeightedLayer extends layers.Layer {
  private readonly derived: { dispose(): void }[] = [];

  /** A variable of zeros; the model gives it its initial values once it is built, by its name and the one seed. */
  zeros(name: string, shape: number[], trainable = true): LayerVariable {
    return this.addWeight(name, shape, 'float32', initializers.zeros(), undefined, trainable);
  }

  /** A variable of ones, likewise. */
  ones(name: string, shape: number[], trainable = true): LayerVariable {
    return this.addWeight(name, shape, 'float32', initializers.constant({ value: 1 }), undefined, trainable);
  }

  /** What follows from variables of the layer, disposed of with it. */
  derive<Form extends string, Tensors extends Readonly<Record<string, tf.Tensor>>>(
    sources: readonly LayerVariable[],
    derive: (form: Form) => Tensors,
  ): DerivedTensors<Form, Tensors> {
    const derived = new DerivedTensors(sources, derive);
    this.derived.push(derived);
    return derived;
  }

  protected override disposeWeights(): number {
    for (const one of this.derived) one.dispose();
    return super.disposeWeights();
  }
}

/** The input of a layer that has one: tfjs hands it over alone or in an array. */
export function onlyInput<T extends tf.Tensor>(inputs: tf.Tensor | tf.Tensor[]): T {
  return (Array.isArray(inputs) ? inputs[0] : inputs) as T;
}

/** The keyword arguments with which tfjs calls a layer. */
export interface CallArguments {
  readonly training?: boolean;
}

/** A layer that is frozen computes as in inference while others train: its statistics stay, and nothing is dropped. */
export function isTraining(layer: layers.Layer, { training }: CallArguments): boolean {
  return training === true && layer.trainable;
}
