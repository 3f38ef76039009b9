import type { LayersModel } from '@tensorflow/tfjs-layers';
import { readFrom, writeTo } from '#platform/files';
import type { ModelCard } from '../core/card.js';
import type { Config } from '../core/config.js';
import { MusrepError, reasonOf } from '../core/errors.js';
import type { AnyModelSpec } from '../core/spec.js';
import { variablesOf } from '../core/variables.js';
import type { Folder } from '../platform/folder.js';
import { compacted, compactMetadata, type WeightType } from './compact-weights.js';
import { pytorchName, toPytorchLayout } from './pytorch-names.js';
import { type NamedTensor, writeSafetensors } from './safetensors.js';

const MODEL_FILE = 'model.json';
export const WEIGHTS_FILE = 'weights.safetensors';
const FORMAT = 'musrep-model';
/** Raised when a reader of the older format could no longer read what is written. */
const FORMAT_VERSION = 1;

/** A block as it is saved. */
export interface SavedBlock {
  readonly block: string;
  readonly config: Config;
}

/** What `model.json` holds. */
export interface SavedModel {
  readonly format: typeof FORMAT;
  readonly formatVersion: number;
  readonly sampleRate: number;
  readonly samples: number;
  readonly context: number;
  readonly tagWindows: number | 'all';
  readonly seed: number;
  readonly blocks: readonly SavedBlock[];
  readonly head: SavedBlock;
  readonly card?: ModelCard;
}

/** Writes `model.json` and the weights, both or neither. */
export async function saveModel(
  folder: Folder,
  spec: AnyModelSpec,
  card: ModelCard | undefined,
  model: LayersModel,
  weights: WeightType,
): Promise<void> {
  const saved: SavedModel = { ...describeModel(spec), ...(card && { card }) };
  await writeTo(folder, {
    [WEIGHTS_FILE]: writeSafetensors(compacted(await tensorsOf(model), weights), {
      format: FORMAT,
      ...compactMetadata(weights),
    }),
    [MODEL_FILE]: new TextEncoder().encode(`${JSON.stringify(saved, null, 2)}\n`),
  });
}

/** All that `model.json` says of a model itself. */
export function describeModel(spec: AnyModelSpec): SavedModel {
  const { sampleRate, samples, context, tagWindows, seed, blocks, head } = spec;
  return {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    sampleRate,
    samples,
    context,
    tagWindows,
    seed,
    blocks: blocks.map(({ name, config }) => ({ block: name, config })),
    head: { block: head.name, config: head.config },
  };
}

/** The weights as a safetensors file under PyTorch's names and in its layouts. */
export async function pytorchWeights(model: LayersModel): Promise<Uint8Array> {
  const tensors = await tensorsOf(model);
  return writeSafetensors(
    tensors.map(([key, tensor]) => [pytorchName(key), toPytorchLayout(key, tensor)] as const),
    { format: 'pt' },
  );
}

/** The weights in main memory, by the names under which they are saved. */
export async function tensorsOf(model: LayersModel): Promise<[string, NamedTensor][]> {
  return Promise.all(
    [...variablesOf(model)].map(async ([key, variable]): Promise<[string, NamedTensor]> => {
      const values = (await variable.read().data()) as Float32Array;
      return [key, { shape: variable.shape as number[], values }];
    }),
  );
}

/** Reads `model.json`. */
export async function readModelFile(folder: Folder): Promise<SavedModel> {
  const bytes = await readFrom(folder, MODEL_FILE);
  let saved: Partial<SavedModel>;
  try {
    saved = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new MusrepError('bad-model', `${MODEL_FILE} is not JSON: ${reasonOf(cause)}`, { cause });
  }
  if (saved?.format !== FORMAT || !Array.isArray(saved.blocks) || typeof saved.head?.block !== 'string') {
    throw new MusrepError('bad-model', `${MODEL_FILE} does not describe a musrep model.`);
  }
  if ((saved.formatVersion ?? 0) > FORMAT_VERSION) {
    throw new MusrepError(
      'bad-model',
      `The model is in format ${saved.formatVersion}; this musrep reads up to ${FORMAT_VERSION}. Update musrep.`,
    );
  }
  return saved as SavedModel;
}
