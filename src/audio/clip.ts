import { MusrepError } from '../core/errors.js';

/** Decoded audio. */
export interface Clip {
  /** Mono samples; full scale is [−1, 1], which decoders of lossy formats may exceed. */
  readonly samples: Float32Array;
  /** In hertz: the file's own rate, never an assumed one. */
  readonly sampleRate: number;
}

/**
 * Refuses what is not a usable clip, before any work begins.
 *
 * @throws {@link MusrepError} `bad-audio` for a clip without samples, with a sample that is NaN or infinite, or with an
 * impossible rate.
 */
export function checkClip(clip: Clip): void {
  const { samples, sampleRate } = clip;
  if (!(samples instanceof Float32Array)) {
    throw new MusrepError(
      'bad-audio',
      'Expected a clip { samples: Float32Array, sampleRate }. Received samples of another type.',
    );
  }
  if (!(sampleRate > 0 && Number.isFinite(sampleRate))) {
    throw new MusrepError(
      'bad-audio',
      `A clip's sampleRate must be a positive number of hertz. Received: ${sampleRate}.`,
    );
  }
  if (samples.length === 0) throw new MusrepError('bad-audio', 'The clip holds no samples.');
  checkSamples(clip, 0);
}

/** Refuses samples that are not finite; `first` is the index of the first of them in the whole. */
export function checkSamples({ samples, sampleRate }: Clip, first: number): void {
  const bad = firstNonFinite(samples);
  if (bad < 0) return;
  const at = ((first + bad) / sampleRate).toFixed(3);
  throw new MusrepError(
    'bad-audio',
    `Sample ${first + bad} (at ${at} s) is ${samples[bad]}; samples must be finite numbers.`,
  );
}

function firstNonFinite(samples: Float32Array): number {
  // Anything that is not finite leaves NaN behind when it is multiplied by zero: one pass without a branch.
  let trace = 0;
  for (let i = 0; i < samples.length; i++) trace += (samples[i] as number) * 0;
  return trace === 0 ? -1 : samples.findIndex((value) => !Number.isFinite(value));
}

/** The mean of the channels. */
export function mixToMono(channels: readonly Float32Array[]): Float32Array {
  const [first] = channels;
  if (first === undefined) return new Float32Array(0);
  if (channels.length === 1) return first;
  const mono = new Float32Array(first.length);
  for (const channel of channels) {
    for (let i = 0; i < mono.length; i++) mono[i] = (mono[i] as number) + (channel[i] as number);
  }
  for (let i = 0; i < mono.length; i++) mono[i] = (mono[i] as number) / channels.length;
  return mono;
}
