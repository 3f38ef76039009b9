import type * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { isDifferentiating } from '../runtime/differentiation.js';
import { type KeptData, keepData, releaseData, tensorOver } from '../runtime/kept-data.js';

/**
 * Tensors that follow from variables, such as a kernel with its batch norm folded in: their values are kept until a variable
 * has another one, or until they are wanted in another form.
 */
export class DerivedTensors<Form extends string, Tensors extends Readonly<Record<string, tf.Tensor>>> {
  private kept:
    | { readonly data: Record<string, KeptData>; readonly form: Form; readonly from: readonly object[] }
    | undefined;

  constructor(
    private readonly sources: readonly LayerVariable[],
    private readonly derive: (form: Form) => Tensors,
  ) {}

  /** The tensors are the caller's. While tfjs differentiates they are derived each time, so that gradients reach the variables. */
  read(form: Form): Tensors {
    if (isDifferentiating()) return this.derive(form);
    // A variable that is written gets other data; those of before are never overwritten.
    const from = this.sources.map((source) => source.read().dataId);
    const { kept } = this;
    if (kept?.form === form && kept.from.every((data, i) => data === from[i])) {
      return mapped(kept.data, tensorOver) as Tensors;
    }
    this.dispose();
    const tensors = this.derive(form);
    this.kept = { data: mapped(tensors, keepData), form, from };
    return tensors;
  }

  dispose(): void {
    if (this.kept) for (const data of Object.values(this.kept.data)) releaseData(data);
    this.kept = undefined;
  }
}

function mapped<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
