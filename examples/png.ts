import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import { interpolateInferno } from 'd3-scale-chromatic';
import { encode } from 'fast-png';

const require = createRequire(import.meta.url);
const FONT = require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');

/** Renders an SVG with a font that comes along, so that it looks alike on every machine. */
export function toPng(svg: string): Uint8Array {
  const font = { fontFiles: [FONT], loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' };
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: 1.5 } }).render().asPng();
}

const INFERNO = Array.from({ length: 256 }, (_, i) => rgb(interpolateInferno(i / 255)));

function rgb(css: string): readonly number[] {
  const hex = /^#(..)(..)(..)$/.exec(css);
  if (hex) return hex.slice(1).map((part) => Number.parseInt(part, 16));
  return (css.match(/\d+/g) ?? []).slice(0, 3).map(Number);
}

/** The colour of a share of the scale, 0 to 1: dark to bright, in a map that the colour-blind can read. */
export const colourOf = (share: number): readonly number[] =>
  INFERNO[Math.round(255 * Math.max(0, Math.min(1, share)))] as readonly number[];

/** An image of shares, 0 to 1, as a data URL; `shareAt` is asked for each column and row, rows from the top. */
export function heatmapUrl(width: number, height: number, shareAt: (column: number, row: number) => number): string {
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      data.set(colourOf(shareAt(column, row)), 3 * (row * width + column));
    }
  }
  const png = encode({ width, height, data, channels: 3 });
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}
