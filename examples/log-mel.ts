import * as tf from '@tensorflow/tfjs-core';
import { model as layersModelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { AudioModel, Clip } from 'musrep';
import { hoppedWindows } from 'musrep/audio';

/** A log-mel spectrogram for a picture. */
export interface LogMel {
  /** One array of bands per frame, in dB. */
  readonly frames: readonly Float32Array[];
  /** From one frame to the next. */
  readonly frameSeconds: number;
  /** Highest frequency, in hertz; the bands are even in HTK mel from 0. */
  readonly fMax: number;
}

const HOP = 256;
/** Frames at a window's ends are mirror images in part: they are left to the neighbouring window. */
const EDGE = 4;

/** What the model's first block sees of a whole clip: the output of its layer `spec`, window by window. */
export async function logMelOf(model: AudioModel, clip: Clip): Promise<LogMel> {
  const { inputs } = model.layersModel;
  const spec = layersModelOf({ inputs, outputs: model.layersModel.getLayer('spec').output as SymbolicTensor });
  const framesPerWindow = Math.floor(model.samples / HOP) + 1 - 2 * EDGE;
  // Silence at the end, so that the last window reaches beyond the clip.
  const longer = new Float32Array(
    clip.samples.length + Math.ceil((clip.sampleRate * model.samples) / model.sampleRate),
  );
  longer.set(clip.samples);
  const windows = hoppedWindows(
    { ...clip, samples: longer },
    { length: model.samples, sampleRate: model.sampleRate },
    framesPerWindow * HOP,
  );
  const frames: Float32Array[] = [];
  for (let i = 0; i < windows.starts.length; i++) {
    const byFrame = tf.tidy(() => {
      const decibels = spec.apply(tf.tensor2d(windows.read(i, 1), [1, windows.length])) as tf.Tensor4D;
      return tf.transpose(tf.squeeze(decibels, [0, 3]));
    });
    const rows = (await byFrame.array()) as number[][];
    byFrame.dispose();
    const first = i === 0 ? 0 : EDGE;
    frames.push(...rows.slice(first, EDGE + framesPerWindow).map((row) => Float32Array.from(row)));
  }
  const frameSeconds = HOP / model.sampleRate;
  const count = Math.ceil(clip.samples.length / clip.sampleRate / frameSeconds);
  return { frames: frames.slice(0, count), frameSeconds, fMax: model.sampleRate / 2 };
}
