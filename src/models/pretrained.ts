import type { ModelCard } from '../core/card.js';
import { unknownName } from '../core/errors.js';
import type { AnyAudioModel } from '../core/model.js';
import { ensureTfjsBackend } from '../runtime/tfjs-backend.js';
import { PUBLISHED, type PublishedName } from './published.js';
import { findWeights, type PretrainedOptions } from './weights.js';

export type { PretrainedOptions } from './weights.js';

/** For models whose weights do not depend on it. */
export interface WindowLength {
  /** The window's length in samples, if not the published one; the same weights take any that the pooling allows. */
  readonly samples?: number;
}

export function windowLength({ samples }: WindowLength): WindowLength {
  return samples === undefined ? {} : { samples };
}

/** Refuses a name that is not among the published ones. */
export function requirePublished(what: string, name: string, published: object): void {
  if (!Object.hasOwn(published, name)) throw unknownName(what, name, Object.keys(published));
}

/** Finds the published weights, builds the model and gives it both them and their card. */
export async function loadPretrained<M extends AnyAudioModel>(
  name: PublishedName,
  options: PretrainedOptions,
  build: () => M,
): Promise<M> {
  await ensureTfjsBackend();
  const weights = await findWeights(name, options);
  return filled(build(), weights, PUBLISHED[name].card);
}

/** The model with its weights and its card; disposed of if the weights are not for it. */
export async function filled<M extends AnyAudioModel>(
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
