import type { HeadBlock } from '../core/head.js';
import { type AnyAudioModel, AudioModel } from '../core/model.js';
import { variableKey } from '../core/variables.js';

/**
 * A new model with the blocks of `model` and their weights under another head, to be fine-tuned (thesis 2.3.1). The head
 * begins with initial values by the model's seed; `model` itself stays as it is, and each is disposed of by itself.
 *
 * @param head - any head that takes an embedding, such as `multiLabel([…])`.
 * @throws {@link MusrepError} `bad-shape` for a head that does not take what the back end gives.
 *
 * @example
 * ```ts
 * import { multiLabel, MusiCNN } from 'musrep';
 * import { type Batches, Trainer, withHead } from 'musrep/training';
 *
 * const model = withHead(await MusiCNN.pretrained('mtat'), multiLabel(['calm', 'tense']));
 * const trainer = new Trainer(model, {
 *   optimizer: { name: 'adam', learningRate: 1e-3 },
 *   loss: 'binaryCrossentropy',
 *   frozen: ['melSpectrogram', 'musicnnFilters', 'musicnnBackend'],
 * });
 * const fineTune = (batches: Batches) => trainer.fit(batches, { epochs: 5 });
 * ```
 */
export function withHead<const L extends readonly string[]>(
  model: AnyAudioModel,
  head: HeadBlock<L, 'embedding'>,
): AudioModel<L> {
  const result = new AudioModel<L>({ ...model.spec, head });
  const kept = new Set(model.parts.filter(({ role }) => role !== 'head').flatMap(({ layers }) => layers));
  for (const layer of model.layersModel.layers.filter(({ name }) => kept.has(name))) {
    const variables = new Map(result.layersModel.getLayer(layer.name).weights.map((one) => [variableKey(one), one]));
    for (const variable of layer.weights) variables.get(variableKey(variable))?.write(variable.read());
  }
  return result;
}
