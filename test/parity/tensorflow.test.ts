import { readFileSync } from 'node:fs';
import type * as tf from '@tensorflow/tfjs-core';
import { transpose } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openAudio } from '../../src/audio/audio-stream.js';
import { loadPublished } from '../../src/models/catalogue.js';
import { requireClose } from '../harness/compare.js';
import {
  ACTIVATION_SHARE,
  activationsOf,
  checkSummary,
  outputOf,
  PUBLISHED,
  recordWorst,
  requireWithin,
  windowsOf,
} from '../harness/original.js';
import { HAS_SHARED, readGolden, referenceClip, type Summary, sharedPath, WITH_SHARED } from '../harness/shared.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';

interface PatchGolden {
  readonly audio: string;
  readonly float32_spectrogram: {
    readonly outputs: readonly (readonly number[])[];
    readonly mean: readonly number[];
    readonly top10: readonly (readonly [string, number])[];
  };
  readonly layers_patch0: Readonly<Record<string, Summary>>;
  readonly penultimate_patch0?: readonly number[];
}

/** Where the package's outputs come from here. */
const LAYERS = {
  musicnn: {
    cnn1: 'layer1',
    cnn2: 'residual2',
    cnn3: 'residual3',
    max_pool: 'max',
    mean_pool: 'mean',
    logits: 'dense2',
    penultimate: 'bn',
  },
  vgg: { pool1: 'layer1', pool2: 'layer2', pool3: 'layer3', pool4: 'layer4', pool5: 'layer5', logits: 'dense' },
} as const;

describe.skipIf(!HAS_SHARED || !AVAILABLE)(`the package musicnn is equalled ${ON_BACKEND}${WITH_SHARED}`, () => {
  beforeAll(startBackend);

  for (const architecture of ['musicnn', 'vgg'] as const) {
    for (const dataSet of ['mtt', 'msd'] as const) {
      const name = `${architecture}-${dataSet}` as const;
      const checkpoint = `musicnn_tf_${dataSet.toUpperCase()}_${architecture}`;
      for (const clipName of ['cityblues', 'freezingpoint']) {
        it(`${name}, ${clipName}`, async () => {
          const golden = readGolden<PatchGolden>(`${checkpoint}__${clipName}`);
          const { outputs, mean, top10 } = golden.float32_spectrogram;
          const clip = await referenceClip(golden.audio);
          const model = await loadPublished(name);
          // Patches of one spectrogram of the whole clip, its ends mirrored.
          const { scores, times } = await model.taggram(clip);
          expect(times[1]).toBe((187 * 256) / 16_000);
          const worst = requireWithin(
            'patches',
            scores.flatMap((row) => [...row]),
            outputs.flat(),
            PUBLISHED,
          );
          const tags = await model.tag(openAudio(sharedPath(`reference/audio/${golden.audio}`)));
          expect(tags.slice(0, 5).map(({ label }) => label)).toEqual(top10.slice(0, 5).map(([label]) => label));
          const scoreOf = new Map<string, number>(tags.map(({ label, score }) => [label, score]));
          requireWithin(
            'mean',
            model.labels.map((label) => scoreOf.get(label) as number),
            mean,
            PUBLISHED,
          );
          recordWorst(name, clipName, worst);

          const second = windowsOf(clip, [187 * 256 - 256], model.samples);
          const inside = model.predict(second);
          requireWithin('the second patch alone', await inside.data(), outputs[1] as number[], PUBLISHED);
          inside.dispose();
          second.dispose();
          model.dispose();
        });
      }

      it(`${name}: labels and activations of the first patch`, async () => {
        const golden = readGolden<PatchGolden>(`${checkpoint}__cityblues`);
        const model = await loadPublished(name);
        const { tags } = JSON.parse(readFileSync(sharedPath(`reference/checkpoints/${checkpoint}.json`), 'utf8'));
        expect(model.labels).toEqual(tags);
        const clip = await referenceClip(golden.audio);
        const layers: Readonly<Record<string, string>> = LAYERS[architecture];
        const names = Object.keys(golden.layers_patch0).filter((one) => one in layers);
        const symbolic = names.map((one) => outputOf(model.layersModel, layers[one] as string));
        const values = await activationsOf(model, mirrored(clip.samples, model.samples), symbolic, framesFirst);
        names.forEach((one, i) => {
          checkSummary(one, values[i] as Float32Array, golden.layers_patch0[one] as Summary);
          const whole = one === 'penultimate' ? golden.penultimate_patch0 : undefined;
          if (whole) requireClose(one, values[i] as Float32Array, whole, ACTIVATION_SHARE);
        });
        model.dispose();
      });
    }
  }
});

/** The first window, with the signal's mirror image before it. */
function mirrored(samples: Float32Array, length: number): tf.Tensor2D {
  const before = samples.slice(1, 257).reverse();
  const window = Float32Array.from({ length }, (_, i) => (i < 256 ? before[i] : samples[i - 256]) as number);
  return windowsOf({ samples: window, sampleRate: 16_000 }, [0], length);
}

/** As TensorFlow holds it: time before frequency. */
function framesFirst(x: tf.Tensor): tf.Tensor {
  return x.shape.length === 4 ? transpose(x, [0, 2, 1, 3]) : x;
}
