import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { multiLabel } from '../../src/backends/heads/multi-label.js';
import { flatten } from '../../src/backends/pooling.js';
import { defineBlock } from '../../src/core/block.js';
import { audioModel } from '../../src/core/builder.js';
import type { MusrepError } from '../../src/core/errors.js';
import { Trainer } from '../../src/training/trainer.js';
import { refusal } from '../harness/small-model.js';
import { startBackend } from '../harness/tfjs-backend.js';
import { weightsOf } from '../harness/tiny-training.js';

const IS_WASM = (process.env.MUSREP_TFJS_BACKEND ?? 'wasm') === 'wasm';
const [MEGABYTE, GIGABYTE] = [2 ** 20, 2 ** 30];
/** Floats of one item in a large tensor, of which a step holds this many, or twice as many with what gradients keep. */
const [FLOATS, TENSORS] = [6 * MEGABYTE, 8];

/** Needs some hundred megabytes for each item, and next to no time. */
class Wasteful extends layers.Layer {
  static readonly className = 'TestWasteful';

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor2D;
      let y: tf.Tensor = tf.tile(x, [1, FLOATS / x.shape[1]]);
      for (let i = 1; i < TENSORS; i++) y = tf.relu(y);
      return tf.slice(y, [0, 0], x.shape);
    });
  }
}

const wasteful = defineBlock({
  name: 'test/wasteful',
  role: 'frontend',
  takes: ['waveform'],
  defaults: {},
  output: ({ samples }) => ({ kind: 'sequence', frames: samples, channels: 1 }),
  build: (x, _config, { input, layers: factory }) => {
    const wasted = new Wasteful({ name: 'wasteful' }).apply(x) as typeof x;
    return factory.reshape('frames', [input.samples, 1]).apply(wasted) as typeof x;
  },
});

const modelOf = () =>
  audioModel({ sampleRate: 8000, samples: 16, seed: 1 })
    .frontend(wasteful())
    .backend(flatten())
    .head(multiLabel(['a', 'b'], { hidden: 4, dropout: 0.2 }))
    .build();

const batchOf = (items: number) => ({
  inputs: Array.from({ length: items }, (_, i) => Float32Array.from({ length: 16 }, (_x, j) => Math.sin(7 * i + j))),
  targets: Array.from({ length: items }, (_, i) => [i % 2, 1 - (i % 2)]),
});

const heapBytes = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;

describe.skipIf(!IS_WASM)(`the wasm heap${IS_WASM ? '' : ' (skipped: another tfjs backend)'}`, () => {
  beforeAll(startBackend);

  it('refuses a batch that would overflow it, and takes the one that it names', async () => {
    const model = modelOf();
    const trainer = new Trainer(model, { optimizer: { name: 'adam', learningRate: 0.01 }, loss: 'binaryCrossentropy' });
    const before = { tensors: tf.memory().numTensors, weights: await weightsOf(model) };
    const error = await trainer.fit([batchOf(40)], { epochs: 1 }).catch((one: unknown) => one);
    expect(error).toEqual(refusal('out-of-memory', /40 items.*'accumulate'/));
    const [, named] = /at most (\d+)/.exec((error as MusrepError).message) ?? [];
    expect(heapBytes()).toBeLessThan(1.5 * GIGABYTE);
    expect(tf.memory().numTensors).toBe(before.tensors);
    expect(await weightsOf(model)).toEqual(before.weights);

    const fitting = batchOf(Number(named));
    const history = await trainer.fit([fitting, fitting], { epochs: 1 });
    expect(history[0]?.loss).toBeGreaterThan(0);
    // The heap ends at 4: what is kept for gaps is not much more than it has to be.
    expect(heapBytes()).toBeGreaterThan(2 * GIGABYTE);
    expect(tf.memory().numTensors).toBe(before.tensors);
    model.dispose();
  });

  it('refuses a validation batch likewise', async () => {
    const model = modelOf();
    const trainer = new Trainer(model, { optimizer: { name: 'adam', learningRate: 0.01 }, loss: 'binaryCrossentropy' });
    const evaluated = trainer.evaluate([batchOf(100)]);
    await expect(evaluated).rejects.toEqual(refusal('out-of-memory', /scoring fits.*Received: 100 items.*at most \d+/));
    model.dispose();
  });
});
