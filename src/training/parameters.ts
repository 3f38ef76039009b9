import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { MusrepError, unknownName } from '../core/errors.js';
import type { AudioModel } from '../core/model.js';
import { variableKey } from '../core/variables.js';

/** A variable that is trained. */
export interface Parameter {
  /** `layer/role`, under which its optimiser state is saved. */
  readonly key: string;
  readonly variable: LayerVariable;
  /** Of the learning rate. */
  readonly factor: number;
}

/** What of a model is trained, and how fast. Names are those of blocks (`model.parts`) or of single layers. */
export interface ParameterOptions {
  /** Not trained at all: these compute as in inference, with batch-norm statistics as they are and without dropout. */
  readonly frozen?: readonly string[];
  /** Factors of the learning rate, such as 0.1 for a pretrained block; 1 for what is not named. */
  readonly learningRateFactors?: Readonly<Record<string, number>>;
}

/**
 * The variables that are trained.
 *
 * @throws {@link MusrepError} `unknown-name` for a block or layer that there is not; `bad-option` for a factor that is
 * not positive, or if nothing is left to train.
 */
export function parametersOf(
  model: AudioModel,
  { frozen = [], learningRateFactors = {} }: ParameterOptions,
): Parameter[] {
  const still = new Set(frozenLayers(model, frozen));
  const factors = new Map<string, number>();
  for (const [name, factor] of Object.entries(learningRateFactors)) {
    if (!(factor > 0 && Number.isFinite(factor))) {
      throw new MusrepError('bad-option', `learningRateFactors: '${name}' must be above 0. Received: ${factor}.`);
    }
    for (const layer of layersNamed(model, name)) factors.set(layer, factor);
  }
  const trained = model.layersModel.layers.filter((layer) => !still.has(layer.name));
  const parameters = trained.flatMap(({ name, trainableWeights }) =>
    trainableWeights.map((variable) => ({ key: variableKey(variable), variable, factor: factors.get(name) ?? 1 })),
  );
  if (parameters.length > 0) return parameters;
  throw new MusrepError('bad-option', 'All blocks are frozen: there is nothing to train. Leave one out of `frozen`.');
}

/** The names of the layers that stay as they are. */
export function frozenLayers(model: AudioModel, names: readonly string[]): string[] {
  return names.flatMap((name) => layersNamed(model, name));
}

/** The layers of all blocks of a name, or the one layer of it. */
function layersNamed({ parts }: AudioModel, name: string): readonly string[] {
  const blocks = parts.filter(({ block }) => block === name);
  if (blocks.length > 0) return blocks.flatMap(({ layers }) => layers);
  const layers = parts.flatMap((part) => part.layers);
  if (layers.includes(name)) return [name];
  throw unknownName('block or layer', name, [...new Set([...parts.map(({ block }) => block), ...layers])]);
}
