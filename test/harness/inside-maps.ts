import { convStack } from '../../src/backends/conv-stack.js';
import { multiLabel } from '../../src/backends/heads/multi-label.js';
import { globalPool } from '../../src/backends/pooling.js';
import { transformerEncoder } from '../../src/backends/transformer-encoder.js';
import { audioModel } from '../../src/core/builder.js';
import { uniforms } from '../../src/core/random.js';
import { melSpectrogram } from '../../src/frontends/mel-spectrogram.js';
import {
  attentionMap,
  blockOutput,
  classActivationMap,
  contributionMap,
  filterBank,
  occlusionMap,
} from '../../src/inspect/index.js';
import { plotSpectrogram } from '../../src/plot/index.js';

const SAMPLES = 24 * 64;
const NOISE = uniforms('inside', 1, SAMPLES);
const CLIP = { samples: Float32Array.from(NOISE, (u) => 2 * u - 1), sampleRate: 4000 };

/** Every map of two small models, as numbers: the same wherever they are computed. */
export async function insideMaps(): Promise<Record<string, number[]>> {
  const features = audioModel({ sampleRate: 4000, samples: SAMPLES, seed: 2 })
    .frontend(melSpectrogram({ fftSize: 128, hopLength: 64, bands: 12 }))
    .backend(
      convStack({
        filters: [4, 6],
        pools: [
          [2, 2],
          [2, 2],
        ],
      }),
    );
  const pooled = features
    .backend(globalPool({ pool: 'mean' }))
    .head(multiLabel(['a', 'b']))
    .build();
  const encoder = features
    .backend(transformerEncoder({ depth: 2, heads: 2 }))
    .head(multiLabel(['a', 'b']))
    .build();
  const label = { label: 'b' };
  const activation = await classActivationMap(pooled, CLIP, label);
  const occlusion = await occlusionMap(pooled, CLIP, { ...label, moments: 3, bands: 2 });
  const attention = await attentionMap(encoder, CLIP, { rollout: true });
  const contribution = await contributionMap(encoder, CLIP, label);
  const output = await blockOutput(pooled, 'convStack', CLIP);
  const { filters } = await filterBank(pooled);
  pooled.dispose();
  encoder.dispose();
  return {
    activation: flat(activation.values),
    occlusion: flat(occlusion.values),
    attention: flat([attention.classToken, ...attention.values]),
    contribution: [...contribution.values],
    output: output.kind === 'spectrogram' ? flat(output.channels.flat()) : [],
    filters: flat(filters.map(({ response }) => response)),
  };
}

const flat = (rows: readonly Float32Array[]) => rows.flatMap((row) => [...row]);

/** The bytes of a picture of given numbers. */
export function fixedPicture(): number[] {
  const frames = Array.from({ length: 20 }, (_, t) => Array.from({ length: 9 }, (_, band) => (t * band) % 7));
  const times = frames.map((_, t) => t / 10);
  const frequencies = Array.from({ length: 9 }, (_, band) => 100 * 1.6 ** band);
  return [...plotSpectrogram({ times, frequencies, channels: [frames] }, { title: 'Picture', unit: 'dB' }).png()];
}
