import { evenTicks } from './axes.js';
import { columnEdges, heatMap, rangeOf, type TimeOptions } from './heat-map.js';
import type { Picture } from './picture.js';
import { plotTogether } from './together.js';

/** An attention map, such as `attentionMap` gives. */
export interface AttentionData {
  /** The middle of each frame, in seconds. */
  readonly times: readonly number[];
  /** By the frame that attends: how much it attends to each frame. */
  readonly values: readonly ArrayLike<number>[];
  /** How much the class token attends to each frame. */
  readonly classToken: ArrayLike<number>;
}

const HEIGHT = { token: 36, frames: 240 };

/**
 * Draws an attention map: a strip for the class token, of which the scores are made, and below it a row for each frame that
 * attends. Both axes are in seconds.
 *
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { loadAudio, MusicTaggingTransformer, useTfjsBackend } from 'musrep';
 * import { attentionMap } from 'musrep/inspect';
 * import { plotAttention } from 'musrep/plot';
 *
 * await useTfjsBackend('wasm');
 * const model = new MusicTaggingTransformer({ labels: ['rock', 'jazz'], channels: 4, width: 16 });
 * const map = await attentionMap(model, await loadAudio('song.mp3'));
 * await writeFile('attention.png', plotAttention(map).png());
 * ```
 */
export function plotAttention(map: AttentionData, { title, seconds }: TimeOptions = {}): Picture {
  const { times, values, classToken } = map;
  const window = columnEdges(times);
  const common = { times, unit: '', seconds: seconds ?? window };
  const token = heatMap({
    ...common,
    title: 'Attention of the class token',
    rows: 1,
    valueAt: (column) => classToken[column] as number,
    height: HEIGHT.token,
    leftTicks: [],
    range: rangeOf([classToken]),
    hasTimeAxis: false,
  });
  const frames = heatMap({
    ...common,
    title: 'Attention of each frame',
    rows: values.length,
    valueAt: (column, row) => values[row]?.[column] as number,
    height: HEIGHT.frames,
    leftTicks: evenTicks(window, 6).map(({ at, label }) => ({ at, label: `${label} s` })),
    range: rangeOf(values),
    hasTimeAxis: true,
  });
  return plotTogether([token, frames], title === undefined ? {} : { title });
}
