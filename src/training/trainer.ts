import { requireChoice, requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import type { AudioModel } from '../core/model.js';
import type { Batches, BatchSequence } from './batches.js';
import { evaluate, type Metrics } from './evaluation.js';
import type { FitOptions } from './fit-options.js';
import type { History } from './history.js';
import { type Plan, planOf, type TrainerOptions } from './plan.js';
import { Run } from './run.js';

/**
 * Trains a model on any tfjs backend (thesis 3.3, 3.5).
 *
 * Batch norm normalises by each batch and moves its statistics as PyTorch does, dropout is active, and both follow from the
 * seed and the number of the batch: the same batches give the same weights, bit for bit on one tfjs backend.
 *
 * @example
 * ```ts
 * import { audioModel, convStack, globalPool, melSpectrogram, multiLabel, useTfjsBackend } from 'musrep';
 * import { earlyStopping, Trainer } from 'musrep/training';
 *
 * await useTfjsBackend('wasm');
 * const model = audioModel({ sampleRate: 8000, seconds: 1, seed: 7 })
 *   .frontend(melSpectrogram({ bands: 32, fMax: 4000 }))
 *   .backend(convStack({ filters: [8, 16], pools: [[2, 2], [4, 4]] }))
 *   .backend(globalPool({ pool: 'max' }))
 *   .head(multiLabel(['high', 'low'], { dropout: 0.2 }))
 *   .build();
 *
 * const tone = (hertz: number) => Float32Array.from({ length: model.samples }, (_, i) => Math.sin((hertz * i * 6.283) / 8000));
 * const batches = [{ inputs: [tone(3000), tone(90), tone(2500), tone(120)], targets: [[1, 0], [0, 1], [1, 0], [0, 1]] }];
 * const trainer = new Trainer(model, { optimizer: { name: 'adam', learningRate: 0.01 }, loss: 'binaryCrossentropy', seed: 1 });
 * const history = await trainer.fit(batches, { epochs: 3, validation: batches, callbacks: [earlyStopping({ patience: 20 })] });
 * console.table(history);
 * ```
 */
export class Trainer<const L extends readonly string[] = readonly string[]> {
  private readonly plan: Plan;
  private isRunning = false;

  /**
   * @throws {@link MusrepError} `bad-option` for an option that cannot be, or a loss that does not fit the head;
   * `unknown-name` for a block, layer, label, loss or optimiser that there is not (the nearest is named).
   */
  constructor(model: AudioModel<L>, options: TrainerOptions<L[number]>) {
    this.plan = planOf(model, options as TrainerOptions);
  }

  /**
   * Trains the model on batches of waveforms `[batch, sample]`, or of what `features` names, and targets `[batch, label]`, from its present weights or from
   * a checkpoint. Each call is a run of its own with an optimiser that begins anew, unless it resumes another. Between two
   * batches the event loop gets a turn.
   *
   * @returns one record per epoch.
   * @throws {@link MusrepError} `bad-shape` for a batch of another width, or of one item where batch norm cannot take it;
   * `bad-audio` for a sample that is not finite (batch, item and place are named); `bad-option` for targets that cannot be,
   * or if there is no batch; `diverged` for a loss or gradient that is not finite, with the step and the layer where it
   * began; `out-of-memory` for a batch that would not fit the wasm heap, naming one that would; `bad-checkpoint`, `not-found` on resuming; what a callback throws.
   */
  async fit(batches: Batches, options: FitOptions): Promise<History> {
    this.checkFit(options);
    const { model, frozen } = this.plan;
    const still = model.layersModel.layers.filter(({ name, trainable }) => trainable && frozen.includes(name));
    this.isRunning = true;
    for (const layer of still) layer.trainable = false;
    const run = new Run(this.plan, batches, options);
    try {
      options.signal?.throwIfAborted();
      if (options.resume !== undefined) await run.restore(options.resume);
      return await run.run();
    } finally {
      run.dispose();
      for (const layer of still) layer.trainable = true;
      this.isRunning = false;
    }
  }

  /**
   * Loss, ROC-AUC, average precision and accuracy of the model as it is now, in inference mode.
   *
   * @throws {@link MusrepError} as {@link Trainer.fit} for a batch that cannot be.
   */
  async evaluate(batches: BatchSequence, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Metrics> {
    const { output, loss, shape } = this.plan;
    return evaluate(output, loss, batches, shape, signal);
  }

  private checkFit({ epochs, keep, validation }: FitOptions): void {
    requireWhole('fit', 'epochs', epochs);
    if (keep !== undefined) requireChoice('fit', 'keep', keep, ['best', 'last']);
    const { monitor } = this.plan;
    if (monitor !== undefined && monitor !== 'loss' && validation === undefined) {
      throw new MusrepError('bad-option', `fit: the monitor '${monitor}' needs 'validation'. Received: none.`);
    }
    if (this.isRunning) throw new MusrepError('bad-option', 'fit: this trainer is still training. Wait for it to end.');
  }
}
