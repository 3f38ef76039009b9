import { interpolateViridis } from 'd3-scale-chromatic';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../test/harness/small-model.js';
import { plotAttention } from './attention.js';
import { bandTicks, evenTicks, numberText } from './axes.js';
import { colourOf } from './colours.js';
import { plotFilterBank } from './filter-bank.js';
import { plotMap } from './map.js';
import type { Picture } from './picture.js';
import { plotSpectrogram } from './spectrogram.js';
import { plotTaggram } from './taggram.js';
import { plotTogether } from './together.js';

const frames = [
  [0, 1, 2],
  [3, 4, 5],
];
const spectrogram = { times: [0, 1], frequencies: [100, 1000, 4000], channels: [frames] };

/** What the picture says, from the top. */
const textOf = ({ shapes }: Picture) => shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []));

/** The first heat map: its place, and its colours by row from the top. */
function cellsOf({ shapes }: Picture) {
  const cells = shapes.find((shape) => shape.kind === 'cells');
  if (cells?.kind !== 'cells') throw new Error('no heat map');
  const colours = Array.from({ length: cells.rows * cells.columns }, (_, i) => [
    ...cells.colours.subarray(3 * i, 3 * i + 3),
  ]);
  return { ...cells, colours };
}

/** The colour of a PNG's pixel, at a place of the picture. */
function pixelOf(picture: Picture, x: number, y: number): number[] {
  const { width, height, data, palette } = decode(picture.png());
  expect([width, height]).toEqual([2 * picture.width, 2 * picture.height]);
  const at = 2 * Math.round(y) * width + 2 * Math.round(x);
  return palette ? [...(palette[data[at] as number] ?? [])] : [...data.subarray(3 * at, 3 * at + 3)];
}

describe('colours', () => {
  it('are viridis: within 4 of 255 of matplotlib’s own, ever brighter', () => {
    for (let i = 0; i <= 200; i++) {
      const hex = interpolateViridis(i / 200).match(/[0-9a-f]{2}/g) as string[];
      const differences = colourOf(i / 200).map((value, j) => Math.abs(value - Number.parseInt(hex[j] as string, 16)));
      expect(Math.max(...differences)).toBeLessThanOrEqual(4);
    }
    const brightness = Array.from({ length: 50 }, (_, i) => {
      const [red, green, blue] = colourOf(i / 49);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    });
    expect(brightness.every((value, i) => i === 0 || value > (brightness[i - 1] as number))).toBe(true);
    expect(colourOf(-3)).toEqual(colourOf(0));
  });
});

describe('ticks', () => {
  it('are round numbers', () => {
    expect(evenTicks([-0.01, 3.02], 12).map(({ label }) => label)).toEqual(['0', '0.5', '1', '1.5', '2', '2.5', '3']);
    expect(evenTicks([0, 0.3], 3).map(({ label }) => label)).toEqual(['0', '0.1', '0.2', '0.3']);
    expect(evenTicks([10, 20], 5).map(({ at }) => at)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect([0, 0.00012, 0.1234, 12.345, 1234.5].map(numberText)).toEqual(['0', '1.2e-4', '0.123', '12.3', '1235']);
  });

  it('stand between the bands whose centres lie around them', () => {
    const ticks = bandTicks([100, 300, 900, 1100], 0);
    expect(ticks.map(({ label }) => label)).toEqual(['200 Hz', '500 Hz', '1 kHz']);
    // Half-way from the middle of the first band to that of the second; of four.
    expect(ticks.map(({ at }) => at)).toEqual([1 / 4, (1.5 + 1 / 3) / 4, 3 / 4]);
    expect(bandTicks([100, 300, 900, 1100], 0.3).map(({ label }) => label)).toEqual(['200 Hz', '1 kHz']);
  });
});

describe('plotSpectrogram', () => {
  it('puts the lowest band below, the first frame on the left', () => {
    const picture = plotSpectrogram(spectrogram, { unit: 'dB' });
    const cells = cellsOf(picture);
    const shares = [2, 5, 1, 4, 0, 3].map((value) => [...colourOf(value / 5)]);
    expect(cells.colours).toEqual(shares);
    expect(textOf(picture)).toEqual(expect.arrayContaining(['1 kHz', '0', '1', 'Time in seconds', '5 dB', '0 dB']));
    const { x, y, width, height } = cells;
    expect(pixelOf(picture, x + width / 4, y + (5 * height) / 6)).toEqual([...colourOf(0)]);
    expect(pixelOf(picture, x + (3 * width) / 4, y + height / 6)).toEqual([...colourOf(1)]);
    expect(pixelOf(picture, 2, 2)).toEqual([255, 255, 255]);
  });

  it('lies where its seconds are on a longer axis', () => {
    const { x, width, within } = cellsOf(plotSpectrogram(spectrogram, { seconds: [-0.5, 3.5] }));
    expect([(x - within.x) / within.width, width / within.width]).toEqual([0, 0.5]);
  });

  it('has a panel for each channel, and numbers bands whose frequencies are unknown', () => {
    const picture = plotSpectrogram(
      { ...spectrogram, frequencies: undefined, channels: [frames, frames] },
      { channelName: 'harmonic' },
    );
    expect(textOf(picture)).toEqual(expect.arrayContaining(['harmonic 1', 'harmonic 2', 'band 0']));
    expect(textOf(picture).filter((text) => text === 'Time in seconds')).toHaveLength(1);
    expect(picture.shapes.filter(({ kind }) => kind === 'cells')).toHaveLength(4);
  });
});

describe('plotTaggram', () => {
  const taggram = {
    times: [0, 2],
    labels: ['a', 'b', 'c'],
    scores: [
      [0, 0.5, 1],
      [1, 0.25, 0],
    ],
  };

  it('puts scores at the windows’ middles, labels from the top', () => {
    const picture = plotTaggram(taggram, { windowSeconds: 4, labels: ['c', 'a'] });
    const { colours, x, width, within } = cellsOf(picture);
    expect(colours).toEqual([1, 0, 0, 1].map((score) => [...colourOf(score)]));
    // From 1 to 5 of 0 to 6 s.
    expect([(x - within.x) / within.width, width / within.width]).toEqual([
      expect.closeTo(1 / 6, 9),
      expect.closeTo(4 / 6, 9),
    ]);
    const labels = picture.shapes.flatMap((shape) =>
      shape.kind === 'text' && 'ac'.includes(shape.text) ? [shape] : [],
    );
    expect(labels.map(({ text }) => text)).toEqual(['c', 'a']);
    expect((labels[0]?.y as number) < (labels[1]?.y as number)).toBe(true);
  });

  it('names the nearest of a label that it lacks', () => {
    const five = { ...taggram, labels: ['rock', 'jazz', 'piano'] };
    expect(() => plotTaggram(five, { windowSeconds: 4, labels: ['jaz'] })).toThrowError(
      refusal('unknown-name', /'jazz'/),
    );
  });
});

describe('maps', () => {
  it('are strips where they have moments alone, images where they have bands', () => {
    const map = { label: 'flute', times: [0, 1], score: 0.25, values: Float32Array.of(1, 3) };
    const strip = plotMap(map);
    expect(cellsOf(strip).colours).toEqual([[...colourOf(0)], [...colourOf(1)]]);
    expect(textOf(strip)).toContain('flute: 0.250 in this window');
    const image = plotMap({ ...map, frequencies: [100, 400, 900], values: frames });
    expect([cellsOf(image).rows, image.height > strip.height]).toEqual([3, true]);
    expect(textOf(image)).toContain('200 Hz');
  });

  it('of attention have the class token above', () => {
    const picture = plotAttention({
      times: [0, 1],
      values: [
        [0, 1],
        [2, 3],
      ],
      classToken: [5, 4],
    });
    const [token, , matrix] = picture.shapes.filter((shape) => shape.kind === 'cells');
    expect([token?.rows, matrix?.rows, (token?.y as number) < (matrix?.y as number)]).toEqual([1, 2, true]);
    // The first frame's row is the lowest.
    expect([...(matrix?.colours.subarray(0, 3) ?? [])]).toEqual([...colourOf(2 / 3)]);
  });
});

describe('plotFilterBank', () => {
  const response = (peak: number) => Float32Array.from({ length: 9 }, (_, bin) => (bin === peak ? 1 : 0));
  const filter = (harmonic: number, peak: number) => ({
    harmonic,
    centre: peak * 500,
    bandwidth: 900,
    response: response(peak),
  });
  const bank = {
    kind: 'harmonic',
    frequencies: Array.from({ length: 9 }, (_, bin) => bin * 500),
    filters: [filter(1, 2), filter(1, 3), filter(2, 4), filter(2, 6)],
    parameters: { Q: 1.25, alpha: 0.1, beta: 25 },
  } as const;

  it('draws every harmonic of some bands, and says Q', () => {
    const picture = plotFilterBank(bank, { bands: 1 });
    const lines = picture.shapes.flatMap((shape) => (shape.kind === 'line' && shape.width === 1.5 ? [shape] : []));
    expect(lines).toHaveLength(2);
    // The second of the two bands is chosen; its peak is the highest point.
    const peak = lines[0]?.points.toSorted(([, a], [, b]) => a - b)[0] as readonly [number, number];
    const [from, to] = [1500 / 1.5, 4000];
    expect(peak[0]).toBeCloseTo(130 + (720 * Math.log(1500 / from)) / Math.log(to / from), 6);
    expect(textOf(picture)).toEqual(
      expect.arrayContaining(['Q = 1.25, α = 0.1, β = 25 Hz; 2 of 4 filters', '2f', '2 kHz']),
    );
    expect(picture.png().length).toBeGreaterThan(1000);
  });
});

describe('plotTogether', () => {
  it('lays pictures below each other, in SVG and PNG', () => {
    const one = plotSpectrogram(spectrogram, { title: 'A & B <é>' });
    const both = plotTogether([one, one], { title: 'Two' });
    expect(both.height).toBe(26 + 2 * one.height);
    expect(both.svg).toContain('A &amp; B &lt;é>');
    expect(one.svg).toContain('<title>A &amp; B &lt;é></title>');
    expect(both.svg.match(/<image /g)).toHaveLength(4);
    const { x, y, width, height } = cellsOf(one);
    const [left, below] = [x + width / 4, y + (5 * height) / 6];
    expect(pixelOf(both, left, 26 + one.height + below)).toEqual([...colourOf(0)]);
  });
});
