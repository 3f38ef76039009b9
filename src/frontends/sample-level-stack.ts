import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../core/block.js';
import { requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import type { LayerFactory } from '../core/layer-factory.js';
import { ConvNorm1D, poolingOf } from '../layers/conv-norm.js';
import { ResidualConv } from '../layers/residual-conv.js';

export interface SampleLevelStackOptions {
  /** Filters of each layer: the first convolves with a stride, the last has a kernel of 1, those between are pooled. */
  readonly filters: readonly number[];
  /** Of every layer but the last; also the first layer's stride, and the size of the pooling. */
  readonly kernelSize: number;
  /** Whether each layer is a residual block of two convolutions, with squeeze and excitation. */
  readonly squeezeExcite: boolean;
  /** Whether the last layer is a convolution of 1 without pooling; else it is like those before it. */
  readonly pointwise: boolean;
}

const DEFAULTS: SampleLevelStackOptions = {
  filters: [128, 128, 128, 256, 256, 256, 256, 256, 256, 512, 512],
  kernelSize: 3,
  squeezeExcite: false,
  pointwise: true,
};

/**
 * Convolutions that begin at the samples themselves: waveform `[batch, sample]` → sequence `[batch, frame, filter]`.
 *
 * The first layer is a convolution of 3 with a stride of 3; then conv → batch norm → ReLU → max-pool 3, layer by layer;
 * the last is a convolution of 1, if `pointwise`. 3¹⁰ = 59,049 samples so end in one frame (thesis 3.3.3; J. Lee et al., "Sample-level deep
 * convolutional neural networks for music auto-tagging using raw waveforms", 2017). With `squeezeExcite` every layer is a
 * residual block whose branch is scaled channel by channel (T. Kim et al., "Sample-level CNN architectures for music
 * auto-tagging using raw waveforms", 2018).
 *
 * @throws {@link MusrepError} `bad-option` for fewer than two layers; `bad-shape` at build for a window that is too short:
 * the least length is named.
 *
 * @example
 * ```ts
 * import { sampleLevelStack } from 'musrep';
 *
 * const stack = sampleLevelStack({ filters: [64, 64, 128, 128, 256, 256] });
 * ```
 */
export const sampleLevelStack = defineBlock({
  name: 'sampleLevelStack',
  role: 'frontend',
  takes: ['waveform'],
  defaults: DEFAULTS,
  output({ samples }, config) {
    const { filters, kernelSize } = config;
    for (const count of filters) requireWhole('sampleLevelStack', 'filters', count);
    requireWhole('sampleLevelStack', 'kernelSize', kernelSize, 2);
    if (filters.length < 2)
      throw new MusrepError('bad-option', 'sampleLevelStack takes filters for at least two layers.');
    const layers = sizesOf(config);
    const least = kernelSize * (layers.reduce((product, { pool }) => product * pool, 1) - 1) + 1;
    if (samples < least) {
      throw new MusrepError(
        'bad-shape',
        `sampleLevelStack of ${filters.length} layers takes windows of at least ${least} samples. Received: ${samples}.`,
      );
    }
    const frames = layers.reduce(
      (length, { stride, pool }) => Math.floor((Math.floor((length - 1) / stride) + 1) / pool),
      samples,
    );
    return { kind: 'sequence', frames, channels: filters.at(-1) as number };
  },
  build(x, config, { input, layers }) {
    const column = layers.reshape('column', [input.samples, 1]).apply(x) as SymbolicTensor;
    const make = config.squeezeExcite ? squeezedLayer : plainLayer;
    return sizesOf(config).reduce((y, sizes) => make(y, layers, sizes), column);
  },
});

interface LayerSizes {
  readonly filters: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly pool: number;
}

/** The first layer has a stride; those after it pool, but for a pointwise last one. */
function sizesOf({ filters, kernelSize, pointwise }: SampleLevelStackOptions): LayerSizes[] {
  return filters.map((count, i) => {
    const isPointwise = pointwise && i === filters.length - 1;
    return {
      filters: count,
      kernelSize: isPointwise ? 1 : kernelSize,
      stride: i === 0 ? kernelSize : 1,
      pool: i === 0 || isPointwise ? 1 : kernelSize,
    };
  });
}

function plainLayer(x: SymbolicTensor, layers: LayerFactory, { pool, ...sizes }: LayerSizes): SymbolicTensor {
  const pooling = poolingOf([pool]);
  return layers.own(new ConvNorm1D({ name: layers.nextName(), ...sizes, pooling })).apply(x) as SymbolicTensor;
}

function squeezedLayer(x: SymbolicTensor, layers: LayerFactory, sizes: LayerSizes): SymbolicTensor {
  const { filters, kernelSize, stride, pool } = sizes;
  const inFrames = { kernelSize: [kernelSize], strides: [stride], pool: [pool] };
  const block = new ResidualConv({ name: layers.nextName(), filters, ...inFrames, squeezeExcite: true });
  return layers.own(block).apply(x) as SymbolicTensor;
}
