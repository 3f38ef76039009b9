import { defineBlock } from '../../core/block.js';
import { requireChoice } from '../../core/config.js';
import type { HeadBlock, ScoreActivation } from '../../core/head.js';
import {
  checkLabelHead,
  LABEL_HEAD_DEFAULTS,
  type LabelHeadOptions,
  labelLayers,
  requireLabels,
} from './label-head.js';

export type FrameLabelsOptions = LabelHeadOptions & {
  /** `sigmoid` for any number of labels at once, `softmax` for one of them in each frame. */
  readonly activation: ScoreActivation;
};

export const frameLabelsBlock = defineBlock({
  name: 'frameLabels',
  role: 'head',
  takes: ['sequence'],
  defaults: { labels: [] as readonly string[], ...LABEL_HEAD_DEFAULTS, activation: 'sigmoid' as ScoreActivation },
  output({ frames }, { labels, activation, ...options }) {
    checkLabelHead('frameLabels', labels, options);
    requireChoice('frameLabels', 'activation', activation, ['sigmoid', 'softmax']);
    return { kind: 'frameScores', frames, labels };
  },
  build: (x, { labels, ...options }, { layers }) => labelLayers(x, labels.length, options, layers),
});

/**
 * A head that labels every frame: sequence `[batch, frame, channel]` → `[batch, frame, label]`, the same layers for each
 * frame as in `multiLabel`. `taggram` and `embed` of such a model give a row for each frame, frames lying evenly in their
 * window; `tag` gives their mean.
 *
 * @param labels - in the order of the scores; they become part of the model's type.
 * @throws {@link MusrepError} `bad-option` for no labels, or one that stands twice.
 *
 * @example
 * ```ts
 * import { audioModel, frameLabels, melSpectrogram, recurrent, useTfjsBackend } from 'musrep';
 *
 * await useTfjsBackend('wasm');
 * const model = audioModel({ sampleRate: 16_000, seconds: 2 })
 *   .frontend(melSpectrogram({ bands: 32 }))
 *   .backend(recurrent({ units: 16, output: 'sequence' }))
 *   .head(frameLabels(['voice', 'drums']))
 *   .build();
 * ```
 */
export function frameLabels<const L extends readonly string[]>(
  labels: L,
  options: Partial<FrameLabelsOptions> = {},
): HeadBlock<L, 'sequence', 'frameScores'> {
  requireLabels('frameLabels', labels);
  return { ...frameLabelsBlock({ ...options, labels }), labels };
}
