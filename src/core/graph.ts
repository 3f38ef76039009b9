import { type SymbolicTensor, input as tfInput } from '@tensorflow/tfjs-layers';
import type { Block } from './block.js';
import { MusrepError } from './errors.js';
import { type Feature, shapeOf } from './feature.js';
import { initialise } from './initialise.js';
import { LayerFactory } from './layer-factory.js';
import type { ModelSpec } from './spec.js';

/** The symbolic tensors of a built model. */
export interface Graph {
  readonly input: SymbolicTensor;
  readonly embedding: SymbolicTensor;
  readonly scores: SymbolicTensor;
}

/** Applies the blocks one after the other, checking each one's output, and gives the layers their initial weights. */
export function buildGraph(spec: ModelSpec): Graph {
  const { sampleRate, samples, seed } = spec;
  const chain = [...spec.blocks, spec.head];
  let feature: Feature = { kind: 'waveform', samples, sampleRate };
  const features = chain.map((block) => {
    feature = block.output(feature);
    return feature;
  });

  let current = chain[0] as Block;
  const layers = new LayerFactory(seed, () => current.name);
  const input = tfInput({ shape: [samples], name: 'waveform' });
  const outputs: SymbolicTensor[] = [];
  chain.forEach((block, i) => {
    current = block;
    const before: Feature = i === 0 ? { kind: 'waveform', samples, sampleRate } : (features[i - 1] as Feature);
    const y = block.build(outputs.at(-1) ?? input, { input: before, layers });
    requireShape(block, features[i] as Feature, y);
    outputs.push(y);
  });
  initialise(layers.made, seed);
  return { input, embedding: outputs.at(-2) ?? input, scores: outputs.at(-1) as SymbolicTensor };
}

function requireShape(block: Block, feature: Feature, y: SymbolicTensor): void {
  const expected = shapeOf(feature);
  const received = y.shape.slice(1);
  if (received.length === expected.length && expected.every((size, axis) => size === received[axis])) return;
  throw new MusrepError(
    'bad-shape',
    `${block.name} announces ${feature.kind} [batch, ${expected}], but its layers give [batch, ${received}].`,
  );
}
