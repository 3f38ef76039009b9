import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { clipOf, LABELS, refusal, smallModel } from '../../test/harness/small-model.js';
import { plotSummary } from '../plot/summary.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { profile } from './profile.js';

beforeAll(() => useTfjsBackend('wasm'));

describe('profile', () => {
  it('says what each block gives, holds and takes', async () => {
    const model = smallModel();
    // What is folded is kept from the first window on.
    await model.tag(clipOf(3));
    const tensors = tf.memory().numTensors;
    const { blocks, parameters, milliseconds, tfjsBackend } = await profile(model, clipOf(4), { runs: 3 });
    expect(tf.memory().numTensors).toBe(tensors);
    expect(blocks.map(({ block, role, gives, parameters: own }) => ({ block, role, gives, parameters: own }))).toEqual(
      model.parts.map(({ block, role, gives, parameters: own }) => ({ block, role, gives, parameters: own })),
    );
    expect([tfjsBackend, parameters]).toEqual([
      'wasm',
      model.layersModel.countParams() - nonTrainable(model.layersModel.nonTrainableWeights),
    ]);
    expect(blocks.every((one) => one.milliseconds > 0)).toBe(true);
    expect(blocks.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(blocks.reduce((sum, one) => sum + one.milliseconds, 0)).toBeCloseTo(milliseconds, 9);
  });

  it('refuses no runs, and can be cancelled', async () => {
    const model = smallModel();
    const tensors = tf.memory().numTensors;
    await expect(profile(model, clipOf(4), { runs: 0 })).rejects.toEqual(refusal('bad-option', /'runs'/));
    const signal = AbortSignal.abort();
    await expect(profile(model, clipOf(4), { signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('is drawn, timed or not', () => {
    const model = smallModel();
    const blocks = model.parts.map((part, i) => ({ ...part, milliseconds: 10 * (i + 1), share: (i + 1) / 10 }));
    const picture = plotSummary({ ...model.spec, blocks }, { title: 'Small' });
    const texts = picture.shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []));
    expect(texts).toEqual(
      expect.arrayContaining([
        'Small',
        '[48000] at 16000 Hz',
        'spectrogram [96, 188, 1]',
        `scores [${LABELS.length}]`,
        '10.0 ms, 10 %',
        '40.0 ms, 40 %',
      ]),
    );
    const plain = plotSummary({ ...model.spec, blocks: model.parts });
    expect(plain.svg).not.toContain(' ms');
    expect(plain.svg).toContain('musicnnBackend');
  });
});

const nonTrainable = (weights: readonly { readonly shape: readonly (number | null)[] }[]) =>
  weights.reduce((sum, { shape }) => sum + shape.reduce<number>((product, size) => product * (size as number), 1), 0);
