import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { multiLabel } from '../backends/heads/multi-label.js';
import { multiTask } from '../backends/heads/multi-task.js';
import { singleLabel } from '../backends/heads/single-label.js';
import { flatten } from '../backends/pooling.js';
import { audioModel } from '../core/builder.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { Trainer } from './trainer.js';

const RATE = 8000;
/** A tone, loud or quiet. */
const tone = (hertz: number, loudness: number) =>
  Float32Array.from({ length: 2000 }, (_, i) => loudness * Math.sin((2 * Math.PI * hertz * i) / RATE));

const BATCH = {
  inputs: [tone(200, 1), tone(900, 1), tone(3000, 1), tone(200, 0.01), tone(900, 0.01), tone(3000, 0.01)],
  targets: [
    [1, 0, 0, 1],
    [0, 1, 0, 1],
    [0, 0, 1, 1],
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ],
};

beforeAll(() => useTfjsBackend('wasm'));

it('a model learns two tasks at once', async () => {
  const before = tf.memory().numTensors;
  const model = audioModel({ sampleRate: RATE, samples: 2000, seed: 5 })
    .frontend(melSpectrogram({ fftSize: 256, hopLength: 250, bands: 12 }))
    .backend(flatten())
    .head(
      multiTask({
        pitch: singleLabel(['low', 'middle', 'high'], { dropout: 0 }),
        level: multiLabel(['loud'], { dropout: 0 }),
      }),
    )
    .build();
  const trainer = new Trainer(model, { optimizer: { name: 'adam', learningRate: 0.05 }, loss: 'multiTask' });
  const history = await trainer.fit([BATCH], { epochs: 60 });
  expect(history.at(-1)?.loss).toBeLessThan((history[0]?.loss ?? 0) / 4);
  const { accuracy, validationLoss } = await trainer.evaluate([BATCH]);
  expect(accuracy).toBe(1);
  expect(validationLoss).toBeLessThan(0.5);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
