/**
 * Compiles src/runtime/winograd/winograd.c with clang and wasm-ld, and writes src/runtime/winograd/binary.ts. Run it with
 * `npm run winograd`.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { zlibSync } from 'fflate';

const SOURCE = 'src/runtime/winograd/winograd.c';
const OUTPUT = '.out/winograd.wasm';
const TARGET = ['--target=wasm32', '-msimd128', '-O2', '-nostdlib', '-ffreestanding', '-Wall', '-Wextra', '-Werror'];
const LINK = ['-Wl,--no-entry', '-Wl,--import-memory', '-Wl,--strip-all', '-Wl,-z,stack-size=0'];

mkdirSync('.out', { recursive: true });
execFileSync('clang', [...TARGET, ...LINK, '-o', OUTPUT, SOURCE], { stdio: 'inherit' });
const wasm = readFileSync(OUTPUT);
const lines = Buffer.from(zlibSync(wasm, { level: 9 }))
  .toString('base64')
  .match(/.{1,110}/g) as string[];
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

writeFileSync(
  'src/runtime/winograd/binary.ts',
  `/** Made by scripts/winograd.ts from winograd.c. */

/** SHA-256 of the source it was compiled from. */
export const SOURCE_HASH = '${sha256(readFileSync(SOURCE))}';

/** SHA-256 of the module. */
export const WASM_HASH = '${sha256(wasm)}';

/** The module: zlib, base64. */
export const WINOGRAD_WASM =
  ${lines.map((line) => `'${line}'`).join(' +\n  ')};
`,
);
