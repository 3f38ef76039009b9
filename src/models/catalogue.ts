import type { AudioModel } from '../core/model.js';
import { MusiCNN } from './musicnn.js';
import { requirePublished } from './pretrained.js';

/** Every published weight under one name: the architecture's, then the data set's. */
const CATALOGUE: Readonly<Record<string, () => Promise<AudioModel>>> = {
  'musicnn-mtat': () => MusiCNN.pretrained('mtat'),
  'musicnn-jamendo': () => MusiCNN.pretrained('jamendo'),
};

export const MODEL_NAMES: readonly string[] = Object.keys(CATALOGUE);

/** Loads a published model by its name in the catalogue; an unknown one is refused with the nearest. */
export async function loadPublished(name: string): Promise<AudioModel> {
  requirePublished('model', name, CATALOGUE);
  return (CATALOGUE[name] as (typeof CATALOGUE)[string])();
}
