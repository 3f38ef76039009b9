import * as tf from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Clip } from '../audio/clip.js';
import { MusrepError } from '../core/errors.js';
import { evaluate } from '../core/evaluate.js';
import type { AudioModel } from '../core/model.js';
import { TaskScores } from '../layers/task-scores.js';
import { axesAt } from './block-output.js';
import type { LabelOptions } from './contribution-map.js';
import { indexOfLabel } from './labels.js';
import type { TimeFrequencyMap } from './map.js';
import { inputOf, read, readTensor, readWindow, scoresOf } from './model-window.js';
import { findPlace, type Place, placesOf } from './places.js';

export interface ClassActivationOptions extends LabelOptions {
  /**
   * The block or layer at whose output the map is made; unless given, the last that has several frames, in front of a
   * recurrent or Transformer encoder.
   */
  readonly block?: string;
}

/**
 * The class-activation map of a convolutional model: where the features lie that raise a label's score (R. Selvaraju et al.,
 * "Grad-CAM: visual explanations from deep networks via gradient-based localization", 2017).
 *
 * max(0, Σ aᶜ·Aᶜ) over the channels c of a block's output A, with aᶜ the mean over bands and frames of the gradient of the
 * label's logit with respect to Aᶜ. Values are at least 0 and have no unit; those of a sequence are moments alone.
 *
 * @throws {@link MusrepError} `unknown-name` for a label, block or layer that there is not; `unsupported-model` where the
 * place has no frames, or lies behind a class token; `bad-audio` for a clip that does not hold the window.
 *
 * @example
 * ```ts
 * import { loadAudio, MusiCNN } from 'musrep';
 * import { classActivationMap } from 'musrep/inspect';
 *
 * const model = await MusiCNN.pretrained('mtat');
 * const { times, values } = await classActivationMap(model, await loadAudio('song.mp3'), { label: 'strings' });
 * console.log(times.length, values.length);
 * ```
 */
export async function classActivationMap(
  model: AudioModel,
  clip: Clip,
  { label, block, start = 0 }: ClassActivationOptions,
): Promise<TimeFrequencyMap> {
  const column = indexOfLabel(model, label);
  const place = block === undefined ? lastWithFrames(model) : requireFrames(findPlace(model, block));
  const window = readWindow(model, clip, start);
  const scores = await readTensor(model, window, scoresOf(model));
  const values = await read(() => gradCam(model, window, place.output, column));
  const [bands, frames] =
    place.output.rank === 4
      ? (place.output.shape.slice(1, 3) as [number, number])
      : [undefined, place.output.shape[1] as number];
  const { times, frequencies } = await axesAt(model, place, frames, bands);
  return {
    label,
    times: times.map((time) => start + time),
    frequencies,
    values: Array.from({ length: frames }, (_, frame) =>
      Float32Array.from({ length: bands ?? 1 }, (_, band) => values[band * frames + frame] as number),
    ),
    score: scores[column] as number,
  };
}

/** `[band, frame]`, or `[frame]`. */
function gradCam(model: AudioModel, window: Float32Array, place: SymbolicTensor, column: number): tf.Tensor {
  // What does not pass through the place, as beside one of several branches, still comes from the window.
  const input = inputOf(model, window);
  const activations = evaluate(place, [input]);
  const logitOf = (x: tf.Tensor) =>
    tf.sum(tf.slice(evaluate(logitsOf(model), [input, [place, x]]), [0, column], [1, 1])) as tf.Scalar;
  const gradient = tf.grad(logitOf)(activations);
  const importance = tf.mean(gradient, activations.shape.map((_, axis) => axis).slice(0, -1));
  return tf.squeeze(tf.relu(tf.sum(tf.mul(activations, importance), -1)), [0]);
}

/** What the head's sigmoid or softmax takes; of a head without one, the scores. */
function logitsOf(model: AudioModel): SymbolicTensor {
  const scores = scoresOf(model);
  const { sourceLayer } = scores;
  const isActivation = sourceLayer.getClassName() === 'Activation' || sourceLayer instanceof TaskScores;
  return isActivation ? (scores.inputs[0] as SymbolicTensor) : scores;
}

/** Blocks that end in one of their frames: the others have no say in the scores. */
const ENCODERS = ['recurrent', 'transformerEncoder'];

function lastWithFrames(model: AudioModel): Place {
  const last = placesOf(model).findLast(
    ({ output, part }) => framesOf(output) > 1 && !ENCODERS.includes(model.parts[part]?.block ?? ''),
  );
  if (last !== undefined) return last;
  throw new MusrepError('unsupported-model', 'This model has no block that gives several frames.');
}

function requireFrames(place: Place): Place {
  if (framesOf(place.output) > 0 && !place.hasClassToken) return place;
  throw new MusrepError(
    'unsupported-model',
    `A class-activation map needs a spectrogram or a sequence without a class token. '${place.name}' gives [batch, ${place.output.shape.slice(1)}].`,
  );
}

/** Of `[batch, band, frame, channel]` and `[batch, frame, channel]`. */
function framesOf({ rank, shape }: SymbolicTensor): number {
  return rank >= 3 ? (shape[rank - 2] as number) : 0;
}
