import { expect, it } from 'vitest';
import { writeNpy } from './npy.js';

it('writes a header whose data begin at a multiple of 64, as NumPy does', () => {
  const bytes = writeNpy([Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)]);
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 128));
  expect(text.slice(10).trimEnd()).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
  expect(text.endsWith('\n')).toBe(true);
  expect([...new Float32Array(bytes.slice(128).buffer)]).toEqual([1, 2, 3, 4, 5, 6]);
  expect(new TextDecoder('latin1').decode(writeNpy(Float32Array.of(1)).subarray(10, 80))).toContain("'shape': (1,)");
});
