import type { layers } from '@tensorflow/tfjs-layers';

/** One band-pass filter. */
export interface BandFilter {
  /** Which multiple of its band's frequency it passes: 1 for that frequency itself. */
  readonly harmonic: number;
  /** The frequency of its peak, in hertz. */
  readonly centre: number;
  /** From one foot of the triangle to the other, in hertz. */
  readonly bandwidth: number;
  /** What it passes of each bin of the power spectrum. */
  readonly response: Float32Array;
}

/** What harmonic filters' widths follow from: bandwidth = (alpha·centre + beta)/Q. */
export interface BandwidthParameters {
  readonly Q: number;
  readonly alpha: number;
  /** In hertz. */
  readonly beta: number;
}

/** The band-pass filters of a model as they stand, learned or fixed. */
export interface FilterBank {
  readonly kind: 'mel' | 'harmonic';
  /** Of the spectrum's bins, in hertz. */
  readonly frequencies: readonly number[];
  /** All bands of the first harmonic, from the lowest, then those of the second … */
  readonly filters: readonly BandFilter[];
  /** Of harmonic filters. */
  readonly parameters: BandwidthParameters | undefined;
}

/** A layer that cuts waveforms into frames and passes their spectra through band-pass filters. */
export interface FilterBankLayer {
  /** The sample on which each frame of a window is centred. */
  frameCentres(samples: number): number[];
  filterBank(): Promise<FilterBank>;
}

export function isFilterBankLayer(layer: layers.Layer): layer is layers.Layer & FilterBankLayer {
  return 'filterBank' in layer && 'frameCentres' in layer;
}

/** Frequencies of `bins` bins that lie evenly on [0, sampleRate/2], in hertz. */
export function binFrequencies(sampleRate: number, bins: number): number[] {
  return Array.from({ length: bins }, (_, bin) => (bin * sampleRate) / 2 / (bins - 1));
}

/** One column of a matrix that lies row by row. */
export function columnOf(matrix: ArrayLike<number>, columns: number, column: number): Float32Array {
  return Float32Array.from({ length: matrix.length / columns }, (_, row) => matrix[row * columns + column] as number);
}
