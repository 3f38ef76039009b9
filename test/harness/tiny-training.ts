import { convStack } from '../../src/backends/conv-stack.js';
import { multiLabel } from '../../src/backends/heads/multi-label.js';
import { globalPool } from '../../src/backends/pooling.js';
import { audioModel } from '../../src/core/builder.js';
import type { AudioModel } from '../../src/core/model.js';
import { childSeed, uniforms } from '../../src/core/random.js';
import { melSpectrogram } from '../../src/frontends/mel-spectrogram.js';
import { tensorsOf } from '../../src/io/model-folder.js';
import type { TrainerOptions } from '../../src/training/plan.js';

const SAMPLES = 2048;
const SAMPLE_RATE = 8000;

/** A model with all that makes training hard to repeat: batch norm over images and vectors, and dropout. */
export const tinyModel = (seed = 3) =>
  audioModel({ sampleRate: SAMPLE_RATE, samples: SAMPLES, seed })
    .frontend(melSpectrogram({ bands: 16, fftSize: 256, hopLength: 128, fMax: SAMPLE_RATE / 2 }))
    .backend(
      convStack({
        filters: [4, 6],
        pools: [
          [2, 2],
          [2, 4],
        ],
      }),
    )
    .backend(globalPool({ pool: 'max' }))
    .head(multiLabel(['high', 'low', 'loud'], { hidden: 5, dropout: 0.3 }))
    .build();

/** Four tones in noise, high or low, loud or soft. */
export function tinyBatch(seed: number): { inputs: Float32Array[]; targets: number[][] } {
  const targets = [0, 1, 2, 3].map((item) => [item % 2, 1 - (item % 2), item < 2 ? 1 : 0]);
  const inputs = targets.map(([high, , loud], item) => {
    const noise = uniforms(`noise ${item}`, seed, SAMPLES);
    const hertz = (high ? 2200 : 300) + 100 * (noise[0] as number);
    const tone = (i: number) => Math.sin((2 * Math.PI * hertz * i) / SAMPLE_RATE);
    return Float32Array.from(noise, (u, i) => (loud ? 0.8 : 0.1) * tone(i) + 0.1 * (u - 0.5));
  });
  return { inputs, targets };
}

/** Three batches, others in each epoch. */
export const tinyBatches = (_epoch: number, seed: number) =>
  [0, 1, 2].map((index) => tinyBatch(childSeed(seed, `batch ${index}`)));

export const TINY_OPTIONS: TrainerOptions = {
  optimizer: { name: 'adam', learningRate: 0.01, weightDecay: 1e-4 },
  loss: 'binaryCrossentropy',
  seed: 5,
};

/** All weights and running statistics, to be compared bit for bit. */
export async function weightsOf(model: AudioModel): Promise<Record<string, readonly number[]>> {
  const tensors = await tensorsOf(model.layersModel);
  return Object.fromEntries(tensors.map(([key, { values }]) => [key, Array.from(values)]));
}
