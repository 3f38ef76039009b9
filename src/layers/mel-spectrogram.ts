import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { hasFastTransform, powerSpectrogram } from '../runtime/power-spectrogram.js';
import { fourierBasis, frameCentres, frameCount, type StftSpec } from '../runtime/stft.js';
import { binFrequencies, columnOf, type FilterBank, type FilterBankLayer } from './filter-bank-layer.js';
import { bandEdges, type MelScaleSpec, melFilters } from './mel-filters.js';
import { onlyInput } from './weighted-layer.js';

/** How mel energies are compressed: 10·log10(max(x, 1e-10)), log10(10,000·x + 1), or not at all. */
export type Compression = 'decibel' | 'log10' | 'none';

export interface MelSpectrogramConfig extends StftSpec, MelScaleSpec {
  readonly name: string;
  /** The exponent of the magnitudes: 2 for power. */
  readonly power: number;
  readonly compression: Compression;
}

/** The quietest energy that is told from silence, −100 dB. */
const LEAST_ENERGY = 1e-10;
const LOG10 = Math.log(10);

/** Waveforms `[batch, sample]` → mel spectrograms `[batch, band, frame, 1]`. Nothing in it is learned. */
export class MelSpectrogram extends layers.Layer implements FilterBankLayer {
  static readonly className = 'MusrepMelSpectrogram';
  private readonly config: MelSpectrogramConfig;
  private filters!: tf.Tensor2D;
  private basis: tf.Tensor2D | undefined;

  constructor(config: MelSpectrogramConfig) {
    super({ name: config.name });
    this.config = config;
  }

  override build(): void {
    const { fftSize, bands } = this.config;
    const bins = fftSize / 2 + 1;
    this.filters = tf.keep(tf.tensor2d(melFilters(this.config, bins), [bins, bands]));
    if (!hasFastTransform(this.config)) {
      this.basis = tf.keep(tf.tensor2d(fourierBasis(this.config), [fftSize, 2 * bins]));
    }
    this.built = true;
  }

  override computeOutputShape([batch, samples]: number[]): number[] {
    return [batch as number, this.config.bands, frameCount(samples as number, this.config), 1];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const { power, bands } = this.config;
      const squares = powerSpectrogram(onlyInput(inputs), this.config, this.basis);
      const [batch, frames, bins] = squares.shape;
      const magnitudes = power === 2 ? squares : tf.pow(squares, power / 2);
      const energies = tf.matMul(tf.reshape(magnitudes, [batch * frames, bins]) as tf.Tensor2D, this.filters);
      const compressed = tf.reshape(compress(energies, this.config.compression), [batch, frames, bands]);
      return tf.expandDims(tf.transpose(compressed, [0, 2, 1]), 3);
    });
  }

  frameCentres(samples: number): number[] {
    return frameCentres(samples, this.config);
  }

  async filterBank(): Promise<FilterBank> {
    const { bands, sampleRate } = this.config;
    const edges = bandEdges(this.config);
    const responses = await this.filters.data();
    const filters = Array.from({ length: bands }, (_, band) => {
      const [low, centre, high] = edges.slice(band, band + 3) as [number, number, number];
      return { harmonic: 1, centre, bandwidth: high - low, response: columnOf(responses, bands, band) };
    });
    return {
      kind: 'mel',
      frequencies: binFrequencies(sampleRate, this.filters.shape[0]),
      filters,
      parameters: undefined,
    };
  }

  protected override disposeWeights(): number {
    this.filters?.dispose();
    this.basis?.dispose();
    return super.disposeWeights();
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config };
  }
}

/** 10·log10(max(x, 1e-10)) */
export function decibel(energies: tf.Tensor): tf.Tensor {
  return tf.mul(tf.log(tf.clipByValue(energies, LEAST_ENERGY, 3e38)), 10 / LOG10);
}

function compress(energies: tf.Tensor, compression: Compression): tf.Tensor {
  switch (compression) {
    case 'decibel':
      return decibel(energies);
    case 'log10':
      return tf.mul(tf.log(tf.add(tf.mul(energies, 10_000), 1)), 1 / LOG10);
    case 'none':
      return energies;
  }
}

tf.serialization.registerClass(MelSpectrogram);
