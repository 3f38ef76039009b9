import type { Feature } from '../core/feature.js';
import type { ModelPart } from '../core/graph.js';
import type { AnyAudioModel } from '../core/model.js';
import { isFilterBankLayer } from '../layers/filter-bank-layer.js';

/** Where the frames and bands of a feature lie. */
export interface Axes {
  /** The middle of each frame, in seconds from the start of the window. */
  readonly times: readonly number[];
  /** The centre of each band, in hertz; undefined where there are no bands, or nothing says where they lie. */
  readonly frequencies: readonly number[] | undefined;
}

/** The axes behind the first `count` parts of a model; undefined where there is no time, as in an embedding. */
export async function axesBehind(model: AnyAudioModel, count: number): Promise<Axes | undefined> {
  let axes: Axes | undefined = waveformAxes(model);
  for (const part of model.parts.slice(0, count)) axes = axes && (await axesOfPart(model, part, axes));
  return axes;
}

/** A sample a frame. */
function waveformAxes({ samples, sampleRate, spec }: AnyAudioModel): Axes {
  return {
    times: Array.from({ length: samples }, (_, i) => (i - spec.context) / sampleRate),
    frequencies: undefined,
  };
}

async function axesOfPart(model: AnyAudioModel, part: ModelPart, before: Axes): Promise<Axes | undefined> {
  const own = await filterBankAxes(model, part);
  if (own !== undefined) return own;
  const sizes = sizesOf(part.gives);
  return sizes && spreadAxes(before, sizes.frames, sizes.bands);
}

/** What a layer that makes a spectrogram says of it. */
export async function filterBankAxes(model: AnyAudioModel, { layers }: ModelPart): Promise<Axes | undefined> {
  const layer = layers.map((name) => model.layersModel.getLayer(name)).find(isFilterBankLayer);
  if (layer === undefined) return undefined;
  const { samples, sampleRate, spec } = model;
  const { filters } = await layer.filterBank();
  return {
    times: layer.frameCentres(samples).map((sample) => (sample - spec.context) / sampleRate),
    frequencies: filters.filter(({ harmonic }) => harmonic === 1).map(({ centre }) => centre),
  };
}

function sizesOf(feature: Feature): { frames: number; bands: number | undefined } | undefined {
  switch (feature.kind) {
    case 'spectrogram':
      return feature;
    case 'sequence':
      return { frames: feature.frames, bands: undefined };
    default:
      return undefined;
  }
}

/** Frames and bands that are fewer than before are taken to be spread evenly over those. */
export function spreadAxes(before: Axes, frames: number, bands: number | undefined): Axes {
  const frequencies = bands === undefined ? undefined : before.frequencies && spread(before.frequencies, bands);
  return { times: spread(before.times, frames), frequencies };
}

function spread(centres: readonly number[], count: number): readonly number[] {
  if (count === centres.length) return centres;
  return Array.from({ length: count }, (_, i) => {
    const at = Math.max(0, ((i + 0.5) * centres.length) / count - 0.5);
    const [low, high] = [Math.floor(at), Math.min(centres.length - 1, Math.ceil(at))];
    return (centres[low] as number) + (at - low) * ((centres[high] as number) - (centres[low] as number));
  });
}
