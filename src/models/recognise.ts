import type { NamedTensor } from '../io/safetensors.js';

/** An architecture that weights look like. */
export interface Recognised {
  readonly name: string;
  readonly labels: number;
  /** How a model is made that loads them. */
  readonly constructor: string;
}

/** Tensors by which the originals' architectures are told apart: the last one holds a row or a column a label. */
const SIGNS: readonly {
  readonly name: string;
  readonly has: readonly string[];
  readonly last: string;
  readonly constructor: string;
}[] = [
  { name: 'CRNN', has: ['layer5.weight_ih_l0'], last: 'dense.bias', constructor: 'CRNN({ labels })' },
  { name: 'MusiCNN', has: ['layers.4.conv.weight'], last: 'dense2.bias', constructor: 'MusiCNN({ labels })' },
  { name: 'FCN', has: ['layer5.conv.weight', 'dense.weight'], last: 'dense.bias', constructor: 'FCN({ labels })' },
  {
    name: 'MusiCNN of the package musicnn',
    has: ['batch_normalization_9/gamma', 'dense_1/kernel'],
    last: 'dense_1/bias',
    constructor: "MusiCNN({ labels, variant: 'tensorflow' })",
  },
  { name: 'VGG of the package musicnn', has: ['5CNN/kernel'], last: 'dense/bias', constructor: 'VGG({ labels })' },
];

/** What weights under the originals' names look like; undefined for none that the library has. */
export function recogniseArchitecture(tensors: ReadonlyMap<string, NamedTensor>): Recognised | undefined {
  const sign = SIGNS.find(({ has, last }) => [...has, last].every((name) => tensors.has(name)));
  if (sign === undefined) return undefined;
  return { ...sign, labels: tensors.get(sign.last)?.values.length ?? 0 };
}
