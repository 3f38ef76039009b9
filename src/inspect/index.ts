/**
 * What happens inside a model: outputs of its blocks, its filters, where it looks, and what speaks for a label.
 * @module
 */
export { MusrepError } from '../core/errors.js';
export type { BandFilter, BandwidthParameters, FilterBank } from '../layers/filter-bank-layer.js';
export { type AttentionMap, type AttentionMapOptions, attentionMap } from './attention-map.js';
export {
  type BlockOutput,
  blockOutput,
  type SequenceOutput,
  type SpectrogramOutput,
  type VectorOutput,
} from './block-output.js';
export { type ClassActivationOptions, classActivationMap } from './class-activation-map.js';
export { type ContributionMap, contributionMap, type LabelOptions } from './contribution-map.js';
export { filterBank } from './filter-bank.js';
export type { TimeFrequencyMap } from './map.js';
export type { WindowOptions } from './model-window.js';
export { type OcclusionOptions, occlusionMap } from './occlusion-map.js';
export { type BlockProfile, type Profile, type ProfileOptions, profile } from './profile.js';
