import { melSpectrogram } from '../frontends/mel-spectrogram.js';

const SAMPLE_RATE = 16_000;
const FFT_SIZE = 512;
const HOP_LENGTH = 256;
/** Frames a patch. */
const FRAMES = 187;

/**
 * The windows of the TensorFlow package `musicnn`: patches of one spectrogram of the whole clip, whose frames are centred.
 * A patch's first and last frames so reach half a frame beyond it, into its neighbours. All patches are averaged.
 */
export function patchWindows() {
  const samples = FFT_SIZE + (FRAMES - 1) * HOP_LENGTH;
  return { sampleRate: SAMPLE_RATE, samples, context: FFT_SIZE / 2, tagWindows: 'all' } as const;
}

/** Its spectrogram: Slaney's mel scale and area norm, log10(10,000·x + 1). */
export function patchMel(bands = 96) {
  return melSpectrogram({
    fftSize: FFT_SIZE,
    hopLength: HOP_LENGTH,
    bands,
    melScale: 'slaney',
    norm: 'slaney',
    compression: 'log10',
    center: false,
  });
}
