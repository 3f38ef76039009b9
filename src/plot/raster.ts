import { unpacked } from '../core/packed-bytes.js';
import { CELL, CHARACTERS, GLYPHS } from './glyphs.js';
import {
  BLACK,
  type Box,
  type Cells,
  type Colour,
  type Line,
  type Rectangle,
  type Shape,
  type Text,
} from './shapes.js';

/** Device pixels a pixel. */
export const SCALE = 2;

/** An image that is drawn on, three bytes a device pixel. */
interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Shapes as pixels on white, `SCALE` times the picture's size: row by row from the top, red, green, blue. */
export function rasterize(width: number, height: number, shapes: readonly Shape[]): Canvas {
  const size = { width: Math.round(SCALE * width), height: Math.round(SCALE * height) };
  const canvas = { ...size, pixels: new Uint8Array(3 * size.width * size.height).fill(255) };
  for (const shape of shapes) draw(canvas, shape);
  return canvas;
}

function draw(canvas: Canvas, shape: Shape): void {
  switch (shape.kind) {
    case 'rectangle':
      drawRectangle(canvas, shape);
      break;
    case 'line':
      drawLine(canvas, shape);
      break;
    case 'text':
      drawText(canvas, shape);
      break;
    case 'cells':
      drawCells(canvas, shape);
      break;
  }
}

/** Lays a colour over a pixel, as far as it covers it. */
function blend({ width, height, pixels }: Canvas, x: number, y: number, colour: Colour, coverage: number): void {
  if (coverage <= 0 || x < 0 || y < 0 || x >= width || y >= height) return;
  const at = 3 * (y * width + x);
  for (let i = 0; i < 3; i++) {
    const below = pixels[at + i] as number;
    pixels[at + i] = Math.round(below + coverage * ((colour[i] as number) - below));
  }
}

/** Calls back with the device pixels of a box. */
function eachPixel({ x, y, width, height }: Box, visit: (x: number, y: number) => void): void {
  const [left, right] = [Math.round(SCALE * x), Math.round(SCALE * (x + width))];
  const [top, bottom] = [Math.round(SCALE * y), Math.round(SCALE * (y + height))];
  for (let row = top; row < bottom; row++) for (let column = left; column < right; column++) visit(column, row);
}

function drawRectangle(canvas: Canvas, shape: Rectangle): void {
  const { x, y, width, height, fill, stroke } = shape;
  if (fill) eachPixel(shape, (column, row) => blend(canvas, column, row, fill, 1));
  if (!stroke) return;
  const [right, bottom] = [x + width, y + height];
  const points = [
    [x, y],
    [right, y],
    [right, bottom],
    [x, bottom],
    [x, y],
  ] as const;
  drawLine(canvas, { kind: 'line', points, colour: stroke, width: 1 });
}

function drawLine(canvas: Canvas, { points, colour, width }: Line): void {
  const scaled = points.map(([x, y]) => [SCALE * x, SCALE * y] as const);
  for (let i = 1; i < scaled.length; i++) {
    drawSegment(canvas, scaled[i - 1] as Point, scaled[i] as Point, colour, (SCALE * width) / 2);
  }
}

type Point = readonly [x: number, y: number];

/** What is nearer to the segment than its radius, with a soft edge. */
function drawSegment(canvas: Canvas, [x0, y0]: Point, [x1, y1]: Point, colour: Colour, radius: number): void {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squared = dx * dx + dy * dy || 1;
  const reach = radius + 1;
  for (let y = Math.floor(Math.min(y0, y1) - reach); y <= Math.max(y0, y1) + reach; y++) {
    for (let x = Math.floor(Math.min(x0, x1) - reach); x <= Math.max(x0, x1) + reach; x++) {
      const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
      const along = Math.max(0, Math.min(1, (px * dx + py * dy) / squared));
      const distance = Math.hypot(px - along * dx, py - along * dy);
      blend(canvas, x, y, colour, Math.min(1, radius + 0.5 - distance));
    }
  }
}

let glyphs: Uint8Array | undefined;

/** How much of each pixel of each character is ink, 0 to 15. */
function ink(): Uint8Array {
  if (glyphs === undefined) {
    const packed = unpacked(GLYPHS);
    glyphs = Uint8Array.from({ length: 2 * packed.length }, (_, i) => {
      const pair = packed[i >> 1] as number;
      return i % 2 === 0 ? pair >> 4 : pair & 15;
    });
  }
  return glyphs;
}

const OFFSETS = { start: 0, middle: 0.5, end: 1 } as const;

function drawText(canvas: Canvas, { x, y, text, anchor }: Text): void {
  const characters = [...plain(text)];
  const left = Math.round(SCALE * x - OFFSETS[anchor] * CELL.width * characters.length);
  const top = Math.round(SCALE * y) - CELL.baseline;
  characters.forEach((character, i) => {
    const glyph = Math.max(0, CHARACTERS.indexOf(character)) * CELL.width * CELL.height;
    for (let at = 0; at < CELL.width * CELL.height; at++) {
      const column = left + i * CELL.width + (at % CELL.width);
      blend(canvas, column, top + Math.floor(at / CELL.width), BLACK, (ink()[glyph + at] as number) / 15);
    }
  });
}

/** Letters without the marks for which there are no glyphs; a question mark for what is left. */
function plain(text: string): string {
  const letters = text.normalize('NFD').replaceAll(/\p{M}/gu, '');
  return [...letters].map((one) => (CHARACTERS.includes(one) ? one : '?')).join('');
}

function drawCells(canvas: Canvas, { x, y, width, height, columns, rows, colours, within }: Cells): void {
  eachPixel(within, (column, row) => {
    const [cellX, cellY] = [(column + 0.5) / SCALE, (row + 0.5) / SCALE];
    const i = Math.floor(((cellX - x) / width) * columns);
    const j = Math.floor(((cellY - y) / height) * rows);
    if (i < 0 || j < 0 || i >= columns || j >= rows) return;
    const [from, to] = [3 * (j * columns + i), 3 * (row * canvas.width + column)];
    for (let channel = 0; channel < 3; channel++) canvas.pixels[to + channel] = colours[from + channel] as number;
  });
}
