/**
 * Compiles the C sources of src/runtime/wasm-kernels with clang and wasm-ld, and writes its binary.ts. Run it with
 * `npm run wasm-kernels`.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { zlibSync } from 'fflate';

const FOLDER = 'src/runtime/wasm-kernels';
const SOURCES = ['products.c', 'winograd.c', 'patches.c', 'sums.c', 'max-pool.c'].map((name) => `${FOLDER}/${name}`);
const HEADERS = ['vectors.h', 'products.h', 'conv.h'].map((name) => `${FOLDER}/${name}`);
const OUTPUT = '.out/kernels.wasm';
const TARGET = ['--target=wasm32', '-msimd128', '-O2', '-nostdlib', '-ffreestanding', '-Wall', '-Wextra', '-Werror'];
const LINK = ['-Wl,--no-entry', '-Wl,--import-memory', '-Wl,--strip-all', '-Wl,-z,stack-size=0'];

mkdirSync('.out', { recursive: true });
execFileSync('clang', [...TARGET, ...LINK, '-o', OUTPUT, ...SOURCES], { stdio: 'inherit' });
const wasm = readFileSync(OUTPUT);
const lines = Buffer.from(zlibSync(wasm, { level: 9 }))
  .toString('base64')
  .match(/.{1,110}/g) as string[];
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

writeFileSync(
  `${FOLDER}/binary.ts`,
  `/** Made by scripts/wasm-kernels.ts from the C sources beside it. */

/** The sources it was compiled from, each with its SHA-256. */
export const SOURCE_HASHES = {
${[...SOURCES, ...HEADERS].map((path) => `  '${path}': '${sha256(readFileSync(path))}',`).join('\n')}
};

/** SHA-256 of the module. */
export const WASM_HASH = '${sha256(wasm)}';

/** The module: zlib, base64. */
export const WASM_KERNELS =
  ${lines.map((line) => `'${line}'`).join(' +\n  ')};
`,
);
