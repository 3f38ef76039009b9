import { expect, it } from 'vitest';
import { childSeed, uniforms } from './random.js';

it('draws what the portable generator’s test vector states', () => {
  const vector = [0.6883485950529575, 0.4942753517534584, 0.44110323768109083, 0.01352079981006682];
  expect([...uniforms('layer1.conv.weight', 1, 4)]).toEqual(vector);
});

it('gives every name and every seed numbers of its own', () => {
  const seeds = new Set(['a', 'b', 'c'].flatMap((name) => [0, 1, 2].map((seed) => childSeed(seed, name))));
  expect(seeds.size).toBe(9);
});
