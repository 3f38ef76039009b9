import { MusrepError } from '../core/errors.js';
import type { AnyAudioModel } from '../core/model.js';
import { type FilterBank, isFilterBankLayer } from '../layers/filter-bank-layer.js';

/**
 * The band-pass filters that a model hears through: the harmonic ones as they were learned, with their Q, α and β (thesis
 * 3.4), or the fixed mel filters.
 *
 * Each has its centre frequency and bandwidth in hertz, and its response at every bin of the spectrum.
 *
 * @throws {@link MusrepError} `unsupported-model` for a model without such filters, such as a SampleCNN.
 *
 * @example
 * ```ts
 * import { HarmonicCNN, useTfjsBackend } from 'musrep';
 * import { filterBank } from 'musrep/inspect';
 *
 * await useTfjsBackend('wasm');
 * const { filters, parameters } = await filterBank(new HarmonicCNN({ labels: ['rock', 'jazz'], channels: 4 }));
 * console.log(parameters?.Q, filters.length); // 1, 768: 128 bands of 6 harmonics
 * ```
 */
export async function filterBank(model: AnyAudioModel): Promise<FilterBank> {
  const layer = model.layersModel.layers.find(isFilterBankLayer);
  if (layer !== undefined) return layer.filterBank();
  const blocks = model.parts.map(({ block }) => block).join(', ');
  throw new MusrepError(
    'unsupported-model',
    `Filters are those of melSpectrogram or harmonicFilterBank. This model has neither: ${blocks}.`,
  );
}
