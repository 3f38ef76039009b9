/**
 * Compiles the modules that are written in C with the clang and wasm-ld of the path, and writes each as a source file. Run
 * it with `npm run wasm`.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { zlibSync } from 'fflate';

interface Module {
  readonly folder: string;
  readonly sources: readonly string[];
  readonly headers: readonly string[];
  /** The file, and clang's options for it. */
  readonly outputs: Readonly<Record<string, readonly string[]>>;
}

const MODULES: readonly Module[] = [
  {
    folder: 'src/runtime/wasm-kernels',
    sources: ['products.c', 'winograd.c', 'patches.c', 'direct.c', 'sums.c', 'maxima.c', 'erf.c', 'max-pool.c'],
    headers: ['vectors.h', 'products.h', 'conv.h'],
    outputs: { 'binary.ts': [], 'binary-relaxed.ts': ['-mrelaxed-simd'] },
  },
  { folder: 'src/audio', sources: ['dot-products.c'], headers: [], outputs: { 'dot-products-wasm.ts': [] } },
  { folder: 'src/runtime', sources: ['power-spectra.c'], headers: [], outputs: { 'power-spectra-wasm.ts': [] } },
];
const BINARY = '.out/module.wasm';
const TARGET = ['--target=wasm32', '-msimd128', '-O2', '-nostdlib', '-ffreestanding', '-Wall', '-Wextra', '-Werror'];
const LINK = ['-Wl,--no-entry', '-Wl,--import-memory', '-Wl,--strip-all', '-Wl,-z,stack-size=0'];

mkdirSync('.out', { recursive: true });
for (const module of MODULES) {
  for (const [output, options] of Object.entries(module.outputs)) write(module, output, options);
}

function write({ folder, sources, headers }: Module, output: string, options: readonly string[]): void {
  const paths = sources.map((name) => `${folder}/${name}`);
  execFileSync('clang', [...TARGET, ...options, ...LINK, '-o', BINARY, ...paths], { stdio: 'inherit' });
  const wasm = readFileSync(BINARY);
  const lines = Buffer.from(zlibSync(wasm, { level: 9 }))
    .toString('base64')
    .match(/.{1,110}/g) as string[];
  const hashes = [...paths, ...headers.map((name) => `${folder}/${name}`)].map(
    (path) => `  '${path}': '${sha256(readFileSync(path))}',`,
  );
  writeFileSync(
    `${folder}/${output}`,
    `/** Made by scripts/wasm.ts from the C sources beside it. */

/** What it was compiled from, each with its SHA-256. */
export const SOURCE_HASHES = {
${hashes.join('\n')}
};

/** SHA-256 of the module. */
export const WASM_HASH = '${sha256(wasm)}';

/** The module: zlib, base64. */
export const WASM =
  ${lines.map((line) => `'${line}'`).join(' +\n  ')};
`,
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
