import { bottomAxis, evenTicks, leftAxis, numberText, type Range, type Tick } from './axes.js';
import { colourOf } from './colours.js';
import { Picture } from './picture.js';
import { BLACK, type Box, type Shape } from './shapes.js';

/** What all pictures over time take. */
export interface TimeOptions {
  /** Above the picture. */
  readonly title?: string;
  /** The time axis, from where to where in seconds: to lay pictures of unlike length over each other. */
  readonly seconds?: readonly [from: number, to: number];
}

/** A picture of values as colours, and what stands around it. */
export interface HeatMap {
  readonly title: string;
  /** The middle of each column, in seconds. */
  readonly times: readonly number[];
  /** How many seconds a column is wide, where there is but one. */
  readonly columnSeconds?: number;
  readonly rows: number;
  /** Rows count from below. */
  readonly valueAt: (column: number, row: number) => number;
  readonly height: number;
  readonly leftTicks: readonly Tick[];
  readonly range: Range;
  /** Of the values. */
  readonly unit: string;
  readonly seconds: Range;
  /** Whether the time axis stands below; not where another picture follows. */
  readonly hasTimeAxis: boolean;
}

const LEFT = 130;
const WIDTH = 720;
/** The whole picture's. */
export const PICTURE_WIDTH = LEFT + WIDTH + 110;
const TOP = 26;

export function heatMap(map: HeatMap): Picture {
  const box = { x: LEFT, y: TOP, width: WIDTH, height: map.height };
  const timeAxis = bottomAxis(box, evenTicks(map.seconds, 12), 'Time in seconds');
  const shapes: Shape[] = [
    { kind: 'text', x: LEFT, y: TOP - 9, text: map.title, anchor: 'start' },
    cellsOf(map, box),
    { kind: 'rectangle', ...box, stroke: BLACK },
    ...leftAxis(box, map.leftTicks),
    ...(map.hasTimeAxis ? timeAxis : []),
    ...colourBar(map, box),
  ];
  return new Picture(PICTURE_WIDTH, TOP + map.height + (map.hasTimeAxis ? 44 : 8), shapes);
}

function cellsOf({ times, columnSeconds, rows, valueAt, range, seconds }: HeatMap, within: Box): Shape {
  const columns = times.length;
  const colours = new Uint8Array(3 * columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const share = (valueAt(column, rows - 1 - row) - range[0]) / (range[1] - range[0] || 1);
      colours.set(colourOf(share), 3 * (row * columns + column));
    }
  }
  const [from, to] = columnEdges(times, columnSeconds);
  const pixels = within.width / (seconds[1] - seconds[0]);
  const x = within.x + (from - seconds[0]) * pixels;
  const place = { x, y: within.y, width: (to - from) * pixels, height: within.height };
  return { kind: 'cells', ...place, columns, rows, colours, within };
}

/** From the left of the first column to the right of the last; columns are equally wide. */
export function columnEdges(times: readonly number[], columnSeconds = 1): Range {
  const [first, last] = [times[0] as number, times.at(-1) as number];
  const step = times.length > 1 ? (last - first) / (times.length - 1) : columnSeconds;
  return [first - step / 2, last + step / 2];
}

/** What the colours mean. */
function colourBar({ range, unit }: HeatMap, { x, y, width, height }: Box): Shape[] {
  const steps = 64;
  const colours = Uint8Array.from(Array.from({ length: steps }, (_, i) => colourOf(1 - (i + 0.5) / steps)).flat());
  const bar = { x: x + width + 14, y, width: 12, height };
  const text = (value: number, at: number): Shape => ({
    kind: 'text',
    x: bar.x + 18,
    y: at,
    text: `${numberText(value)}${unit}`,
    anchor: 'start',
  });
  return [
    { kind: 'cells', ...bar, columns: 1, rows: steps, colours, within: bar },
    { kind: 'rectangle', ...bar, stroke: BLACK },
    text(range[1], y + 10),
    text(range[0], y + height),
  ];
}

/** From the least value to the greatest. */
export function rangeOf(rows: readonly ArrayLike<number>[]): Range {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    for (let i = 0; i < row.length; i++) {
      least = Math.min(least, row[i] as number);
      most = Math.max(most, row[i] as number);
    }
  }
  return [least, most];
}
