import type { AudioModel } from '../core/model.js';
import { CRNN } from './crnn.js';
import { FCN } from './fcn.js';
import { MusiCNN } from './musicnn.js';
import { requirePublished } from './pretrained.js';
import type { PublishedName } from './published.js';
import { VGG } from './vgg.js';
import type { PretrainedOptions } from './weights.js';

type Load = (options: PretrainedOptions) => Promise<AudioModel>;

/** Every published weight under one name: the architecture's, then the data set's. */
const CATALOGUE: Readonly<Record<PublishedName, Load>> = {
  'musicnn-mtat': (options) => MusiCNN.pretrained('mtat', options),
  'musicnn-jamendo': (options) => MusiCNN.pretrained('jamendo', options),
  'musicnn-mtt': (options) => MusiCNN.pretrained('musicnn-mtt', options),
  'musicnn-msd': (options) => MusiCNN.pretrained('musicnn-msd', options),
  'fcn-mtat': (options) => FCN.pretrained('mtat', options),
  'fcn-msd': (options) => FCN.pretrained('msd', options),
  'fcn-jamendo': (options) => FCN.pretrained('jamendo', options),
  'crnn-mtat': (options) => CRNN.pretrained('mtat', options),
  'crnn-msd': (options) => CRNN.pretrained('msd', options),
  'crnn-jamendo': (options) => CRNN.pretrained('jamendo', options),
  'vgg-mtt': (options) => VGG.pretrained('musicnn-mtt', options),
  'vgg-msd': (options) => VGG.pretrained('musicnn-msd', options),
};

export const MODEL_NAMES = Object.keys(CATALOGUE) as readonly PublishedName[];

/** Loads a published model by its name in the catalogue; an unknown one is refused with the nearest. */
export async function loadPublished(name: string, options: PretrainedOptions = {}): Promise<AudioModel> {
  requirePublished('model', name, CATALOGUE);
  return CATALOGUE[name as PublishedName](options);
}
