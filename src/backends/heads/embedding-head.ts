import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { defineBlock } from '../../core/block.js';
import { requireWhole } from '../../core/config.js';
import type { HeadBlock } from '../../core/head.js';
import { UnitLength } from '../../layers/unit-length.js';

export type EmbeddingHeadOptions = {
  /** Width of a dense layer that projects the embedding; `null` for none. */
  readonly width: number | null;
  /** Whether embeddings are scaled to length 1, so that their product is the cosine of their angle. */
  readonly normalize: boolean;
};

export const embeddingHeadBlock = defineBlock({
  name: 'embeddingHead',
  role: 'head',
  takes: ['embedding'],
  defaults: { labels: [] as readonly string[], width: null, normalize: false } as EmbeddingHeadOptions & {
    readonly labels: readonly string[];
  },
  output(input, { width }) {
    if (width !== null) requireWhole('embeddingHead', 'width', width);
    return { kind: 'embedding', width: width ?? input.width };
  },
  build(x, { width, normalize }, { layers }) {
    const projected = width === null ? x : (layers.dense('projection', { units: width }).apply(x) as SymbolicTensor);
    return normalize ? (layers.own(new UnitLength({ name: 'unit' })).apply(projected) as SymbolicTensor) : projected;
  },
});

/**
 * A head without labels: embedding `[batch, width]` → the same, projected or scaled to length 1 if asked for. `embed` and
 * `predict` of such a model give embeddings; it has nothing to `tag`.
 *
 * @throws {@link MusrepError} `bad-option` for a width that is no whole number.
 *
 * @example
 * ```ts
 * import { audioModel, embeddingHead, globalPool, melSpectrogram, useTfjsBackend } from 'musrep';
 *
 * await useTfjsBackend('wasm');
 * const model = audioModel({ sampleRate: 16_000, seconds: 2 })
 *   .frontend(melSpectrogram({ bands: 32 }))
 *   .backend(globalPool({ pool: 'mean' }))
 *   .head(embeddingHead({ width: 64, normalize: true }))
 *   .build();
 * ```
 */
export function embeddingHead(
  options: Partial<EmbeddingHeadOptions> = {},
): HeadBlock<readonly [], 'embedding', 'embedding'> {
  return { ...embeddingHeadBlock(options), labels: [] };
}
