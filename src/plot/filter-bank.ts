import type { FilterBank } from '../layers/filter-bank-layer.js';
import { bottomAxis, leftAxis, logHertzTicks, numberText, type Range } from './axes.js';
import { colourOf } from './colours.js';
import { PICTURE_WIDTH } from './heat-map.js';
import { Picture } from './picture.js';
import { BLACK, type Box, type Shape } from './shapes.js';

export interface FilterBankOptions {
  /** Above the picture. */
  readonly title?: string;
  /** How many bands are drawn, evenly chosen; 8 unless given. */
  readonly bands?: number;
}

type Filter = FilterBank['filters'][number];

const BOX: Box = { x: 130, y: 50, width: 720, height: 200 };

/**
 * Draws a filter bank as curves over a logarithmic frequency axis, for some of its bands: what each filter passes of every
 * bin of the spectrum. Each harmonic has its colour; Q, α and β stand above.
 *
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { HarmonicCNN, useTfjsBackend } from 'musrep';
 * import { filterBank } from 'musrep/inspect';
 * import { plotFilterBank } from 'musrep/plot';
 *
 * await useTfjsBackend('wasm');
 * const bank = await filterBank(new HarmonicCNN({ labels: ['rock', 'jazz'], channels: 4 }));
 * await writeFile('filters.svg', plotFilterBank(bank, { bands: 5 }).svg);
 * ```
 */
export function plotFilterBank(bank: FilterBank, { title, bands = 8 }: FilterBankOptions = {}): Picture {
  const { frequencies, filters } = bank;
  const chosen = chosenFilters(filters, bands);
  const most = Math.max(...chosen.flatMap(({ response }) => [...response]));
  const range: Range = [
    Math.max(20, Math.min(...chosen.map(({ centre }) => centre)) / 1.5),
    frequencies.at(-1) as number,
  ];
  const harmonics = Math.max(...filters.map(({ harmonic }) => harmonic));
  const curves = chosen.map(({ harmonic, response }): Shape => {
    const colour = colourOf(harmonics === 1 ? 0.3 : (0.9 * (harmonic - 1)) / (harmonics - 1));
    return { kind: 'line', points: curve(frequencies, response, range, most), colour, width: 1.5 };
  });
  const shares = [0, 0.5, 1].map((at) => ({ at, label: numberText(at * most) }));
  const shapes: Shape[] = [
    { kind: 'text', x: BOX.x, y: 18, text: title ?? titleOf(bank), anchor: 'start' },
    { kind: 'text', x: BOX.x, y: 38, text: parametersText(bank, chosen.length), anchor: 'start' },
    ...curves,
    { kind: 'rectangle', ...BOX, stroke: BLACK },
    ...leftAxis(BOX, shares),
    ...bottomAxis(BOX, logHertzTicks(range), 'Frequency'),
    ...(harmonics > 1 ? legend(harmonics) : []),
  ];
  return new Picture(PICTURE_WIDTH, BOX.y + BOX.height + 44, shapes);
}

/** All harmonics of some bands. */
function chosenFilters(filters: readonly Filter[], bands: number): Filter[] {
  const perHarmonic = filters.filter(({ harmonic }) => harmonic === 1).length;
  const count = Math.min(bands, perHarmonic);
  const chosen = new Set(Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * perHarmonic) / count)));
  return filters.filter((_, i) => chosen.has(i % perHarmonic));
}

/** The bins on the axis where the filter passes anything, and their neighbours. */
function curve(frequencies: readonly number[], response: Float32Array, [from, to]: Range, most: number) {
  const seen = frequencies.flatMap((hertz, bin) => {
    const passes = [bin - 1, bin, bin + 1].some((one) => (response[one] ?? 0) > 0);
    return passes && hertz >= from ? [{ hertz, share: (response[bin] as number) / most }] : [];
  });
  return seen.map(({ hertz, share }) => {
    const x = BOX.x + (BOX.width * Math.log(hertz / from)) / Math.log(to / from);
    return [x, BOX.y + BOX.height * (1 - share)] as const;
  });
}

const titleOf = ({ kind }: FilterBank) => (kind === 'mel' ? 'Mel filters' : 'Harmonic filters');

function parametersText({ parameters, filters }: FilterBank, drawn: number): string {
  const counts = `${drawn} of ${filters.length} filters`;
  if (parameters === undefined) return counts;
  const { Q, alpha, beta } = parameters;
  return `Q = ${numberText(Q)}, α = ${numberText(alpha)}, β = ${numberText(beta)} Hz; ${counts}`;
}

function legend(harmonics: number): Shape[] {
  return Array.from({ length: harmonics }, (_, i) => i).flatMap((i): Shape[] => {
    const [x, y] = [BOX.x + BOX.width + 14, BOX.y + 10 + 18 * i];
    const colour = colourOf((0.9 * i) / (harmonics - 1));
    return [
      {
        kind: 'line',
        points: [
          [x, y - 4],
          [x + 16, y - 4],
        ],
        colour,
        width: 3,
      },
      { kind: 'text', x: x + 22, y, text: `${i + 1}f`, anchor: 'start' },
    ];
  });
}
