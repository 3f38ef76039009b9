import * as tf from '@tensorflow/tfjs-core';

/** The sum of the gradients of some batches; owns its tensors. */
export class GradientSum {
  private sums: tf.Tensor[] = [];
  private added = 0;

  /** How many batches it is of. */
  get count(): number {
    return this.added;
  }

  /** In the order of the parameters. */
  get gradients(): readonly tf.Tensor[] {
    return this.sums;
  }

  /** Takes the tensors over. */
  add(gradients: tf.Tensor[]): void {
    const before = this.sums;
    this.sums = before.length === 0 ? gradients : before.map((sum, i) => tf.add(sum, gradients[i] as tf.Tensor));
    if (before.length > 0) tf.dispose([before, gradients]);
    this.added++;
  }

  clear(): void {
    tf.dispose(this.sums);
    this.sums = [];
    this.added = 0;
  }
}
