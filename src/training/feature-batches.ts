import * as tf from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { MusrepError, unknownName } from '../core/errors.js';
import { eventLoopTurn, namingMissingKernels } from '../core/inference.js';
import type { AudioModel } from '../core/model.js';
import { type Batch, type BatchSequence, checkBatch, numbered } from './batches.js';
import { followsFrom, forward } from './forward.js';

/** What batches hold in place of waveforms. */
export interface Features {
  /** What the block gives, in the model's graph. */
  readonly tensor: SymbolicTensor;
  /** The layers before it and its own, which have nothing to do then. */
  readonly layers: readonly string[];
}

/**
 * What a block gives, to be trained on.
 *
 * @throws {@link MusrepError} `unknown-name` for a block that there is not; `bad-option` for one behind which the model
 * looks at the waveform again.
 */
export function featuresOf({ parts, layersModel }: AudioModel, block: string): Features {
  const names = parts.slice(0, -1).map((part) => part.block);
  const last = names.lastIndexOf(block);
  if (last === -1) throw unknownName('block before the head', block, names);
  const { output: tensor } = parts[last] as (typeof parts)[number];
  if (!followsFrom(layersModel.outputs[0] as SymbolicTensor, tensor)) {
    throw new MusrepError(
      'bad-option',
      `Trainer: what follows '${block}' has to see the waveform too. Name a later block, or leave 'features' out.`,
    );
  }
  return { tensor, layers: parts.slice(0, last + 1).flatMap(({ layers }) => layers) };
}

/**
 * Batches of what a block gives, of batches of waveforms: for a trainer with that block as `features`. A pretrained part
 * that stays as it is then computes once, and not in every epoch. As in inference: by the running statistics, without
 * dropout. Keep them in an array to go through them again.
 *
 * @param block - the name of a block before the head; of several with one name the last.
 * @throws {@link MusrepError} `unknown-name` for a block that there is not; `bad-option` for one behind which the model
 * looks at the waveform again; `bad-shape`, `bad-audio` for a batch that cannot be.
 *
 * @example
 * ```ts
 * import { MusiCNN, multiLabel } from 'musrep';
 * import { type Batch, featureBatches, Trainer, withHead } from 'musrep/training';
 *
 * const model = withHead(await MusiCNN.pretrained('mtat'), multiLabel(['calm', 'lively']));
 * const noise = (seed: number) => Float32Array.from({ length: model.samples }, (_, i) => Math.sin(seed * i * i));
 * const batches = [{ inputs: [noise(1), noise(2)], targets: [[1, 0], [0, 1]] }];
 *
 * const features: Batch[] = [];
 * for await (const batch of featureBatches(model, 'musicnnBackend', batches)) features.push(batch);
 * const optimizer = { name: 'adam', learningRate: 1e-3 } as const;
 * const trainer = new Trainer(model, { features: 'musicnnBackend', optimizer, loss: 'binaryCrossentropy' });
 * await trainer.fit(features, { epochs: 20 });
 * ```
 */
export async function* featureBatches(model: AudioModel, block: string, batches: BatchSequence): AsyncGenerator<Batch> {
  const { tensor } = featuresOf(model, block);
  const [input] = model.layersModel.inputs as [SymbolicTensor];
  const shape = { inputs: [model.samples], labels: model.labels, boundedTargets: false };
  for await (const [where, batch] of numbered(batches, 'the features')) {
    const { inputs, targets } = await checkBatch(batch, shape, where);
    const features = tf.tidy(() => namingMissingKernels(() => forward(tensor, input, inputs, { training: false })));
    const [values, truth] = await Promise.all([features.data(), targets.data()]);
    const items = inputs.shape[0] as number;
    tf.dispose([features, inputs, targets]);
    yield { inputs: rowsOf(values as Float32Array, items), targets: rowsOf(truth as Float32Array, items) };
    await eventLoopTurn();
  }
}

/** In arrays of their own: what a tfjs backend gives may lie in its memory. */
function rowsOf(values: Float32Array, rows: number): Float32Array[] {
  const width = values.length / rows;
  return Array.from({ length: rows }, (_, i) => values.slice(i * width, (i + 1) * width));
}
