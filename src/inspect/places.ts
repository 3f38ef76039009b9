import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { unknownName } from '../core/errors.js';
import type { ModelPart } from '../core/graph.js';
import type { AudioModel } from '../core/model.js';
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
export function placesOf(model: AudioModel): Place[] {
  const names = blockNames(model.parts);
  return model.parts.flatMap(({ layers, output }, part) => {
    const first = layers.findIndex((name) => model.layersModel.getLayer(name) instanceof Tokens);
    const inside = layers.map((name, i): Place => {
      const layerOutput = model.layersModel.getLayer(name).output as SymbolicTensor;
      const hasClassToken = first >= 0 && i >= first && layerOutput.rank === 3;
      return { name, output: layerOutput, part, hasClassToken };
    });
    return [...inside, { name: names[part] as string, output, part, hasClassToken: false }];
  });
}

/** @throws {@link MusrepError} `unknown-name`, naming the nearest. */
export function findPlace(model: AudioModel, name: string): Place {
  const places = placesOf(model);
  // From the end: where a block has the name of a layer of its own, the block is meant.
  const found = places.findLast((place) => place.name === name);
  if (found !== undefined) return found;
  const names = places.map((place) => place.name);
  throw unknownName('block or layer', name, names);
}
