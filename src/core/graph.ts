import { type SymbolicTensor, input as tfInput } from '@tensorflow/tfjs-layers';
import { adoptLayers } from './adopt-layers.js';
import type { Block, Role } from './block.js';
import { MusrepError } from './errors.js';
import { type Feature, shapeOf } from './feature.js';
import { initialise } from './initialise.js';
import { type Layer, LayerFactory } from './layer-factory.js';
import type { AnyModelSpec } from './spec.js';
import { nameVariables } from './variables.js';

/** A block as it stands in a built model. */
export interface ModelPart {
  /** The block's name. */
  readonly block: string;
  readonly role: Role;
  /** The feature that comes out of it. */
  readonly gives: Feature;
  /** The layers that it has made, in order. */
  readonly layers: readonly string[];
  /** Its output in the model's graph. */
  readonly output: SymbolicTensor;
  /** How many numbers of it are learned. */
  readonly parameters: number;
}

/** The symbolic tensors of a built model, and its parts. */
export interface Graph {
  readonly input: SymbolicTensor;
  readonly embedding: SymbolicTensor;
  readonly scores: SymbolicTensor;
  readonly parts: readonly ModelPart[];
}

/** Applies the blocks one after the other, checking each one's output, and gives the layers their initial weights. */
export function buildGraph(spec: AnyModelSpec): Graph {
  const { sampleRate, samples, seed } = spec;
  const chain = [...spec.blocks, spec.head];
  const features: Feature[] = [{ kind: 'waveform', samples, sampleRate }];
  for (const block of chain) features.push(block.output(features.at(-1) as Feature));

  let current: Block = spec.head;
  const layers = new LayerFactory(seed, () => current.name);
  const input = tfInput({ shape: [samples], name: 'waveform' });
  const tensors: SymbolicTensor[] = [input];
  const parts: ModelPart[] = [];
  for (const [i, block] of chain.entries()) {
    current = block;
    const before = layers.made.length;
    const y = block.build(tensors[i] as SymbolicTensor, { input: features[i] as Feature, waveform: input, layers });
    adoptLayers(y, [input, ...tensors], layers);
    requireShape(block, features[i + 1] as Feature, y);
    tensors.push(y);
    parts.push(partOf(block, features[i + 1] as Feature, y, layers.made.slice(before)));
  }
  nameVariables(layers.made);
  initialise(layers.made, seed);
  const scores = tensors.at(-1) as SymbolicTensor;
  const embedding = features.at(-1)?.kind === 'embedding' ? scores : (tensors.at(-2) as SymbolicTensor);
  return { input, embedding, scores, parts };
}

function partOf({ name, role }: Block, gives: Feature, output: SymbolicTensor, made: readonly Layer[]): ModelPart {
  const sizes = made.flatMap((layer) => layer.trainableWeights.map(({ shape }) => shape as number[]));
  const parameters = sizes.reduce((sum, shape) => sum + shape.reduce((product, size) => product * size, 1), 0);
  return { block: name, role, gives, layers: made.map((layer) => layer.name), output, parameters };
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
