/**
 * Writes src/plot/glyphs.ts: the characters of DejaVu Sans Mono as small images, with which pictures become PNG where no
 * font is at hand. Run it with `npm run glyphs`.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import { zlibSync } from 'fflate';

const require = createRequire(import.meta.url);
const FONT = require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf');
const CHARACTERS = `${String.fromCharCode(...Array.from({ length: 95 }, (_, i) => 32 + i))}°±²·×Δαβµ–’…`;

/** Device pixels of a character; its advance is 1233/2048 of the font's size. */
const CELL = { width: 14, height: 28, baseline: 21 };
const FONT_SIZE = (CELL.width * 2048) / 1233;

/** How much of each pixel is ink, 0 to 15, all characters one below the other. */
function coverage(): Uint8Array {
  const height = CELL.height * CHARACTERS.length;
  const rows = [...CHARACTERS].map((character, i) => {
    const escaped = character.replace('&', '&amp;').replace('<', '&lt;');
    return `<text x="0" y="${i * CELL.height + CELL.baseline}" xml:space="preserve">${escaped}</text>`;
  });
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${CELL.width}" height="${height}"`;
  const svg = `${open} font-family="DejaVu Sans Mono" font-size="${FONT_SIZE}">${rows.join('')}</svg>`;
  const font = { fontFiles: [FONT], loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans Mono' };
  const { pixels } = new Resvg(svg, { font }).render();
  return Uint8Array.from({ length: pixels.length / 4 }, (_, i) => Math.round((pixels[4 * i + 3] as number) / 17));
}

const ink = coverage();
const packed = Uint8Array.from(
  { length: ink.length / 2 },
  (_, i) => (ink[2 * i] as number) * 16 + (ink[2 * i + 1] as number),
);
const data = Buffer.from(zlibSync(packed, { level: 9 })).toString('base64');
const lines = data.match(/.{1,110}/g) as string[];

writeFileSync(
  'src/plot/glyphs.ts',
  `/** Made by scripts/glyphs.ts from DejaVu Sans Mono (https://dejavu-fonts.github.io, Bitstream Vera licence). */

/** The characters that there are. */
export const CHARACTERS = ${JSON.stringify(CHARACTERS).replaceAll("'", "\\'").replace(/^"|"$/g, "'").replace('\\"', '"')};

/** Device pixels of each; a line of text lies on the baseline, so many pixels below the top. */
export const CELL = ${JSON.stringify(CELL).replaceAll('"', '').replaceAll(',', ', ').replaceAll(':', ': ').replace('{', '{ ').replace('}', ' }')};

/** 4 bits a pixel: how much of it is ink, all characters one below the other; zlib, base64. */
export const GLYPHS =
  ${lines.map((line) => `'${line}'`).join(' +\n  ')};
`,
);
