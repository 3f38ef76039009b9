import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../core/block.js';
import { requireChoice, requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import type { Waveform } from '../core/feature.js';
import { type Compression, MelSpectrogram } from '../layers/mel-spectrogram.js';
import { frameCount } from '../runtime/stft.js';

export interface MelSpectrogramOptions {
  /** Samples a frame; even. */
  readonly fftSize: number;
  /** Samples of the periodic Hann window, centred in the frame; `null` for the whole frame. */
  readonly windowLength: number | null;
  /** Samples from one frame to the next. */
  readonly hopLength: number;
  /** Number of mel bands. */
  readonly bands: number;
  /** Lowest frequency in hertz. */
  readonly fMin: number;
  /** Highest frequency in hertz; `null` for half the sample rate. */
  readonly fMax: number | null;
  /** HTK's mel formula, or Slaney's. */
  readonly melScale: 'htk' | 'slaney';
  /** `slaney` divides each band by its width; `none` leaves its peak at 1. */
  readonly norm: 'none' | 'slaney';
  /** Exponent of the magnitudes: 2 for power, 1 for magnitude. */
  readonly power: number;
  /** `decibel`: 10·log10(max(x, 1e-10)); `log10`: log10(10,000·x + 1); `none`. */
  readonly compression: Compression;
  /** Whether frame t is centred on sample t·hop, the signal being continued at both ends. */
  readonly center: boolean;
  /** How it is continued: mirrored, or by silence. */
  readonly padMode: 'reflect' | 'constant';
  /** Whether a one-channel batch normalisation follows, as in the published models. */
  readonly batchNorm: boolean;
}

const DEFAULTS: MelSpectrogramOptions = {
  fftSize: 512,
  windowLength: null,
  hopLength: 256,
  bands: 96,
  fMin: 0,
  fMax: null,
  melScale: 'htk',
  norm: 'none',
  power: 2,
  compression: 'decibel',
  center: true,
  padMode: 'reflect',
  batchNorm: true,
};

/**
 * The mel spectrogram: waveform `[batch, sample]` → `[batch, band, frame, 1]`, by default in dB, with the batch
 * normalisation that the published models put after it.
 *
 * S = 10·log10(max(M·|STFT(x)|², 1e-10)), with M the triangular mel filters; N samples give ⌊N/hop⌋ + 1 centred frames.
 * The defaults are those of the thesis (3.3.1) at 16 kHz; torchaudio's `MelSpectrogram` with `AmplitudeToDB` and no
 * `top_db` gives the same.
 *
 * @throws {@link MusrepError} `bad-option` for sizes or frequencies that cannot be; `bad-shape` at build for a window
 * that is too short for one frame.
 *
 * @example
 * ```ts
 * import { melSpectrogram } from 'musrep';
 *
 * const logMel = melSpectrogram({ fftSize: 1024, hopLength: 512, bands: 128 });
 * ```
 */
export const melSpectrogram = defineBlock({
  name: 'melSpectrogram',
  role: 'frontend',
  takes: ['waveform'],
  defaults: DEFAULTS,
  output(input, config) {
    const { bands } = config;
    const stft = stftOf(config);
    checkOptions(config, input.sampleRate);
    const least =
      config.center && config.padMode === 'reflect' ? config.fftSize / 2 + 1 : config.center ? 1 : config.fftSize;
    if (input.samples < least) {
      throw new MusrepError(
        'bad-shape',
        `melSpectrogram needs windows of at least ${least} samples. Received: ${input.samples}.`,
      );
    }
    return { kind: 'spectrogram', bands, frames: frameCount(input.samples, stft), channels: 1 };
  },
  build(x, config, { input, layers }) {
    const mel = layers.own(
      new MelSpectrogram({ name: 'spec', ...config, ...stftOf(config), ...rangeOf(config, input) }),
    );
    const spectrogram = mel.apply(x) as SymbolicTensor;
    return config.batchNorm ? (layers.batchNorm('spec_bn').apply(spectrogram) as SymbolicTensor) : spectrogram;
  },
});

function stftOf(config: MelSpectrogramOptions) {
  const { fftSize, hopLength, windowLength, center, padMode } = config;
  return { fftSize, hopLength, windowLength: windowLength ?? fftSize, center, padMode };
}

function rangeOf({ fMax }: MelSpectrogramOptions, { sampleRate }: Waveform) {
  return { sampleRate, fMax: fMax ?? sampleRate / 2 };
}

function checkOptions(config: MelSpectrogramOptions, sampleRate: number): void {
  const { fftSize, hopLength, bands, fMin, power } = config;
  const { windowLength } = stftOf(config);
  const owner = 'melSpectrogram';
  requireWhole(owner, 'fftSize', fftSize, 2);
  requireWhole(owner, 'hopLength', hopLength);
  requireWhole(owner, 'windowLength', windowLength);
  requireWhole(owner, 'bands', bands);
  requireChoice(owner, 'melScale', config.melScale, ['htk', 'slaney']);
  requireChoice(owner, 'norm', config.norm, ['none', 'slaney']);
  requireChoice(owner, 'compression', config.compression, ['decibel', 'log10', 'none']);
  requireChoice(owner, 'padMode', config.padMode, ['reflect', 'constant']);
  const fMax = config.fMax ?? sampleRate / 2;
  const problems = [
    fftSize % 2 !== 0 && `'fftSize' must be even. Received: ${fftSize}.`,
    windowLength > fftSize && `'windowLength' must not exceed 'fftSize', ${fftSize}. Received: ${windowLength}.`,
    !(fMin >= 0 && fMin < fMax) && `'fMin' must lie between 0 and 'fMax', ${fMax}. Received: ${fMin}.`,
    fMax > sampleRate / 2 && `'fMax' must not exceed half the sample rate, ${sampleRate / 2}. Received: ${fMax}.`,
    power <= 0 && `'power' must be positive. Received: ${power}.`,
  ];
  const problem = problems.find((one) => one !== false);
  if (problem) throw new MusrepError('bad-option', `${owner}: ${problem}`);
}
