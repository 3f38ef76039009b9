/**
 * Pictures of what `musrep` and `musrep/inspect` give: as SVG and PNG, from the same call in Node and in pages.
 * @module
 */
export { MusrepError } from '../core/errors.js';
export { type AttentionData, plotAttention } from './attention.js';
export { type FilterBankOptions, plotFilterBank } from './filter-bank.js';
export type { TimeOptions } from './heat-map.js';
export { type MapData, type MapOptions, plotMap } from './map.js';
export { Picture } from './picture.js';
export { plotSpectrogram, type SpectrogramData, type SpectrogramOptions } from './spectrogram.js';
export { plotSummary, type SummaryData } from './summary.js';
export { plotTaggram, type TaggramData, type TaggramOptions } from './taggram.js';
export { plotTogether } from './together.js';
