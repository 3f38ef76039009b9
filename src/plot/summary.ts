import type { Role } from '../core/block.js';
import type { Feature } from '../core/feature.js';
import { featureText } from '../core/summary.js';
import { Picture } from './picture.js';
import { BLACK, type Colour, GREY, type Shape } from './shapes.js';

/** What is drawn of a block: a part of a model, or a block of a profile. */
interface BlockData {
  readonly block: string;
  readonly role: Role;
  readonly gives: Feature;
  readonly parameters: number;
  readonly milliseconds?: number;
  readonly share?: number;
}

/** What `profile` gives, or `{ ...model.spec, blocks: model.parts }` where nothing was timed. */
export interface SummaryData {
  /** Samples a window. */
  readonly samples: number;
  /** In hertz. */
  readonly sampleRate: number;
  readonly blocks: readonly BlockData[];
}

/** Okabe and Ito's blue, orange and green, lightened: they differ to the colour-blind too. */
const FILLS = { frontend: [207, 230, 245], backend: [251, 227, 191], head: [201, 235, 223] } as const;
const INPUT: Colour = [242, 242, 242];
const TIME: Colour = [0, 114, 178];

const BOX = { width: 252, height: 74 };
const GAP = 22;
const LEFT = 12;
/** Of the bars on the right, for all of the time. */
const BAR = { left: LEFT + BOX.width + 24, width: 160 };

/**
 * Draws a model from the waveform down: a box for each block with what it gives and its parameters, and beside it the share
 * of the time that it takes, if it was timed.
 *
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { loadAudio, MusiCNN } from 'musrep';
 * import { profile } from 'musrep/inspect';
 * import { plotSummary } from 'musrep/plot';
 *
 * const model = await MusiCNN.pretrained('mtat');
 * const timed = await profile(model, await loadAudio('song.mp3'), { runs: 2 });
 * await writeFile('musicnn.svg', plotSummary(timed, { title: 'MusiCNN' }).svg);
 * ```
 */
export function plotSummary(summary: SummaryData, { title }: { readonly title?: string } = {}): Picture {
  const { samples, sampleRate, blocks } = summary;
  const top = title === undefined ? 10 : 34;
  const level = (i: number) => top + i * (BOX.height + GAP);
  const parameters = blocks.reduce((sum, block) => sum + block.parameters, 0);
  const end = level(blocks.length + 1);
  const shapes: Shape[] = [
    ...(title === undefined ? [] : [text(LEFT, 20, title)]),
    ...box(level(0), INPUT, ['waveform', `[${samples}] at ${sampleRate} Hz`]),
    ...blocks.flatMap((block, i) => [
      ...arrow(level(i + 1)),
      ...blockBox(level(i + 1), block),
      ...timeBar(level(i + 1), block),
    ]),
    text(LEFT, end, `${parameters.toLocaleString('en')} parameters`),
  ];
  return new Picture(BAR.left + BAR.width + 12, end + 14, shapes);
}

const text = (x: number, y: number, content: string): Shape => ({ kind: 'text', x, y, text: content, anchor: 'start' });

function box(y: number, fill: Colour, lines: readonly string[]): Shape[] {
  return [
    { kind: 'rectangle', x: LEFT, y, ...BOX, fill, stroke: GREY },
    ...lines.map((line, i) => text(LEFT + 10, y + 22 + 20 * i, line)),
  ];
}

function blockBox(y: number, { block, role, gives, parameters }: BlockData): Shape[] {
  return box(y, FILLS[role], [block, featureText(gives), `${parameters.toLocaleString('en')} parameters`]);
}

/** From the box above to the one that begins at `y`. */
function arrow(y: number): Shape[] {
  const x = LEFT + BOX.width / 2;
  const [from, to] = [y - GAP + 3, y - 3];
  const line = (points: readonly (readonly [number, number])[]): Shape => ({
    kind: 'line',
    points,
    colour: BLACK,
    width: 1,
  });
  return [
    line([
      [x, from],
      [x, to],
    ]),
    line([
      [x - 4, to - 5],
      [x, to],
      [x + 4, to - 5],
    ]),
  ];
}

function timeBar(y: number, { milliseconds, share }: BlockData): Shape[] {
  if (milliseconds === undefined || share === undefined) return [];
  const bar = { x: BAR.left, y: y + 38, height: 12 };
  return [
    text(BAR.left, y + 30, `${milliseconds.toFixed(1)} ms, ${(100 * share).toFixed(0)} %`),
    { kind: 'rectangle', ...bar, width: BAR.width, fill: INPUT },
    { kind: 'rectangle', ...bar, width: BAR.width * share, fill: TIME },
  ];
}
