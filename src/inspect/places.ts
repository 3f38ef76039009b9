import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { unknownName } from '../core/errors.js';
import type { ModelPart } from '../core/graph.js';
import type { AnyAudioModel } from '../core/model.js';
import { Tokens } from '../layers/tokens.js';

/** A place in a model where something can be read: behind a block, or behind one of its layers. */
export interface Place {
  readonly name: string;
  readonly output: SymbolicTensor;
  /** Which of the model's parts it belongs to. */
  readonly part: number;
  /** Whether the first frame is a Transformer's class token. */
  readonly hasClassToken: boolean;
}

/** The blocks' names: of those that stand several times, the second is `convStack 2` … */
export function blockNames(parts: readonly ModelPart[]): string[] {
  return parts.map(({ block }, i) => {
    const before = parts.slice(0, i).filter((part) => part.block === block).length;
    return before === 0 ? block : `${block} ${before + 1}`;
  });
}

/** Every layer and every block of a model, from the waveform to the scores; a block follows its layers. */
export function placesOf(model: AnyAudioModel): Place[] {
  const names = blockNames(model.parts);
  const outputOf = (name: string) => model.layersModel.getLayer(name).output as SymbolicTensor;
  return model.parts.flatMap(({ layers, output }, part) => {
    const first = layers.findIndex((name) => model.layersModel.getLayer(name) instanceof Tokens);
    const tokens = first < 0 ? undefined : outputOf(layers[first] as string);
    const inside = layers.map((name, i): Place => {
      const layerOutput = outputOf(name);
      const hasClassToken = i >= first && layerOutput.rank === 3 && layerOutput.shape[1] === tokens?.shape[1];
      return { name, output: layerOutput, part, hasClassToken };
    });
    return [...inside, { name: names[part] as string, output, part, hasClassToken: false }];
  });
}

/** @throws {@link MusrepError} `unknown-name`, naming the nearest. */
export function findPlace(model: AnyAudioModel, name: string): Place {
  const places = placesOf(model);
  // From the end: where a block has the name of a layer of its own, the block is meant.
  const found = places.findLast((place) => place.name === name);
  if (found !== undefined) return found;
  const names = places.map((place) => place.name);
  throw unknownName('block or layer', name, names);
}
