import { bandTicks, evenTicks, type Range, type Tick } from './axes.js';
import { columnEdges, heatMap, rangeOf, type TimeOptions } from './heat-map.js';
import type { Picture } from './picture.js';
import { plotTogether } from './together.js';

/** A spectrogram of one or several channels, such as `blockOutput` gives. */
export interface SpectrogramData {
  /** The middle of each frame, in seconds. */
  readonly times: readonly number[];
  /** The centre of each band, in hertz; undefined if unknown. */
  readonly frequencies: readonly number[] | undefined;
  /** By channel and frame: a value for each band. */
  readonly channels: readonly (readonly ArrayLike<number>[])[];
}

export interface SpectrogramOptions extends TimeOptions {
  /** What the channels are, such as `harmonic`; they are numbered from 1. `channel` unless given. */
  readonly channelName?: string;
  /** Of the values, such as `dB`. */
  readonly unit?: string;
  /** Values that have the darkest and the brightest colour; the least and the greatest unless given. */
  readonly range?: readonly [least: number, greatest: number];
}

/** Of a picture of one spectrogram, and of one among several. */
const HEIGHT = { alone: 200, among: 90 };
/** Pixels from one tick to the next, at least. */
const TICK_GAP = 18;

/**
 * Draws a spectrogram: time in seconds, frequency in hertz on the scale of its bands, colours by viridis. Of several
 * channels, such as the harmonics of a harmonic tensor, each has a panel.
 *
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { HarmonicCNN, loadAudio, useTfjsBackend } from 'musrep';
 * import { blockOutput } from 'musrep/inspect';
 * import { plotSpectrogram } from 'musrep/plot';
 *
 * await useTfjsBackend('wasm');
 * const model = new HarmonicCNN({ labels: ['rock', 'jazz'], channels: 4 });
 * const tensor = await blockOutput(model, 'hstft', await loadAudio('song.mp3'));
 * if (tensor.kind === 'spectrogram') {
 *   await writeFile('tensor.svg', plotSpectrogram(tensor, { channelName: 'harmonic', unit: 'dB' }).svg);
 * }
 * ```
 */
export function plotSpectrogram(spectrogram: SpectrogramData, options: SpectrogramOptions = {}): Picture {
  const { times, frequencies, channels } = spectrogram;
  const { title, channelName = 'channel', unit = '', seconds = columnEdges(times) } = options;
  const range = options.range ?? rangeOf(channels.flat());
  const height = channels.length > 1 ? HEIGHT.among : HEIGHT.alone;
  const bands = channels[0]?.[0]?.length ?? 0;
  const panels = channels.map((frames, i) =>
    heatMap({
      title: channels.length > 1 ? `${channelName} ${i + 1}` : (title ?? 'Spectrogram'),
      times,
      rows: bands,
      valueAt: (column, row) => frames[column]?.[row] as number,
      height,
      leftTicks: frequencyTicks(frequencies, bands, height),
      range,
      unit: unit && ` ${unit}`,
      seconds,
      hasTimeAxis: i === channels.length - 1,
    }),
  );
  return channels.length === 1 ? (panels[0] as Picture) : plotTogether(panels, title === undefined ? {} : { title });
}

/** Frequencies in hertz, or where those are unknown the bands' numbers. */
export function frequencyTicks(frequencies: readonly number[] | undefined, bands: number, height: number): Tick[] {
  if (frequencies !== undefined) return bandTicks(frequencies, TICK_GAP / height);
  const numbers: Range = [0, bands];
  return evenTicks(numbers, Math.min(bands, height / (2 * TICK_GAP))).map(({ at, label }) => ({
    at,
    label: `band ${label}`,
  }));
}
