import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { isDifferentiating } from '../runtime/differentiation.js';

/**
 * Tensors that follow from variables, such as a kernel with its batch norm folded in: kept until a variable has another
 * value, or until they are wanted in another form.
 */
export class DerivedTensors<Form extends string, Tensors extends Readonly<Record<string, tf.Tensor>>> {
  private kept: { readonly tensors: Tensors; readonly form: Form; readonly values: readonly object[] } | undefined;

  constructor(
    private readonly sources: readonly LayerVariable[],
    private readonly derive: (form: Form) => Tensors,
  ) {}

  /** While tfjs differentiates they are derived each time, so that gradients reach the variables. */
  read(form: Form): Tensors {
    if (isDifferentiating()) return this.derive(form);
    // A variable that is written gets other data; those of before are never overwritten.
    const values = this.sources.map((source) => source.read().dataId);
    const { kept } = this;
    if (kept?.form === form && kept.values.every((value, i) => value === values[i])) return kept.tensors;
    this.dispose();
    const tensors = tf.tidy(() => {
      const derived = this.derive(form);
      for (const one of Object.values(derived)) tf.keep(one);
      return derived;
    });
    this.kept = { tensors, form, values };
    return tensors;
  }

  dispose(): void {
    if (this.kept) tf.dispose(this.kept.tensors);
    this.kept = undefined;
  }
}
