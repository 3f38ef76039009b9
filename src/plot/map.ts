import { columnEdges, heatMap, rangeOf, type TimeOptions } from './heat-map.js';
import type { Picture } from './picture.js';
import { frequencyTicks } from './spectrogram.js';

/** A class-activation, occlusion or contribution map of `musrep/inspect`. */
export interface MapData {
  readonly label: string;
  /** The middle of each frame, in seconds. */
  readonly times: readonly number[];
  /** The centre of each band, in hertz; absent or undefined for a map of moments alone. */
  readonly frequencies?: readonly number[] | undefined;
  /** By frame: a value, or one for each band. */
  readonly values: Float32Array | readonly ArrayLike<number>[];
  /** The label's score for the window. */
  readonly score: number;
}

export interface MapOptions extends TimeOptions {
  /** Values that have the darkest and the brightest colour; the least and the greatest unless given. */
  readonly range?: readonly [least: number, greatest: number];
}

const HEIGHT = { bands: 160, strip: 36 };

/**
 * Draws what speaks for a label in a window: a `classActivationMap`, an `occlusionMap` or a `contributionMap`. Those of
 * moments alone are a strip.
 *
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { loadAudio, MusiCNN } from 'musrep';
 * import { occlusionMap } from 'musrep/inspect';
 * import { plotMap } from 'musrep/plot';
 *
 * const model = await MusiCNN.pretrained('mtat');
 * const map = await occlusionMap(model, await loadAudio('song.mp3'), { label: 'flute', moments: 6, bands: 4 });
 * await writeFile('flute.png', plotMap(map, { title: 'Where the flute is heard' }).png());
 * ```
 */
export function plotMap(map: MapData, options: MapOptions = {}): Picture {
  const { label, times, frequencies, score } = map;
  const rows = map.values instanceof Float32Array ? Array.from(map.values, (value) => [value]) : map.values;
  const bands = rows[0]?.length ?? 0;
  const height = bands > 1 ? HEIGHT.bands : HEIGHT.strip;
  return heatMap({
    title: options.title ?? `${label}: ${score.toFixed(3)} in this window`,
    times,
    rows: bands,
    valueAt: (column, row) => rows[column]?.[row] as number,
    height,
    leftTicks: bands > 1 ? frequencyTicks(frequencies, bands, height) : [],
    range: options.range ?? rangeOf(rows),
    unit: '',
    seconds: options.seconds ?? columnEdges(times),
    hasTimeAxis: true,
  });
}
