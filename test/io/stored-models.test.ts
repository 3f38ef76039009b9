import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { uniforms } from '../../src/core/random.js';
import { loadModel } from '../../src/models/load-model.js';
import { useTfjsBackend } from '../../src/runtime/tfjs-backend.js';

const FOLDER = resolve(import.meta.dirname, 'vectors/model-0.1');

beforeAll(() => useTfjsBackend('wasm'));

/** Written by version 0.1 when blocks had fewer options, with the scores that it gave. They are never written anew. */
describe('models that version 0.1 wrote', () => {
  it.each(['recurrent', 'transformer', 'samples'])('%s is loaded, and gives the scores that it gave', async (name) => {
    const model = await loadModel(join(FOLDER, name));
    const expected = JSON.parse(readFileSync(join(FOLDER, name, 'scores.json'), 'utf8')) as number[];
    const noise = Float32Array.from(uniforms('stored', 1, model.samples), (u) => u - 0.5);
    const scores = tf.tidy(() => model.predict(tf.tensor2d(noise, [1, model.samples])));
    expect([...(await scores.data())]).toEqual(expected.map((score) => expect.closeTo(score, 6)));
    expect(model.card?.title).toBe(`${name}, an example`);
    scores.dispose();
    model.dispose();
  });
});
