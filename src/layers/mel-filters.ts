/** Where the mel bands lie. */
export interface MelScaleSpec {
  /** In hertz. */
  readonly sampleRate: number;
  readonly bands: number;
  /** The lowest and the highest frequency of any band, in hertz. */
  readonly fMin: number;
  readonly fMax: number;
  /** HTK's formula, or Slaney's: linear below 1 kHz, logarithmic above. */
  readonly melScale: 'htk' | 'slaney';
  /** `slaney` divides each band by its width in hertz; `none` gives every band a peak of 1. */
  readonly norm: 'none' | 'slaney';
}

interface Scale {
  readonly toMel: (hertz: number) => number;
  readonly toHertz: (mel: number) => number;
}

const HTK: Scale = {
  toMel: (hertz) => 2595 * Math.log10(1 + hertz / 700),
  toHertz: (mel) => 700 * (10 ** (mel / 2595) - 1),
};

const LINEAR_HERTZ_A_MEL = 200 / 3;
const BREAK_HERTZ = 1000;
const BREAK_MEL = BREAK_HERTZ / LINEAR_HERTZ_A_MEL;
const LOG_STEP = Math.log(6.4) / 27;

const SLANEY: Scale = {
  toMel: (hertz) =>
    hertz < BREAK_HERTZ ? hertz / LINEAR_HERTZ_A_MEL : BREAK_MEL + Math.log(hertz / BREAK_HERTZ) / LOG_STEP,
  toHertz: (mel) => (mel < BREAK_MEL ? mel * LINEAR_HERTZ_A_MEL : BREAK_HERTZ * Math.exp(LOG_STEP * (mel - BREAK_MEL))),
};

/** Triangular filters, `[bin, band]`, over FFT bins that lie evenly on [0, sampleRate / 2]. */
export function melFilters(spec: MelScaleSpec, bins: number): Float32Array {
  const { sampleRate, bands, norm } = spec;
  const edges = bandEdges(spec);
  const filters = new Float32Array(bins * bands);
  for (let band = 0; band < bands; band++) {
    const [low, peak, high] = edges.slice(band, band + 3) as [number, number, number];
    const gain = norm === 'slaney' ? 2 / (high - low) : 1;
    for (let bin = 0; bin < bins; bin++) {
      const hertz = (bin * sampleRate) / 2 / (bins - 1);
      const rise = (hertz - low) / (peak - low);
      const fall = (high - hertz) / (high - peak);
      filters[bin * bands + band] = gain * Math.max(0, Math.min(rise, fall));
    }
  }
  return filters;
}

/** In hertz: band b rises from edge b to b + 1 and falls to b + 2. */
export function bandEdges({ bands, fMin, fMax, melScale }: MelScaleSpec): number[] {
  const { toMel, toHertz } = melScale === 'htk' ? HTK : SLANEY;
  const low = toMel(fMin);
  const step = (toMel(fMax) - low) / (bands + 1);
  return Array.from({ length: bands + 2 }, (_, i) => toHertz(low + i * step));
}
