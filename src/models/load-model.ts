import { readFrom } from '#platform/files';
import { convStack } from '../backends/conv-stack.js';
import { convStack1d } from '../backends/conv-stack-1d.js';
import { denseStack } from '../backends/dense-stack.js';
import { embeddingHeadBlock } from '../backends/heads/embedding-head.js';
import { frameLabelsBlock } from '../backends/heads/frame-labels.js';
import { multiLabelBlock } from '../backends/heads/multi-label.js';
import { multiTaskBlock } from '../backends/heads/multi-task.js';
import { singleLabelBlock } from '../backends/heads/single-label.js';
import { musicnnBackend } from '../backends/musicnn-backend.js';
import { flatten, globalPool } from '../backends/pooling.js';
import { recurrent } from '../backends/recurrent.js';
import { residualStack } from '../backends/residual-stack.js';
import { transformerEncoder } from '../backends/transformer-encoder.js';
import type { AnyBlockFactory, Block } from '../core/block.js';
import { MusrepError } from '../core/errors.js';
import type { Kind } from '../core/feature.js';
import type { HeadBlock, HeadKind } from '../core/head.js';
import { layerBlockFactory } from '../core/layer-block.js';
import { AudioModel } from '../core/model.js';
import { harmonicFilterBank } from '../frontends/harmonic-filter-bank.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';
import { musicnnFilters } from '../frontends/musicnn-filters.js';
import { residualStem } from '../frontends/residual-stem.js';
import { sampleLevelStack } from '../frontends/sample-level-stack.js';
import { readModelFile, type SavedBlock, WEIGHTS_FILE } from '../io/model-folder.js';
import type { Folder } from '../platform/folder.js';
import { ensureTfjsBackend } from '../runtime/tfjs-backend.js';
import { filled } from './pretrained.js';

/** The library's own blocks, by the names under which they are saved. */
const BUILT_IN: readonly AnyBlockFactory[] = [
  layerBlockFactory,
  melSpectrogram,
  harmonicFilterBank,
  musicnnFilters,
  sampleLevelStack,
  residualStem,
  convStack,
  convStack1d,
  denseStack,
  residualStack,
  transformerEncoder,
  recurrent,
  globalPool,
  flatten,
  musicnnBackend,
  multiLabelBlock,
  singleLabelBlock,
  multiTaskBlock,
  frameLabelsBlock,
  embeddingHeadBlock,
];

export interface LoadModelOptions {
  /** The blocks of your own, made by `defineBlock`, that the model was built with. */
  readonly blocks?: readonly AnyBlockFactory[];
}

/**
 * Loads a model that `save` wrote.
 *
 * @typeParam G - what its head gives, if that is not `scores`: `loadModel<'frameScores'>(…)`.
 * @param folder - a path or URL; in a page also a directory handle.
 * @throws {@link MusrepError} `not-found`; `bad-option` for two blocks of one name; `bad-model` for what is not a saved model, a newer format, or one that needs a
 * block that is not given; `bad-weights`.
 *
 * @example
 * ```ts
 * import { loadModel, MusiCNN, useTfjsBackend } from 'musrep';
 *
 * await useTfjsBackend('wasm');
 * await new MusiCNN({ labels: ['rock', 'jazz'] }).save('my-model');
 * const model = await loadModel('my-model');
 * console.log(model.labels);
 * ```
 */
export async function loadModel<G extends HeadKind = 'scores'>(
  folder: Folder,
  { blocks = [] }: LoadModelOptions = {},
): Promise<AudioModel<readonly string[], G>> {
  await ensureTfjsBackend();
  const saved = await readModelFile(folder);
  const weights = await readFrom(folder, WEIGHTS_FILE);
  const known = knownBlocks(blocks);
  const { sampleRate, samples, context, tagWindows, seed } = saved;
  const model = new AudioModel<readonly string[], G>({
    sampleRate,
    samples,
    context,
    tagWindows,
    seed,
    blocks: saved.blocks.map((block) => revive(block, known)),
    head: reviveHead(saved.head, known) as HeadBlock<readonly string[], Kind, G>,
  });
  return filled(model, weights, saved.card);
}

function knownBlocks(blocks: readonly AnyBlockFactory[]): readonly AnyBlockFactory[] {
  const known = [...BUILT_IN, ...blocks];
  const names = known.map(({ blockName }) => blockName);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return known;
  throw new MusrepError(
    'bad-option',
    `loadModel: two blocks are called '${twice}'. Give yours a name of its own, such as 'acme/${twice}'.`,
  );
}

function revive({ block, config }: SavedBlock, known: readonly AnyBlockFactory[]): Block {
  const factory = known.find(({ blockName }) => blockName === block);
  if (factory === undefined) {
    throw new MusrepError(
      'bad-model',
      `The model needs the block '${block}'. Pass it: loadModel(folder, { blocks: [yourBlock] }).`,
    );
  }
  return factory(config as never);
}

function reviveHead(
  saved: SavedBlock,
  known: readonly AnyBlockFactory[],
): HeadBlock<readonly string[], Kind, HeadKind> {
  const { labels } = saved.config;
  if (!Array.isArray(labels)) throw new MusrepError('bad-model', `The head '${saved.block}' was saved without labels.`);
  return { ...(revive(saved, known) as Block<'head', Kind, HeadKind>), labels: labels as string[] };
}
