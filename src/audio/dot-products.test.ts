import { describe, expect, it } from 'vitest';
import { type DotProducts, plainDotProducts, simdDotProducts } from './dot-products.js';

const SIGNAL = 64;
const OUT = 200;

describe('dot products', () => {
  const kinds = { plainDotProducts, simdDotProducts };
  for (const [name, make] of Object.entries(kinds)) {
    it(`${name} are those of float64, and write nothing else`, () => {
      for (const count of [1, 3, 4, 5, 8, 11]) {
        const { heap, dots } = make(400) as DotProducts;
        for (let i = 0; i < OUT; i++) heap[i] = Math.sin(3 * i);
        const before = heap.slice();
        dots(SIGNAL + 1, 5, 20, 36, OUT, 3, count);
        const expected = Float64Array.from(before);
        for (let i = 0; i < count; i++) {
          let sum = 0;
          for (let k = 0; k < 36; k++) sum += (before[20 + k] as number) * (before[SIGNAL + 1 + 5 * i + k] as number);
          expected[OUT + 3 * i] = sum;
        }
        const worst = heap.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] as number))), 0);
        expect(worst).toBeLessThan(3e-6);
        expect(heap[OUT + 3 * count]).toBe(0);
      }
    });
  }
});
