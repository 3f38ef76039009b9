import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Layer, LayerFactory } from './layer-factory.js';

/**
 * Takes in the layers that a block's `build` has made by itself between the tensors that it got and the one that it gives,
 * as functions on symbolic tensors do. tfjs numbers such layers through all models; here each gets a name by its place.
 */
export function adoptLayers(y: SymbolicTensor, given: readonly SymbolicTensor[], layers: LayerFactory): void {
  const made = new Set<Layer>([...given.map(({ sourceLayer }) => sourceLayer), ...layers.made]);
  for (const layer of layersBehind(y, made)) {
    layer.name = layers.nextName();
    layers.own(layer);
  }
}

/** The layers that lead to a tensor from those in `known`, without them, in order. */
function layersBehind({ sourceLayer, inputs }: SymbolicTensor, known: Set<Layer>): Layer[] {
  if (known.has(sourceLayer)) return [];
  known.add(sourceLayer);
  return [...inputs.flatMap((input) => layersBehind(input, known)), sourceLayer];
}
