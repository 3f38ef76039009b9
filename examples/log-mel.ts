import type { AudioModel, Clip } from 'musrep';
import { blockOutput, type SpectrogramOutput } from 'musrep/inspect';

const HOP = 256;
/** Frames at a window's ends are mirror images in part: they are left to the neighbouring window. */
const EDGE = 4;

/** What the model's first block sees of a whole clip: the output of its layer `spec`, window by window. */
export async function logMelOf(model: AudioModel, clip: Clip): Promise<SpectrogramOutput> {
  const seconds = clip.samples.length / clip.sampleRate;
  const framesPerWindow = Math.floor(model.samples / HOP) + 1 - 2 * EDGE;
  const step = (framesPerWindow * HOP) / model.sampleRate;
  const whole = withSilence(clip, model.samples / model.sampleRate);
  const times: number[] = [];
  const frames: Float32Array[] = [];
  let frequencies: readonly number[] | undefined;
  for (let i = 0; i * step < seconds; i++) {
    const part = await blockOutput(model, 'spec', whole, { start: i * step });
    if (part.kind !== 'spectrogram') throw new Error(`The layer 'spec' gives a ${part.kind}.`);
    const [first, end] = [i === 0 ? 0 : EDGE, EDGE + framesPerWindow];
    times.push(...part.times.slice(first, end));
    frames.push(...(part.channels[0]?.slice(first, end) ?? []));
    frequencies = part.frequencies;
  }
  return { kind: 'spectrogram', times, frequencies, channels: [frames] };
}

/** The clip with silence at its end, so that the last window reaches beyond it. */
function withSilence({ samples, sampleRate }: Clip, seconds: number): Clip {
  const longer = new Float32Array(samples.length + Math.ceil(sampleRate * seconds));
  longer.set(samples);
  return { samples: longer, sampleRate };
}
