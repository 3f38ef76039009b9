import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { requireClose } from '../../test/harness/compare.js';
import { refusal, smallModel } from '../../test/harness/small-model.js';
import { multiLabel } from '../backends/heads/multi-label.js';
import { globalPool } from '../backends/pooling.js';
import { audioModel } from '../core/builder.js';
import { variablesOf } from '../core/variables.js';
import { harmonicFilterBank } from '../frontends/harmonic-filter-bank.js';
import type { HarmonicParameter } from '../layers/harmonic-filters.js';
import { SampleCNN } from '../models/sample-cnn.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { filterBank } from './filter-bank.js';

const Q = 1.7;

function harmonicModel(learn: readonly HarmonicParameter[]) {
  const model = audioModel({ sampleRate: 4000, samples: 1000 })
    .frontend(harmonicFilterBank({ harmonics: 2, bandsPerSemitone: 1, fftSize: 256, lowestNote: 60, learn }))
    .backend(globalPool())
    .head(multiLabel(['a']))
    .build();
  const value = tf.tensor1d([Q]);
  variablesOf(model.layersModel).get('hstft/bw_Q')?.write(value);
  value.dispose();
  return model;
}

beforeAll(() => useTfjsBackend('wasm'));

describe('filterBank', () => {
  for (const learn of [['Q'], ['Q', 'centre', 'alpha', 'beta']] as const) {
    it(`gives the harmonic filters as they are learned: ${learn.join(', ')}`, async () => {
      const model = harmonicModel(learn);
      const tensors = tf.memory().numTensors;
      const { kind, frequencies, filters, parameters } = await filterBank(model);
      expect(tf.memory().numTensors).toBe(tensors);
      expect([kind, frequencies.length, frequencies[128], filters.length]).toEqual(['harmonic', 129, 2000, 46]);
      requireClose('parameters', Object.values(parameters ?? {}), [Q, 0.1079, 24.7], 1e-6);
      filters.forEach(({ harmonic, centre, bandwidth, response }, i) => {
        const expected = (i < 23 ? 1 : 2) * 440 * 2 ** ((60 + (i % 23) - 69) / 12);
        const width = (0.1079 * expected + 24.7) / Q;
        expect(harmonic).toBe(i < 23 ? 1 : 2);
        requireClose('centre and width', [centre, bandwidth], [expected, width], 1e-6);
        const triangle = frequencies.map((f) => Math.max(0, 1 - (2 * Math.abs(f - expected)) / width));
        requireClose('response', response, triangle, 1e-4);
      });
      model.dispose();
    });
  }

  it('gives mel filters, which have a peak of 1', async () => {
    const { kind, filters, parameters, frequencies } = await filterBank(smallModel());
    expect([kind, filters.length, parameters]).toEqual(['mel', 96, undefined]);
    const { centre, bandwidth, response } = filters[95] as (typeof filters)[number];
    const inside = frequencies.filter((_, bin) => (response[bin] as number) > 0);
    expect(Math.max(...inside) - Math.min(...inside)).toBeLessThan(bandwidth);
    expect(Math.min(...inside)).toBeLessThan(centre);
    expect(Math.max(...response)).toBeGreaterThan(0.9);
  });

  it('refuses a model without filters', async () => {
    const model = new SampleCNN({ labels: ['a'], filters: Array(11).fill(2) });
    await expect(filterBank(model)).rejects.toEqual(refusal('unsupported-model', /has neither: sampleLevelStack/));
  });
});
