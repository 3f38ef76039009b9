import { type SymbolicTensor, layers as tfLayers } from '@tensorflow/tfjs-layers';
import { BatchNorm } from '../layers/batch-norm.js';
import { Dropout } from '../layers/dropout.js';
import { LayerNorm } from '../layers/layer-norm.js';
import { MusrepError } from './errors.js';
import { childSeed } from './random.js';

/** A tfjs layer. */
export type Layer = tfLayers.Layer;

type ConvArgs = Omit<Parameters<typeof tfLayers.conv2d>[0], 'name'>;
type DenseArgs = Omit<Parameters<typeof tfLayers.dense>[0], 'name'>;

/** What tfjs would draw is overwritten by `initialise`. */
const ZEROS = { kernelInitializer: 'zeros' } as const;

/**
 * Makes a block's layers, so that name, seed and initial values are never forgotten: every layer has a name that is its
 * own in the model, under which its weights are saved, and gets its initial values by that name from the one seed.
 */
export class LayerFactory {
  /** The layers made so far, in order. */
  readonly made: Layer[] = [];
  private readonly names = new Set<string>();
  private prefix = '';

  constructor(
    private readonly seed: number,
    private readonly owner: () => string,
  ) {}

  /** Makes layers whose names begin with `scope.`, so that a part of a block can be there several times. */
  within<T>(scope: string, make: () => T): T {
    const outer = this.prefix;
    this.prefix = `${outer}${scope}.`;
    try {
      return make();
    } finally {
      this.prefix = outer;
    }
  }

  conv1d(name: string, args: ConvArgs): Layer {
    return this.own(tfLayers.conv1d({ ...ZEROS, ...args, name: this.scoped(name) }));
  }

  conv2d(name: string, args: ConvArgs): Layer {
    return this.own(tfLayers.conv2d({ ...ZEROS, ...args, name: this.scoped(name) }));
  }

  dense(name: string, args: DenseArgs): Layer {
    return this.own(tfLayers.dense({ ...ZEROS, ...args, name: this.scoped(name) }));
  }

  /** Batch normalisation over the last axis. */
  batchNorm(name: string): Layer {
    return this.own(new BatchNorm({ name: this.scoped(name) }));
  }

  /** Layer normalisation over the last axis. */
  layerNorm(name: string): Layer {
    return this.own(new LayerNorm({ name: this.scoped(name) }));
  }

  /** Dropout with masks of its own at each step, by the model's seed. */
  dropout(name: string, rate: number): Layer {
    const scoped = this.scoped(name);
    return this.own(new Dropout({ name: scoped, rate, seed: this.seedFor(scoped) }));
  }

  /** A seed of its own for a layer that draws at random while it trains. */
  seedFor(name: string): number {
    return childSeed(this.seed, name);
  }

  /** `shape` is without the batch axis. */
  reshape(name: string, shape: number[]): Layer {
    return this.own(tfLayers.reshape({ name: this.scoped(name), targetShape: shape }));
  }

  activation(name: string, activation: 'relu' | 'sigmoid' | 'softmax' | 'tanh' | 'elu'): Layer {
    return this.own(tfLayers.activation({ name: this.scoped(name), activation }));
  }

  add(name: string, inputs: SymbolicTensor[]): SymbolicTensor {
    return this.own(tfLayers.add({ name: this.scoped(name) })).apply(inputs) as SymbolicTensor;
  }

  concatenate(name: string, inputs: SymbolicTensor[]): SymbolicTensor {
    return this.own(tfLayers.concatenate({ name: this.scoped(name), axis: -1 })).apply(inputs) as SymbolicTensor;
  }

  /** A name with the scope that it stands in. */
  scoped(name: string): string {
    return this.prefix + name;
  }

  /** The first of `layer1`, `layer2` … that is not taken: the originals number their stages through all blocks. */
  nextName(): string {
    for (let i = 1; ; i++) if (!this.names.has(`layer${i}`)) return `layer${i}`;
  }

  /** Takes in any layer that was made elsewhere with a name; its kernels get seeded initial values too. */
  own<L extends Layer>(layer: L): L {
    if (this.names.has(layer.name)) {
      throw new MusrepError(
        'bad-option',
        `${this.owner()} makes a layer '${layer.name}', but the model already has one: every layer needs a name of its own.`,
      );
    }
    this.names.add(layer.name);
    this.made.push(layer);
    return layer;
  }
}
