import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { convStack } from '../../src/backends/conv-stack.js';
import { multiLabel } from '../../src/backends/heads/multi-label.js';
import { globalPool } from '../../src/backends/pooling.js';
import { audioModel } from '../../src/core/builder.js';
import { uniforms } from '../../src/core/random.js';
import { melSpectrogram } from '../../src/frontends/mel-spectrogram.js';
import { Trainer } from '../../src/training/trainer.js';
import { AVAILABLE, ON_BACKEND, startBackend } from '../harness/tfjs-backend.js';

const SAMPLES = 512;
const STEPS = 1000;

/** Batch norm over images and vectors, and dropout, on next to nothing. */
const leastModel = () =>
  audioModel({ sampleRate: 8000, samples: SAMPLES, seed: 3 })
    .frontend(melSpectrogram({ bands: 4, fftSize: 128, hopLength: 128, fMax: 4000 }))
    .backend(convStack({ filters: [2], pools: [[2, 2]] }))
    .backend(globalPool({ pool: 'max' }))
    .head(multiLabel(['a', 'b'], { hidden: 3, dropout: 0.3 }))
    .build();

const batch = {
  inputs: [0, 1, 2, 3].map((item) => uniforms(`item ${item}`, 1, SAMPLES).map((u) => 2 * u - 1)),
  targets: [0, 1, 2, 3].map((item) => [item % 2, 1 - (item % 2)]),
};

/** All the memory that tfjs tells of; on wasm the heap's size too. */
function held() {
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  const { wasm } = tf.backend() as unknown as { wasm?: { HEAPU8: Uint8Array } };
  return { numTensors, numDataBuffers, numBytes, heap: wasm?.HEAPU8.length };
}

describe.skipIf(!AVAILABLE)(`training ${ON_BACKEND}`, () => {
  beforeAll(startBackend);

  it('holds at step 1,000 what it held at step 10', async () => {
    const model = leastModel();
    const before = held();
    const trainer = new Trainer(model, {
      optimizer: { name: 'adam', learningRate: 1e-3, weightDecay: 1e-4 },
      loss: 'binaryCrossentropy',
      clipNorm: 1,
    });
    const marks: ReturnType<typeof held>[] = [];
    const mark = ({ progress: { step } }: { progress: { step: number } }) => {
      if (step === 10 || step === STEPS) marks.push(held());
    };
    await trainer.fit(Array(10).fill(batch), { epochs: STEPS / 10, callbacks: [{ onStepEnd: mark }] });
    expect(marks).toHaveLength(2);
    expect(marks[1]).toEqual(marks[0]);
    expect(held()).toEqual(before);
    model.dispose();
  });
});
