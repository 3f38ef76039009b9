import { PICTURE_WIDTH } from './heat-map.js';
import { Picture } from './picture.js';
import { lowered, type Shape } from './shapes.js';

/**
 * Several pictures as one, each below the other: a log-mel spectrogram, say, over contribution maps of the same `seconds`.
 *
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { loadAudio, MusiCNN } from 'musrep';
 * import { blockOutput, classActivationMap } from 'musrep/inspect';
 * import { plotMap, plotSpectrogram, plotTogether } from 'musrep/plot';
 *
 * const model = await MusiCNN.pretrained('mtat');
 * const clip = await loadAudio('song.mp3');
 * const logMel = await blockOutput(model, 'spec', clip);
 * const strings = await classActivationMap(model, clip, { label: 'strings' });
 * if (logMel.kind === 'spectrogram') {
 *   const picture = plotTogether([plotSpectrogram(logMel, { unit: 'dB' }), plotMap(strings)], { title: 'Morning' });
 *   await writeFile('morning.png', picture.png());
 * }
 * ```
 */
export function plotTogether(pictures: readonly Picture[], { title }: { readonly title?: string } = {}): Picture {
  const heading: Shape[] = title ? [{ kind: 'text', x: 8, y: 18, text: title, anchor: 'start' }] : [];
  let height = title ? 26 : 0;
  const shapes = pictures.flatMap((picture) => {
    const moved = picture.shapes.map((shape) => lowered(shape, height));
    height += picture.height;
    return moved;
  });
  const width = Math.max(PICTURE_WIDTH, ...pictures.map((picture) => picture.width));
  return new Picture(width, height, [...heading, ...shapes]);
}
