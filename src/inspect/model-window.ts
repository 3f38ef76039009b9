import * as tf from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { type Clip, checkClip } from '../audio/clip.js';
import { resampler } from '../audio/resample.js';
import { properLength, windowSamples } from '../audio/window-samples.js';
import { MusrepError } from '../core/errors.js';
import { evaluate, type KnownTensor } from '../core/evaluate.js';
import { namingMissingKernels } from '../core/inference.js';
import type { AnyAudioModel } from '../core/model.js';

/** Which window of a clip is looked at. */
export interface WindowOptions {
  /** Where it begins in the clip, in seconds; 0 unless given. */
  readonly start?: number;
}

/**
 * The samples of one window of a clip, at the model's rate. A map of padding would mislead: a clip that does not hold the
 * whole window is refused.
 */
export function readWindow(model: AnyAudioModel, clip: Clip, start: number): Float32Array {
  checkClip(clip);
  const { sampleRate, samples, spec } = model;
  const size = { length: samples, sampleRate, context: spec.context };
  const converter = resampler(clip.sampleRate, sampleRate);
  const total = converter.outputLength(clip.samples.length);
  const first = Math.round(start * sampleRate);
  if (!(first >= 0)) throw new MusrepError('bad-option', `'start' must be at least 0 seconds. Received: ${start}.`);
  if (first + properLength(size) > total) {
    throw new MusrepError(
      'bad-audio',
      `Expected a clip that holds a window of ${properLength(size) / sampleRate} s from ${start} s on. ` +
        `Received: a clip of ${total / sampleRate} s.`,
    );
  }
  return windowSamples({ samples: clip.samples, origin: 0, total }, converter, first, size);
}

/** A window as the model's input, `[1, sample]`. */
export function inputOf(model: AnyAudioModel, window: Float32Array): KnownTensor {
  return [model.layersModel.inputs[0] as SymbolicTensor, tf.tensor2d(window, [1, window.length])];
}

/** The scores in the model's graph, `[batch, label]`. */
export function scoresOf(model: AnyAudioModel): SymbolicTensor {
  return model.layersModel.outputs[0] as SymbolicTensor;
}

/** What `compute` gives, as numbers; what it leaves behind is disposed of. */
export async function read(compute: () => tf.Tensor): Promise<Float32Array> {
  const tensor = namingMissingKernels(() => tf.tidy(compute));
  try {
    return (await tensor.data()) as Float32Array;
  } finally {
    tensor.dispose();
  }
}

/** The value of one tensor of the graph for a window. */
export function readTensor(model: AnyAudioModel, window: Float32Array, target: SymbolicTensor): Promise<Float32Array> {
  return read(() => evaluate(target, [inputOf(model, window)]));
}
