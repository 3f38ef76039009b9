import { encodePng } from './png.js';
import { type Cells, type Colour, FONT_SIZE, type Line, type Rectangle, type Shape, type Text } from './shapes.js';

/** Shapes as an SVG document; its first text names it for those who do not see it. */
export function toSvg(width: number, height: number, shapes: readonly Shape[]): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const font = `font-family="'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${rounded(FONT_SIZE)}"`;
  const name = shapes.find((shape) => shape.kind === 'text')?.text ?? '';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font}>`,
    `<title>${escaped(name)}</title>`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...shapes.map(elementOf),
    '</svg>\n',
  ].join('\n');
}

function elementOf(shape: Shape): string {
  switch (shape.kind) {
    case 'rectangle':
      return rectangle(shape);
    case 'line':
      return line(shape);
    case 'text':
      return text(shape);
    case 'cells':
      return cells(shape);
  }
}

function rectangle({ x, y, width, height, fill, stroke }: Rectangle): string {
  const paint = `fill="${fill ? css(fill) : 'none'}"${stroke ? ` stroke="${css(stroke)}"` : ''}`;
  return `<rect x="${rounded(x)}" y="${rounded(y)}" width="${rounded(width)}" height="${rounded(height)}" ${paint}/>`;
}

function line({ points, colour, width }: Line): string {
  const path = points.map(([x, y]) => `${rounded(x)},${rounded(y)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${css(colour)}" stroke-width="${width}"/>`;
}

function text({ x, y, text: content, anchor }: Text): string {
  return `<text x="${rounded(x)}" y="${rounded(y)}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

function cells({ x, y, width, height, columns, rows, colours, within }: Cells): string {
  const png = encodePng(columns, rows, colours);
  const url = `data:image/png;base64,${btoa(binary(png))}`;
  // An inner <svg> shows no more than its own box.
  const view = `x="${rounded(within.x)}" y="${rounded(within.y)}" width="${rounded(within.width)}" height="${rounded(within.height)}"`;
  const place = `x="${rounded(x - within.x)}" y="${rounded(y - within.y)}" width="${rounded(width)}" height="${rounded(height)}"`;
  const style = 'preserveAspectRatio="none" style="image-rendering:pixelated"';
  return `<svg ${view}><image ${place} ${style} href="${url}"/></svg>`;
}

function binary(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) out += String.fromCharCode(byte);
  return out;
}

const css = (colour: Colour) => `rgb(${colour.join(',')})`;
const rounded = (value: number) => Math.round(value * 100) / 100;
const escaped = (content: string) => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
