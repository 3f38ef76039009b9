import type { AudioStream } from '../audio/audio-stream.js';
import type { Clip } from '../audio/clip.js';
import { MusrepError } from '../core/errors.js';
import type { AudioModel } from '../core/model.js';
import type { TagOptions } from '../core/options.js';
import { rankTags, type Tags } from '../core/results.js';

/** Several models as one tagger. */
export interface Ensemble {
  /** The labels that all of the models know, in the order of the first. */
  readonly labels: readonly string[];
  /** The mean of the models' scores for the labels that they share, most probable first. */
  tag(audio: Clip | AudioStream, options?: TagOptions): Promise<Tags>;
}

/**
 * Averages models over the labels that they share: each tags by its own windows, as it was published.
 *
 * @throws {@link MusrepError} `bad-option` for no models, or models that share no label.
 *
 * @example
 * ```ts
 * import { ensemble, loadAudio, MusiCNN, VGG } from 'musrep';
 *
 * const models = [await MusiCNN.pretrained('mtat'), await VGG.pretrained('musicnn-mtt')];
 * console.table(await ensemble(models).tag(await loadAudio('song.mp3'), { top: 5, windows: 4 }));
 * ```
 */
export function ensemble(models: readonly AudioModel[]): Ensemble {
  const [first, ...others] = models;
  const labels = (first?.labels ?? []).filter((label) => others.every((model) => model.labels.includes(label)));
  if (labels.length === 0) {
    throw new MusrepError(
      'bad-option',
      `An ensemble takes models that share labels. Received: ${models.length} models that share none.`,
    );
  }
  return {
    labels,
    async tag(audio, { top = labels.length, ...options } = {}) {
      const sums = new Map(labels.map((label) => [label, 0]));
      let paddedSeconds = 0;
      for (const model of models) {
        const tags = await model.tag(audio, options);
        paddedSeconds = Math.max(paddedSeconds, tags.paddedSeconds);
        for (const { label, score } of tags) sums.set(label, (sums.get(label) ?? 0) + score);
      }
      const means = Float32Array.from(labels, (label) => (sums.get(label) as number) / models.length);
      return rankTags(labels, means, top, paddedSeconds);
    },
  };
}
