import type { Clip } from '../audio/clip.js';
import type { AnyAudioModel } from '../core/model.js';
import { axesBehind, spreadAxes } from './axes.js';
import { readTensor, readWindow, type WindowOptions } from './model-window.js';
import { findPlace, type Place } from './places.js';

/** A time-frequency image of several channels. */
export interface SpectrogramOutput {
  readonly kind: 'spectrogram';
  /** The middle of each frame, in seconds from the start of the clip. */
  readonly times: readonly number[];
  /** The centre of each band, in hertz; undefined where nothing says where the bands lie. */
  readonly frequencies: readonly number[] | undefined;
  /** By channel and frame: a value for each band. */
  readonly channels: readonly (readonly Float32Array[])[];
}

/** A series of vectors. */
export interface SequenceOutput {
  readonly kind: 'sequence';
  /** The middle of each frame, in seconds from the start of the clip. */
  readonly times: readonly number[];
  /** By frame: a value for each channel. */
  readonly values: readonly Float32Array[];
  /** The class token's vector, within a Transformer. */
  readonly classToken: Float32Array | undefined;
}

/** One vector, such as an embedding or scores. */
export interface VectorOutput {
  readonly kind: 'vector';
  readonly values: Float32Array;
}

/** What comes out of a block or layer. */
export type BlockOutput = SpectrogramOutput | SequenceOutput | VectorOutput;

/**
 * What comes out of a block, or of one of its layers, for a window of a clip: a spectrogram, a sequence or a vector.
 *
 * Of the blocks of one name the second is called `convStack 2` and so on; layers have the names of `model.parts`. Times and
 * frequencies of a spectrogram front end are exact; behind it, frames and bands that have become fewer are taken to be
 * spread evenly over those before.
 *
 * @param block - the name of a block or a layer.
 * @throws {@link MusrepError} `unknown-name` for a name that there is not, naming the nearest; `bad-audio` for a clip that
 * does not hold the window.
 *
 * @example
 * ```ts
 * import { loadAudio, MusiCNN } from 'musrep';
 * import { blockOutput } from 'musrep/inspect';
 *
 * const model = await MusiCNN.pretrained('mtat');
 * const output = await blockOutput(model, 'musicnnFilters', await loadAudio('song.mp3'), { start: 5 });
 * if (output.kind === 'sequence') console.log(output.times[0], output.values[0]?.length); // 5, 561
 * ```
 */
export async function blockOutput(
  model: AnyAudioModel,
  block: string,
  clip: Clip,
  { start = 0 }: WindowOptions = {},
): Promise<BlockOutput> {
  const place = findPlace(model, block);
  const values = await readTensor(model, readWindow(model, clip, start), place.output);
  return arranged(model, place, values, start);
}

async function arranged(model: AnyAudioModel, place: Place, values: Float32Array, start: number): Promise<BlockOutput> {
  const sizes = place.output.shape.slice(1) as number[];
  if (sizes.length === 1) return { kind: 'vector', values };
  const token = place.hasClassToken ? 1 : 0;
  const [bands, frames, channels] = sizes.length === 3 ? sizes : [undefined, (sizes[0] as number) - token, sizes[1]];
  const { times, frequencies } = await axesAt(model, place, frames as number, bands);
  const shifted = times.map((time) => start + time);
  if (bands === undefined) {
    const rows = rowsOf(values, channels as number);
    return { kind: 'sequence', times: shifted, values: rows.slice(token), classToken: token ? rows[0] : undefined };
  }
  const layout = { bands, frames: frames as number, channels: channels as number };
  return { kind: 'spectrogram', times: shifted, frequencies, channels: byChannel(values, layout) };
}

/** Of a layer in the middle of a block by those before the block, or by what the block itself makes of a waveform. */
export async function axesAt(model: AnyAudioModel, { part }: Place, frames: number, bands: number | undefined) {
  const [before, behind] = await Promise.all([axesBehind(model, part), axesBehind(model, part + 1)]);
  const isOwn = behind?.times.length === frames && behind?.frequencies?.length === bands;
  const axes = isOwn ? behind : before;
  // Behind an embedding there is no time left that a further layer could have.
  return axes ? spreadAxes(axes, frames, bands) : { times: [], frequencies: undefined };
}

function rowsOf(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width));
}

interface Layout {
  readonly bands: number;
  readonly frames: number;
  readonly channels: number;
}

/** `[band, frame, channel]` → channel, frame, band. */
function byChannel(values: Float32Array, { bands, frames, channels }: Layout): Float32Array[][] {
  const at = (band: number, frame: number, channel: number) =>
    values[(band * frames + frame) * channels + channel] as number;
  return Array.from({ length: channels }, (_, channel) =>
    Array.from({ length: frames }, (_, frame) =>
      Float32Array.from({ length: bands }, (_, band) => at(band, frame, channel)),
    ),
  );
}
