import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { hasFastTransform, powerSpectrogram } from '../runtime/power-spectrogram.js';
import { fourierBasis, frameCentres, frameCount, type StftSpec } from '../runtime/stft.js';
import { binFrequencies, columnOf, type FilterBank, type FilterBankLayer } from './filter-bank-layer.js';
import { decibel } from './mel-spectrogram.js';
import { onlyInput, WeightedLayer } from './weighted-layer.js';

/** What of the filters may be learned. */
export type HarmonicParameter = 'Q' | 'centre' | 'alpha' | 'beta';

export interface HarmonicFiltersConfig extends StftSpec {
  readonly name: string;
  /** In hertz. */
  readonly sampleRate: number;
  readonly harmonics: number;
  /** Centre frequencies of the first harmonic, in hertz. */
  readonly centres: readonly number[];
  readonly learn: readonly HarmonicParameter[];
}

/** Of the equivalent rectangular bandwidth: b = (α·f + β)/Q (thesis 3.4, after Glasberg and Moore). */
const ALPHA = 0.1079;
const BETA = 24.7;

/** The name of each in the original's files. */
const ROLES: Readonly<Record<HarmonicParameter, string>> = {
  Q: 'bw_Q',
  centre: 'centre',
  alpha: 'bw_alpha',
  beta: 'bw_beta',
};

/**
 * Waveforms `[batch, sample]` → harmonic spectrograms in dB, `[batch, band, frame, harmonic]`: triangular band-pass filters
 * at the multiples of each band's centre, whose width follows from their frequency and one Q.
 */
export class HarmonicFilters extends WeightedLayer implements FilterBankLayer {
  static readonly className = 'MusrepHarmonicFilters';
  private readonly config: HarmonicFiltersConfig;
  private readonly learned = new Map<HarmonicParameter, LayerVariable>();
  /** What the filters are made of that is not learned. */
  private fixed: tf.Tensor2D[] = [];
  private basis: tf.Tensor2D | undefined;

  constructor(config: HarmonicFiltersConfig) {
    super({ name: config.name });
    this.config = config;
  }

  override build(): void {
    const { fftSize } = this.config;
    const bins = fftSize / 2 + 1;
    const initial = { Q: [1], alpha: [ALPHA], beta: [BETA], centre: this.config.centres };
    for (const name of this.config.learn) {
      const values = tf.tensor1d([...initial[name]]);
      const variable = this.ones(ROLES[name], [initial[name].length]);
      variable.write(values);
      values.dispose();
      this.learned.set(name, variable);
    }
    const fixed = this.learnsOnlyQ ? [this.slopes(bins)] : [this.binFrequencies(bins), this.multiples()];
    this.fixed = fixed.map((tensor) => tf.keep(tensor));
    if (!hasFastTransform(this.config))
      this.basis = tf.keep(tf.tensor2d(fourierBasis(this.config), [fftSize, 2 * bins]));
    this.built = true;
  }

  override computeOutputShape([batch, samples]: number[]): number[] {
    const { centres, harmonics } = this.config;
    return [batch as number, centres.length, frameCount(samples as number, this.config), harmonics];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const { centres, harmonics } = this.config;
      const power = powerSpectrogram(onlyInput(inputs), this.config, this.basis);
      const [batch, frames, bins] = power.shape;
      const energies = tf.matMul(tf.reshape(power, [batch * frames, bins]) as tf.Tensor2D, this.responses());
      const bands = tf.reshape(decibel(energies), [batch, frames, harmonics, centres.length]);
      return tf.transpose(bands, [0, 3, 1, 2]);
    });
  }

  /**
   * max(0, 1 − 2|f − f₀|/b), `[bin, harmonic·band]`, the bands of the first harmonic first. Where a filter barely touches a
   * bin its relative slope is steep: what is not learned is therefore worked out in float64, 1 − Q·slope.
   */
  private responses(): tf.Tensor2D {
    const [first, second] = this.fixed as [tf.Tensor2D, tf.Tensor2D];
    if (this.learnsOnlyQ) return tf.relu(tf.sub(1, tf.mul(first, this.parameter('Q', 1))));
    const centre = this.learned.get('centre')?.read() ?? tf.tensor1d([...this.config.centres]);
    const centres = tf.reshape(tf.mul(second, centre), [1, this.config.harmonics * this.config.centres.length]);
    const bandwidth = tf.add(tf.mul(centres, this.parameter('alpha', ALPHA)), this.parameter('beta', BETA));
    const distance = tf.mul(tf.abs(tf.sub(first, centres)), this.parameter('Q', 1));
    return tf.relu(tf.sub(1, tf.div(tf.mul(distance, 2), bandwidth)));
  }

  frameCentres(samples: number): number[] {
    return frameCentres(samples, this.config);
  }

  async filterBank(): Promise<FilterBank> {
    const { harmonics, sampleRate, fftSize } = this.config;
    const [[Q], [alpha], [beta], centres] = (await Promise.all([
      this.valuesOf('Q', [1]),
      this.valuesOf('alpha', [ALPHA]),
      this.valuesOf('beta', [BETA]),
      this.valuesOf('centre', this.config.centres),
    ])) as [[number], [number], [number], number[]];
    const tensor = tf.tidy(() => this.responses());
    const responses = await tensor.data();
    tensor.dispose();
    const filters = Array.from({ length: harmonics * centres.length }, (_, i) => {
      const harmonic = Math.floor(i / centres.length) + 1;
      const centre = harmonic * (centres[i % centres.length] as number);
      const response = columnOf(responses, harmonics * centres.length, i);
      return { harmonic, centre, bandwidth: (alpha * centre + beta) / Q, response };
    });
    const frequencies = binFrequencies(sampleRate, fftSize / 2 + 1);
    return { kind: 'harmonic', frequencies, filters, parameters: { Q, alpha, beta } };
  }

  private async valuesOf(name: HarmonicParameter, constants: readonly number[]): Promise<readonly number[]> {
    const learned = await this.learned.get(name)?.read().data();
    return learned ? [...learned] : constants;
  }

  private get learnsOnlyQ(): boolean {
    return this.config.learn.every((name) => name === 'Q');
  }

  private parameter(name: HarmonicParameter, constant: number): tf.Tensor | number {
    return this.learned.get(name)?.read() ?? constant;
  }

  /** 2|f − f₀|/(α·f₀ + β) */
  private slopes(bins: number): tf.Tensor2D {
    const { harmonics, centres } = this.config;
    const all = Array.from({ length: harmonics }, (_, i) => centres.map((centre) => (i + 1) * centre)).flat();
    const values = new Float32Array(bins * all.length);
    for (let bin = 0; bin < bins; bin++) {
      all.forEach((centre, i) => {
        values[bin * all.length + i] = (2 * Math.abs(this.hertz(bin, bins) - centre)) / (ALPHA * centre + BETA);
      });
    }
    return tf.tensor2d(values, [bins, all.length]);
  }

  private binFrequencies(bins: number): tf.Tensor2D {
    return tf.tensor2d(Array.from({ length: bins }, (_, bin) => [this.hertz(bin, bins)]));
  }

  private hertz(bin: number, bins: number): number {
    return (bin * this.config.sampleRate) / 2 / (bins - 1);
  }

  private multiples(): tf.Tensor2D {
    return tf.tensor2d(Array.from({ length: this.config.harmonics }, (_, i) => [i + 1]));
  }

  protected override disposeWeights(): number {
    tf.dispose(this.fixed);
    this.basis?.dispose();
    return super.disposeWeights();
  }

  /** tfjs's own format has strings in lower case. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    Filters: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const learn = (config.learn as string[]).map((name) => (name === 'q' ? 'Q' : name));
    return new Filters({ ...config, learn });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...(this.config as unknown as tf.serialization.ConfigDict) };
  }
}

tf.serialization.registerClass(HarmonicFilters);
