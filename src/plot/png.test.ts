import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { encodePng } from './png.js';

describe('encodePng', () => {
  it('holds the pixels, with a palette of few colours', () => {
    const pixels = Uint8Array.from({ length: 3 * 7 * 5 }, (_, i) => (i % 4) * 80);
    const { width, height, palette, data } = decode(encodePng(7, 5, pixels));
    expect([width, height]).toEqual([7, 5]);
    expect([...data].flatMap((index) => palette?.[index])).toEqual([...pixels]);
  });

  it('holds the pixels of many colours', () => {
    const pixels = Uint8Array.from({ length: 3 * 40 * 20 }, (_, i) => ((i * i) >> 3) % 256);
    const { palette, channels, data } = decode(encodePng(40, 20, pixels));
    expect([palette, channels]).toEqual([undefined, 3]);
    expect([...data]).toEqual([...pixels]);
  });
});
