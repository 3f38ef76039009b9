import * as tf from '@tensorflow/tfjs-core';
import { eventLoopTurn } from '../core/inference.js';
import type { AudioModel } from '../core/model.js';
import { childSeed } from '../core/random.js';
import { assignWeights } from '../io/assign-weights.js';
import { tensorsOf } from '../io/model-folder.js';
import type { Folder } from '../platform/folder.js';
import { BatchTrainer } from './batch-trainer.js';
import { type Batch, type Batches, type BatchSequence, checkBatch } from './batches.js';
import type { TrainingCallback, TrainingProgress, TrainingRun } from './callbacks.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.js';
import { batchesOf, remaining } from './epoch-batches.js';
import { evaluate, type Metrics } from './evaluation.js';
import type { FitOptions } from './fit-options.js';
import { bestEpoch, type EpochRecord, type History, type Monitor } from './history.js';
import type { Plan } from './plan.js';
import { type Position, START, type Tensors } from './run-data.js';
import { type Stage, stageAt } from './stages.js';
import { TrainingClock } from './training-clock.js';

/** A model being trained: all that changes on the way. */
export class Run implements TrainingRun {
  readonly model: AudioModel;
  readonly monitor: Monitor;
  private readonly trainer: BatchTrainer;
  private readonly clock: TrainingClock;
  private readonly position: Position = { ...START };
  private readonly records: EpochRecord[] = [];
  private best: Tensors | undefined;

  constructor(
    private readonly plan: Plan,
    private readonly batches: Batches,
    private readonly options: FitOptions,
  ) {
    this.model = plan.model;
    this.monitor = plan.monitor ?? (options.validation ? 'validationLoss' : 'loss');
    this.trainer = new BatchTrainer(plan, this.stage.optimizer);
    this.clock = new TrainingClock(Array.isArray(batches) ? batches.length : undefined);
  }

  get history(): History {
    return this.records;
  }

  get progress(): TrainingProgress {
    const { epoch, batch, step, lossSum, learningRate } = this.position;
    const { epochs } = this.options;
    return {
      epoch: epoch + 1,
      epochs,
      batch,
      batchesPerEpoch: this.clock.batchesPerEpoch,
      step,
      loss: lossSum / Math.max(1, batch),
      learningRate,
      secondsLeft: this.clock.secondsLeft(epochs - epoch, batch),
    };
  }

  /** Trains until the last epoch, or until a callback ends it. */
  async run(): Promise<History> {
    const { epochs, keep = this.options.validation ? 'best' : 'last' } = this.options;
    while (this.position.epoch < epochs && !this.shouldStop()) {
      await this.enterStage();
      await this.runEpoch();
    }
    if (keep === 'best') this.reloadBest();
    return [...this.records];
  }

  async save(folder: Folder): Promise<void> {
    await writeCheckpoint(folder, this.plan.identity, {
      position: this.position,
      history: this.records,
      weights: await this.weights(),
      optimizer: await this.trainer.saveOptimizer(),
      best: this.best,
    });
  }

  async restore(folder: Folder): Promise<void> {
    const { position, history, weights, optimizer, best } = await readCheckpoint(folder, this.plan.identity);
    assignWeights(this.model.layersModel, weights);
    Object.assign(this.position, position);
    this.records.push(...history);
    this.best = best;
    this.trainer.useOptimizer(this.stage.optimizer, optimizer);
  }

  dispose(): void {
    this.trainer.dispose();
  }

  private get stage(): Stage {
    return this.plan.stages[this.position.stage] as Stage;
  }

  private get scheduleFactor(): number {
    const { step, stageStep, epoch } = this.position;
    const { schedule, fromEpoch } = this.stage;
    return schedule?.({ step: step - stageStep, epoch: epoch - fromEpoch }) ?? 1;
  }

  private shouldStop(): boolean {
    return this.options.callbacks?.some((callback) => callback.shouldStop?.(this)) ?? false;
  }

  /** Where a stage ends, the next begins with the best weights; the state of an optimiser of the same name goes on. */
  private async enterStage(): Promise<void> {
    const { position, plan } = this;
    const next = stageAt(plan.stages, position.epoch);
    if (next === position.stage) return;
    const before = this.stage.optimizer.name;
    position.stage = next;
    position.stageStep = position.step;
    this.reloadBest();
    const state = before === this.stage.optimizer.name ? await this.trainer.saveOptimizer() : new Map();
    this.trainer.useOptimizer(this.stage.optimizer, state);
  }

  private async runEpoch(): Promise<void> {
    const started = performance.now();
    const { position, plan } = this;
    const name = `epoch ${position.epoch + 1}`;
    this.clock.start();
    for await (const [where, batch] of remaining(this.sequence(this.batches), position.batch, name)) {
      this.options.signal?.throwIfAborted();
      await this.trainOn(batch, where);
      if (this.trainer.pending === plan.accumulate) await this.update();
      await eventLoopTurn();
    }
    if (this.trainer.pending > 0) await this.update();
    this.options.signal?.throwIfAborted();
    this.clock.batchesPerEpoch = position.batch;
    await this.endEpoch(started);
  }

  private async trainOn(batch: Batch, where: string): Promise<void> {
    const { position, plan } = this;
    const checked = await checkBatch(batch, plan.shape, where);
    try {
      const seed = childSeed(plan.seed, `batch ${position.batches}`);
      position.lossSum += await this.trainer.add(checked, seed, position.step + 1);
    } finally {
      tf.dispose([checked.inputs, checked.targets]);
    }
    position.batch++;
    position.batches++;
    this.clock.tick();
    this.options.onProgress?.(this.progress);
  }

  private async update(): Promise<void> {
    const { position, scheduleFactor } = this;
    await this.trainer.update(scheduleFactor, position.step + 1);
    position.step++;
    position.learningRate = this.stage.optimizer.learningRate * scheduleFactor;
    await this.call((callback) => callback.onStepEnd?.(this));
  }

  private async endEpoch(started: number): Promise<void> {
    const { position, records, plan } = this;
    const { validation, signal } = this.options;
    const metrics: Metrics = validation
      ? await evaluate(plan.output, plan.loss, this.sequence(validation), plan.shape, signal)
      : {};
    records.push({
      epoch: position.epoch + 1,
      steps: position.step,
      learningRate: position.learningRate,
      loss: position.lossSum / position.batch,
      ...metrics,
      seconds: (performance.now() - started) / 1000,
    });
    Object.assign(position, { epoch: position.epoch + 1, batch: 0, lossSum: 0 });
    if (bestEpoch(records, this.monitor) === records.at(-1)) this.best = await this.weights();
    await this.call((callback) => callback.onEpochEnd?.(this));
  }

  private sequence(batches: Batches): BatchSequence {
    return batchesOf(batches, this.position.epoch, this.plan.seed);
  }

  private async call(event: (callback: TrainingCallback) => void | Promise<void> | undefined): Promise<void> {
    for (const callback of this.options.callbacks ?? []) await event(callback);
  }

  private async weights(): Promise<Tensors> {
    return new Map(await tensorsOf(this.model.layersModel));
  }

  private reloadBest(): void {
    if (this.best) assignWeights(this.model.layersModel, this.best);
  }
}
