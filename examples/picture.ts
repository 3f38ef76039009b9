import type { Taggram } from 'musrep';
import type { LogMel } from './log-mel.js';
import { colourOf, heatmapUrl } from './png.js';

export interface Picture {
  readonly title: string;
  /** The clip's length. */
  readonly seconds: number;
  readonly logMel: LogMel;
  readonly taggram: Taggram;
  /** The labels to show, from the top. */
  readonly rows: readonly string[];
  readonly windowSeconds: number;
}

const LEFT = 110;
const WIDTH = 860;
const MEL = { top: 60, height: 230 };
const TAGS = { top: 330, rowHeight: 26 };
const QUIETEST = -60;
const LOUDEST = 30;

/** Log-mel and taggram, one above the other over the same time axis, as SVG. */
export function drawPicture(picture: Picture): string {
  const tagsHeight = TAGS.rowHeight * picture.rows.length;
  const height = TAGS.top + tagsHeight + 70;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${LEFT + WIDTH + 110}" height="${height}" font-family="DejaVu Sans" font-size="13">`,
    '<rect width="100%" height="100%" fill="white"/>',
    `<text x="${LEFT}" y="28" font-size="16">${escaped(picture.title)}</text>`,
    ...melPanel(picture),
    ...tagPanel(picture, tagsHeight),
    ...timeAxis(picture.seconds, TAGS.top + tagsHeight),
    '</svg>',
  ].join('\n');
}

function melPanel({ seconds, logMel }: Picture): string[] {
  const { frames, frameSeconds, fMax } = logMel;
  const bands = frames[0]?.length ?? 0;
  const share = (decibels: number) => (decibels - QUIETEST) / (LOUDEST - QUIETEST);
  const url = heatmapUrl(frames.length, bands, (frame, row) => share(frames[frame]?.[bands - 1 - row] as number));
  const width = (WIDTH * frames.length * frameSeconds) / seconds;
  const mel = (hertz: number) => Math.log10(1 + hertz / 700);
  const y = (hertz: number) => MEL.top + MEL.height * (1 - mel(hertz) / mel(fMax));
  const ticks = [125, 500, 1000, 2000, 4000, 8000].filter((hertz) => hertz <= fMax);
  return [
    `<text x="${LEFT}" y="${MEL.top - 8}">Log-mel spectrogram</text>`,
    image(url, MEL.top, MEL.height, LEFT, width),
    frame(MEL.top, MEL.height),
    ...ticks.map((hertz) => yTick(y(hertz), hertz < 1000 ? `${hertz} Hz` : `${hertz / 1000} kHz`)),
    ...scale(MEL.top, MEL.height, `${LOUDEST} dB`, `${QUIETEST} dB`),
  ];
}

/** A window's scores stand at its middle, as wide as the hop. */
function tagPanel({ seconds, taggram, rows, windowSeconds }: Picture, height: number): string[] {
  const { times, labels, scores } = taggram;
  const hop = (times[1] ?? seconds) - (times[0] ?? 0);
  const columns = rows.map((label) => labels.indexOf(label));
  const url = heatmapUrl(
    times.length,
    rows.length,
    (window, row) => scores[window]?.[columns[row] as number] as number,
  );
  const x = LEFT + (WIDTH * (windowSeconds - hop)) / 2 / seconds;
  return [
    `<text x="${LEFT}" y="${TAGS.top - 8}">Taggram: scores of windows of ${windowSeconds} s, each at its middle</text>`,
    `<rect x="${LEFT}" y="${TAGS.top}" width="${WIDTH}" height="${height}" fill="#eeeeee"/>`,
    image(url, TAGS.top, height, x, (WIDTH * hop * times.length) / seconds),
    frame(TAGS.top, height),
    ...rows.map((label, i) => yTick(TAGS.top + TAGS.rowHeight * (i + 0.5), label)),
    ...scale(TAGS.top, height, '1', '0'),
  ];
}

function timeAxis(seconds: number, y: number): string[] {
  const ticks = Array.from({ length: Math.floor(seconds / 5) + 1 }, (_, i) => 5 * i);
  return [
    ...ticks.map((second) => {
      const x = LEFT + (WIDTH * second) / seconds;
      return `<path d="M${x} ${y}v6" stroke="black"/><text x="${x}" y="${y + 22}" text-anchor="middle">${second}</text>`;
    }),
    `<text x="${LEFT + WIDTH / 2}" y="${y + 46}" text-anchor="middle">Time in seconds</text>`,
  ];
}

const image = (url: string, y: number, height: number, x: number, width: number) =>
  `<image href="${url}" x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none" image-rendering="optimizeSpeed"/>`;

const frame = (y: number, height: number) =>
  `<rect x="${LEFT}" y="${y}" width="${WIDTH}" height="${height}" fill="none" stroke="black"/>`;

const yTick = (y: number, label: string) =>
  `<path d="M${LEFT} ${y}h-6" stroke="black"/><text x="${LEFT - 10}" y="${y + 4.5}" text-anchor="end">${escaped(label)}</text>`;

/** The colours' meaning, on the right. */
function scale(y: number, height: number, high: string, low: string): string[] {
  const x = LEFT + WIDTH + 16;
  const steps = 64;
  const step = height / steps;
  const bars = Array.from({ length: steps }, (_, i) => {
    const fill = `rgb(${colourOf((i + 0.5) / steps)})`;
    return `<rect x="${x}" y="${y + height - (i + 1) * step}" width="14" height="${step + 0.5}" fill="${fill}"/>`;
  });
  return [
    ...bars,
    `<text x="${x + 20}" y="${y + 11}">${high}</text>`,
    `<text x="${x + 20}" y="${y + height}">${low}</text>`,
  ];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
