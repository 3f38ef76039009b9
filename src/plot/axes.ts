import { BLACK, type Box, type Shape } from './shapes.js';

/** A place on an axis, and what stands there. */
export interface Tick {
  /** 0 at the axis's start, 1 at its end. */
  readonly at: number;
  readonly label: string;
}

/** From where to where an axis goes. */
export type Range = readonly [from: number, to: number];

const NICE = [1, 2, 5, 10];

/** About `count` round numbers on an axis. */
export function evenTicks([from, to]: Range, count: number): Tick[] {
  const rough = (to - from) / count;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = magnitude * (NICE.find((one) => one * magnitude >= rough) as number);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const value = (first + i) * step;
    return { at: (value - from) / (to - from), label: numberText(value) };
  });
}

/** Three digits, or all before the point. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (size > 0 && size < 1e-3) return value.toExponential(1);
  return String(size < 1000 ? Number(value.toPrecision(3)) : Math.round(value));
}

const ROUND_HERTZ = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];

export const hertzText = (hertz: number) => (hertz < 1000 ? `${hertz} Hz` : `${hertz / 1000} kHz`);

/** Round frequencies where they lie among bands of these centres, not nearer to each other than `gap`. */
export function bandTicks(centres: readonly number[], gap: number): Tick[] {
  const ticks: Tick[] = [];
  for (const hertz of ROUND_HERTZ) {
    const above = centres.findIndex((centre) => centre >= hertz);
    if (above < 1) continue;
    const [low, high] = [centres[above - 1] as number, centres[above] as number];
    const at = (above - 0.5 + (hertz - low) / (high - low)) / centres.length;
    if (at - (ticks.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= gap) ticks.push({ at, label: hertzText(hertz) });
  }
  return ticks;
}

/** Round frequencies on a logarithmic axis. */
export function logHertzTicks([from, to]: Range): Tick[] {
  const inside = ROUND_HERTZ.filter((hertz) => hertz >= from && hertz <= to);
  return inside.map((hertz) => ({ at: Math.log(hertz / from) / Math.log(to / from), label: hertzText(hertz) }));
}

/** Ticks below a box, from left to right, and what they count. */
export function bottomAxis({ x, y, width, height }: Box, ticks: readonly Tick[], title: string): Shape[] {
  const bottom = y + height;
  return [
    ...ticks.flatMap(({ at, label }): Shape[] => {
      const left = x + width * at;
      return [
        {
          kind: 'line',
          points: [
            [left, bottom],
            [left, bottom + 5],
          ],
          colour: BLACK,
          width: 1,
        },
        { kind: 'text', x: left, y: bottom + 18, text: label, anchor: 'middle' },
      ];
    }),
    { kind: 'text', x: x + width / 2, y: bottom + 35, text: title, anchor: 'middle' },
  ];
}

/** Ticks on the left of a box, from below. */
export function leftAxis({ x, y, height }: Box, ticks: readonly Tick[]): Shape[] {
  return ticks.flatMap(({ at, label }): Shape[] => {
    const level = y + height * (1 - at);
    return [
      {
        kind: 'line',
        points: [
          [x - 5, level],
          [x, level],
        ],
        colour: BLACK,
        width: 1,
      },
      { kind: 'text', x: x - 8, y: level + 4, text: label, anchor: 'end' },
    ];
  });
}
