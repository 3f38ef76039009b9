import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { AudioModel } from '../core/model.js';
import { isFilterBankLayer } from '../layers/filter-bank-layer.js';
import { type Axes, axesBehind, filterBankAxes } from './axes.js';
import { readTensor } from './model-window.js';

/** What a model hears of a window and what can be silenced of it: a spectrogram, or the waveform as one band. */
export interface Heard {
  readonly symbol: SymbolicTensor;
  readonly values: Float32Array;
  /** Without the batch. */
  readonly shape: readonly number[];
  readonly bands: number;
  readonly frames: number;
  readonly axes: Axes;
  /** The value of silence. */
  readonly silence: number;
}

/** A rectangle of bands and frames, each from its first to the one behind its last. */
export interface Patch {
  readonly bands: readonly [number, number];
  readonly frames: readonly [number, number];
}

/** The spectrogram as its layer gives it, before any batch norm: there the least value is silence. */
export async function hearing(model: AudioModel, window: Float32Array): Promise<Heard> {
  const first = model.parts[0];
  const layer = first?.layers.map((name) => model.layersModel.getLayer(name)).find(isFilterBankLayer);
  const axes = first && (await filterBankAxes(model, first));
  if (layer === undefined || axes === undefined) return hearingWaveform(model, window);
  const symbol = layer.output as SymbolicTensor;
  const values = await readTensor(model, window, symbol);
  const shape = symbol.shape.slice(1) as number[];
  const [bands, frames] = shape as [number, number];
  return { symbol, values, shape, bands, frames, axes, silence: values.reduce((least, one) => Math.min(least, one)) };
}

async function hearingWaveform(model: AudioModel, window: Float32Array): Promise<Heard> {
  return {
    symbol: model.layersModel.inputs[0] as SymbolicTensor,
    values: window,
    shape: [window.length],
    bands: 1,
    frames: window.length,
    axes: (await axesBehind(model, 0)) as Axes,
    silence: 0,
  };
}

/** `moments` times `rows` patches that cover everything: all of the first moment, from the lowest, then of the second … */
export function patchesOf({ bands, frames }: Heard, moments: number, rows: number): Patch[] {
  const stretch = (i: number, count: number, total: number): [number, number] => [
    Math.floor((i * total) / count),
    Math.floor(((i + 1) * total) / count),
  ];
  return Array.from({ length: moments * rows }, (_, i) => ({
    bands: stretch(i % rows, rows, bands),
    frames: stretch(Math.floor(i / rows), moments, frames),
  }));
}

/** A copy for each patch, with that patch silenced. */
export function silenced({ values, bands, frames, silence }: Heard, patches: readonly Patch[]): Float32Array {
  const out = new Float32Array(patches.length * values.length);
  const channels = values.length / (bands * frames);
  patches.forEach((patch, i) => {
    const copy = out.subarray(i * values.length, (i + 1) * values.length);
    copy.set(values);
    for (let band = patch.bands[0]; band < patch.bands[1]; band++) {
      const row = band * frames;
      copy.fill(silence, (row + patch.frames[0]) * channels, (row + patch.frames[1]) * channels);
    }
  });
  return out;
}
