import { packagedWeights, readFrom } from '#platform/files';
import type { ModelCard } from '../core/card.js';
import { unknownName } from '../core/errors.js';
import type { AudioModel } from '../core/model.js';
import type { Folder } from '../platform/folder.js';
import { ensureTfjsBackend } from '../runtime/tfjs-backend.js';

/** Refuses a name that is not among the published ones. */
export function requirePublished(what: string, name: string, published: object): void {
  if (!Object.hasOwn(published, name)) throw unknownName(what, name, Object.keys(published));
}

/** Reads `file.json` (the card) and `file.safetensors` from the weights folder, builds the model and gives it both. */
export async function loadPretrained<M extends AudioModel>(
  file: string,
  from: Folder | undefined,
  build: () => M,
): Promise<M> {
  await ensureTfjsBackend();
  const folder = from ?? packagedWeights();
  const facts = JSON.parse(new TextDecoder().decode(await readFrom(folder, `${file}.json`))) as { card: ModelCard };
  const weights = await readFrom(folder, `${file}.safetensors`);
  return filled(build(), weights, facts.card);
}

/** The model with its weights and its card; disposed of if the weights are not for it. */
export async function filled<M extends AudioModel>(
  model: M,
  weights: Uint8Array,
  card: ModelCard | undefined,
): Promise<M> {
  try {
    await model.loadWeights(weights);
  } catch (error) {
    model.dispose();
    throw error;
  }
  model.card = card;
  return model;
}
