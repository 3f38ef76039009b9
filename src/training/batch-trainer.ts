import { MusrepError } from '../core/errors.js';
import { BatchNorm } from '../layers/batch-norm.js';
import { Backprop } from './backprop.js';
import type { CheckedBatch } from './batches.js';
import { gradientDivergence, lossDivergence } from './divergence.js';
import { GradientSum } from './gradient-sum.js';
import { MemoryGuard } from './memory-guard.js';
import { clipFactor, globalNorm, Optimizer } from './optimizer.js';
import type { Plan } from './plan.js';
import type { Tensors } from './run-data.js';
import { Statistics } from './statistics.js';
import type { OptimizerOptions } from './update-rules.js';

const STEP = { name: 'a step of training', advice: "; 'accumulate' averages the gradients of several batches" };

/** Makes a model's weights better, batch by batch: gradients are summed up by `add`, and applied by `update`. */
export class BatchTrainer {
  private readonly backprop: Backprop;
  private optimizer: Optimizer;
  private readonly guard: MemoryGuard;
  private readonly sum = new GradientSum();
  /** As they were before the first batch of the update. */
  private statistics: Statistics | undefined;
  /** The name of a layer that no batch of one can pass. */
  private readonly vectorNorm: string | undefined;

  constructor(
    private readonly plan: Plan,
    options: OptimizerOptions,
  ) {
    this.optimizer = new Optimizer(options, plan.parameters);
    this.backprop = new Backprop(plan.output, plan.loss, plan.step, plan.parameters);
    this.guard = new MemoryGuard(STEP, (inputs) => this.backprop.rehearse(inputs));
    this.vectorNorm = vectorNormOf(plan);
  }

  /** How many batches wait for the next update. */
  get pending(): number {
    return this.sum.count;
  }

  /** @param state - what an optimiser of the same kind has saved. */
  useOptimizer(options: OptimizerOptions, state: Tensors): void {
    this.optimizer.dispose();
    this.optimizer = new Optimizer(options, this.plan.parameters);
    this.optimizer.restore(state);
  }

  saveOptimizer(): Promise<Tensors> {
    return this.optimizer.save();
  }

  /** Adds a batch's gradients, and gives its loss. `seed` fixes the dropout masks; `step` is for messages. */
  async add(batch: CheckedBatch, seed: number, step: number): Promise<number> {
    const { model, output } = this.plan;
    if (batch.inputs.shape[0] === 1 && this.vectorNorm !== undefined) {
      throw new MusrepError(
        'bad-shape',
        `The batch norm '${this.vectorNorm}' expects at least 2 items in a batch. Received: 1, whose variance is 0. Leave the batch out, or join it to another.`,
      );
    }
    this.guard.requireRoom(batch.inputs);
    if (this.pending === 0) this.keepStatistics();
    const { loss, gradients } = this.gradientsOf(batch, seed);
    this.sum.add(gradients);
    const [value] = (await loss.data()) as Float32Array;
    loss.dispose();
    if (Number.isFinite(value)) return value as number;
    this.backprop.seedMasks(seed);
    throw this.restored(await lossDivergence(model, output, batch.inputs, step));
  }

  /** Changes the weights by the mean of the gradients that were added. */
  async update(scheduleFactor: number, step: number): Promise<void> {
    const { gradients, count } = this.sum;
    const length = globalNorm(gradients);
    const [norm] = (await length.data()) as Float32Array;
    length.dispose();
    const { model, parameters, clipNorm } = this.plan;
    if (!Number.isFinite(norm)) throw this.restored(await gradientDivergence(model, parameters, gradients, step));
    const gradientFactor = clipFactor((norm as number) / count, clipNorm) / count;
    this.optimizer.apply(gradients, { scheduleFactor, gradientFactor });
    this.sum.clear();
  }

  dispose(): void {
    this.statistics?.dispose();
    this.sum.clear();
    this.optimizer.dispose();
  }

  private gradientsOf(batch: CheckedBatch, seed: number) {
    try {
      return this.backprop.gradientsOf(batch, seed);
    } catch (error) {
      throw this.restored(error);
    }
  }

  private keepStatistics(): void {
    this.statistics?.dispose();
    this.statistics = new Statistics(this.plan.output.model);
  }

  /** The error of a step that was not made, so that it must leave nothing behind. */
  private restored<E>(error: E): E {
    this.statistics?.restore();
    return error;
  }
}

/** The first batch norm over vectors: of one item their variance is 0. Images have many values a channel. */
function vectorNormOf({ model, frozen }: Plan): string | undefined {
  const norms = model.layersModel.layers.filter((layer) => layer instanceof BatchNorm && !frozen.includes(layer.name));
  return norms.find(({ output }) => !Array.isArray(output) && output.rank === 2)?.name;
}
