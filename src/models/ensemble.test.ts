import { beforeAll, describe, expect, it } from 'vitest';
import { clipOf, refusal } from '../../test/harness/small-model.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { ensemble } from './ensemble.js';
import { MusiCNN } from './musicnn.js';

const small = { verticalFilters: 2, horizontalFilters: 2, channels: 3 };

beforeAll(() => useTfjsBackend('wasm'));

describe('an ensemble', () => {
  it('averages over the labels that its models share', async () => {
    const a = new MusiCNN({ ...small, labels: ['jazz', 'rock', 'piano'], seed: 1 });
    const b = new MusiCNN({ ...small, labels: ['piano', 'folk', 'jazz'], seed: 2 });
    const both = ensemble([a, b]);
    expect(both.labels).toEqual(['jazz', 'piano']);
    const [ofA, ofB, tags] = [await a.tag(clipOf(4)), await b.tag(clipOf(4)), await both.tag(clipOf(4))];
    expect(tags.map(({ label }) => label).sort()).toEqual(['jazz', 'piano']);
    for (const { label, score } of tags) {
      const scores = [ofA, ofB].map((one) => one.find((tag) => tag.label === label)?.score ?? Number.NaN);
      expect(score).toBeCloseTo(((scores[0] as number) + (scores[1] as number)) / 2, 6);
    }
    expect((tags[0]?.score ?? 0) >= (tags[1]?.score ?? 1)).toBe(true);
    expect(await both.tag(clipOf(4), { top: 1 })).toHaveLength(1);
    for (const model of [a, b]) model.dispose();
  });

  it('needs models that share labels', () => {
    expect(() => ensemble([])).toThrowError(refusal('bad-option', /0 models/));
    const a = new MusiCNN({ ...small, labels: ['jazz'] });
    const b = new MusiCNN({ ...small, labels: ['rock'] });
    expect(() => ensemble([a, b])).toThrowError(refusal('bad-option', /share none/));
    for (const model of [a, b]) model.dispose();
  });
});
