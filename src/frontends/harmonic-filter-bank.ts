import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../core/block.js';
import { requireChoice, requireWhole } from '../core/config.js';
import { MusrepError } from '../core/errors.js';
import { HarmonicFilters, type HarmonicParameter } from '../layers/harmonic-filters.js';
import { frameCount } from '../runtime/stft.js';

export interface HarmonicFilterBankOptions {
  /** How many harmonics: the channels of the output. */
  readonly harmonics: number;
  /** Bands of each semitone: 2 for quarter tones. */
  readonly bandsPerSemitone: number;
  /** Samples a frame; even. */
  readonly fftSize: number;
  /** Samples from one frame to the next. */
  readonly hopLength: number;
  /** The lowest band's note, as a MIDI number: 24 is C1, 32.7 Hz. */
  readonly lowestNote: number;
  /** What is learned: `Q` of all filters, and if wished `centre` frequencies, `alpha` and `beta`. */
  readonly learn: readonly HarmonicParameter[];
}

const DEFAULTS: HarmonicFilterBankOptions = {
  harmonics: 6,
  bandsPerSemitone: 2,
  fftSize: 512,
  hopLength: 256,
  lowestNote: 24,
  learn: ['Q'],
};

/**
 * The harmonic filter bank: waveform `[batch, sample]` → `[batch, band, frame, harmonic]` in dB, with batch normalisation
 * over the harmonics (thesis 3.4; M. Won et al., "Data-driven harmonic filters for audio representation learning", 2020).
 *
 * Filter n of a band passes n times the band's centre frequency f: max(0, 1 − 2|f' − n·f|/b) over the bins f' of the power
 * spectrum, of width b = (α·n·f + β)/Q with α = 0.1079, β = 24.7 and a learned Q that starts at 1. Centres are equally
 * tempered from `lowestNote` up to, not including, the note nearest to sampleRate/(2·harmonics): 128 bands by default at
 * 16 kHz. A band that no bin falls into stays at −100 dB, and has no gradient.
 *
 * @throws {@link MusrepError} `bad-option` for sizes that cannot be, or so many harmonics that no band is left;
 * `bad-shape` at build for a window that is too short for one frame.
 *
 * @example
 * ```ts
 * import { harmonicFilterBank } from 'musrep';
 *
 * const filters = harmonicFilterBank({ harmonics: 4, bandsPerSemitone: 1, learn: ['Q', 'alpha', 'beta'] });
 * ```
 */
export const harmonicFilterBank = defineBlock({
  name: 'harmonicFilterBank',
  role: 'frontend',
  takes: ['waveform'],
  defaults: DEFAULTS,
  output({ samples, sampleRate }, config) {
    checkOptions(config);
    const bands = centresOf(config, sampleRate).length;
    if (samples < config.fftSize / 2 + 1) {
      throw new MusrepError(
        'bad-shape',
        `harmonicFilterBank needs windows of at least ${config.fftSize / 2 + 1} samples. Received: ${samples}.`,
      );
    }
    return { kind: 'spectrogram', bands, frames: frameCount(samples, stftOf(config)), channels: config.harmonics };
  },
  build(x, config, { input: { sampleRate }, layers }) {
    const { harmonics, learn } = config;
    const centres = centresOf(config, sampleRate);
    const filters = new HarmonicFilters({ name: 'hstft', ...stftOf(config), sampleRate, harmonics, centres, learn });
    return layers.batchNorm('hstft_bn').apply(layers.own(filters).apply(x)) as SymbolicTensor;
  },
});

function stftOf({ fftSize, hopLength }: HarmonicFilterBankOptions) {
  return { fftSize, hopLength, windowLength: fftSize, center: true, padMode: 'reflect' } as const;
}

const CONCERT_PITCH = { note: 69, hertz: 440 };

/** Centre frequencies of the first harmonic, in hertz. */
function centresOf(
  { harmonics, bandsPerSemitone, lowestNote }: HarmonicFilterBankOptions,
  sampleRate: number,
): number[] {
  const { note, hertz } = CONCERT_PITCH;
  const highestNote = Math.round(note + 12 * Math.log2(sampleRate / (2 * harmonics) / hertz));
  const count = (highestNote - lowestNote) * bandsPerSemitone;
  if (count < 1) {
    throw new MusrepError(
      'bad-option',
      `harmonicFilterBank: ${harmonics} harmonics of note ${lowestNote} do not fit below ${sampleRate / 2} Hz.`,
    );
  }
  return Array.from({ length: count }, (_, i) => hertz * 2 ** ((lowestNote + i / bandsPerSemitone - note) / 12));
}

function checkOptions({ harmonics, bandsPerSemitone, fftSize, hopLength, learn }: HarmonicFilterBankOptions): void {
  const owner = 'harmonicFilterBank';
  requireWhole(owner, 'harmonics', harmonics);
  requireWhole(owner, 'bandsPerSemitone', bandsPerSemitone);
  requireWhole(owner, 'fftSize', fftSize, 2);
  requireWhole(owner, 'hopLength', hopLength);
  for (const one of learn) requireChoice(owner, 'learn', one, ['Q', 'centre', 'alpha', 'beta']);
  if (fftSize % 2 !== 0) throw new MusrepError('bad-option', `${owner}: 'fftSize' must be even. Received: ${fftSize}.`);
}
