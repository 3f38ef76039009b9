import { readFrom } from '#platform/files';
import { convStack } from '../backends/conv-stack.js';
import { multiLabelBlock } from '../backends/heads/multi-label.js';
import { singleLabelBlock } from '../backends/heads/single-label.js';
import { musicnnBackend } from '../backends/musicnn-backend.js';
import { flatten, globalPool } from '../backends/pooling.js';
import { recurrent } from '../backends/recurrent.js';
import { residualStack } from '../backends/residual-stack.js';
import { transformerEncoder } from '../backends/transformer-encoder.js';
import type { AnyBlockFactory, Block } from '../core/block.js';
import { MusrepError } from '../core/errors.js';
import type { HeadBlock } from '../core/head.js';
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
  melSpectrogram,
  harmonicFilterBank,
  musicnnFilters,
  sampleLevelStack,
  residualStem,
  convStack,
  residualStack,
  transformerEncoder,
  recurrent,
  globalPool,
  flatten,
  musicnnBackend,
  multiLabelBlock,
  singleLabelBlock,
];

export interface LoadModelOptions {
  /** The blocks of your own, made by `defineBlock`, that the model was built with. */
  readonly blocks?: readonly AnyBlockFactory[];
}

/**
 * Loads a model that `save` wrote.
 *
 * @param folder - a path or URL; in a page also a directory handle.
 * @throws {@link MusrepError} `not-found`; `bad-model` for what is not a saved model, a newer format, or one that needs a
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
export async function loadModel(folder: Folder, { blocks = [] }: LoadModelOptions = {}): Promise<AudioModel> {
  await ensureTfjsBackend();
  const saved = await readModelFile(folder);
  const weights = await readFrom(folder, WEIGHTS_FILE);
  const known = [...BUILT_IN, ...blocks];
  const { sampleRate, samples, context, tagWindows, seed } = saved;
  const model = new AudioModel({
    sampleRate,
    samples,
    context,
    tagWindows,
    seed,
    blocks: saved.blocks.map((block) => revive(block, known)),
    head: reviveHead(saved.head, known),
  });
  return filled(model, weights, saved.card);
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

function reviveHead(saved: SavedBlock, known: readonly AnyBlockFactory[]): HeadBlock {
  const { labels } = saved.config;
  if (!Array.isArray(labels)) throw new MusrepError('bad-model', `The head '${saved.block}' was saved without labels.`);
  return { ...(revive(saved, known) as HeadBlock), labels: labels as string[] };
}
