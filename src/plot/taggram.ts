import { unknownName } from '../core/errors.js';
import { heatMap, type TimeOptions } from './heat-map.js';
import type { Picture } from './picture.js';

/** Scores over time, such as `taggram` gives. */
export interface TaggramData {
  /** Window starts, in seconds. */
  readonly times: readonly number[];
  readonly labels: readonly string[];
  /** One row per window, in the order of the labels. */
  readonly scores: readonly ArrayLike<number>[];
}

export interface TaggramOptions extends TimeOptions {
  /** How long a window is, in seconds: `model.samples / model.sampleRate`. */
  readonly windowSeconds: number;
  /** The labels that are drawn, from the top; all unless given. */
  readonly labels?: readonly string[];
}

const ROW_HEIGHT = 20;

/**
 * Draws a taggram: a row for each label, a window's scores at its middle, from 0 to 1.
 *
 * @throws {@link MusrepError} `unknown-name` for a label that is not in the taggram.
 *
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { loadAudio, MusiCNN } from 'musrep';
 * import { plotTaggram } from 'musrep/plot';
 *
 * const model = await MusiCNN.pretrained('mtat');
 * const taggram = await model.taggram(await loadAudio('song.mp3'), { hopSeconds: 3 });
 * const labels = ['flute', 'strings', 'techno'];
 * await writeFile('taggram.svg', plotTaggram(taggram, { windowSeconds: model.samples / model.sampleRate, labels }).svg);
 * ```
 */
export function plotTaggram(taggram: TaggramData, options: TaggramOptions): Picture {
  const { windowSeconds, labels = taggram.labels, title = 'Taggram' } = options;
  const columns = labels.map((label) => indexOf(taggram.labels, label)).reverse();
  const middles = taggram.times.map((time) => time + windowSeconds / 2);
  const ends: [number, number] = [taggram.times[0] as number, (taggram.times.at(-1) as number) + windowSeconds];
  return heatMap({
    title,
    times: middles,
    columnSeconds: windowSeconds,
    rows: labels.length,
    valueAt: (column, row) => taggram.scores[column]?.[columns[row] as number] as number,
    height: ROW_HEIGHT * labels.length,
    leftTicks: labels.map((label, i) => ({ at: 1 - (i + 0.5) / labels.length, label })),
    range: [0, 1],
    unit: '',
    seconds: options.seconds ?? ends,
    hasTimeAxis: true,
  });
}

function indexOf(labels: readonly string[], label: string): number {
  const index = labels.indexOf(label);
  if (index < 0) throw unknownName('label', label, labels);
  return index;
}
