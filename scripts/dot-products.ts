/** Compiles scripts/dot-products.c with clang and writes it as a module. Run it with `npm run dot-products`. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const binary = join(mkdtempSync(join(tmpdir(), 'musrep-wasm-')), 'dots.wasm');
const target = ['--target=wasm32', '-msimd128', '-nostdlib', '-O2'];
const linking = ['-Wl,--no-entry', '-Wl,--import-memory', '-Wl,--strip-all', '-Wl,-z,stack-size=0'];
execFileSync('clang', [...target, ...linking, '-o', binary, join(ROOT, 'scripts/dot-products.c')]);
const text = readFileSync(binary)
  .toString('base64')
  .replace(/.{1,100}/g, "  '$&',\n");
writeFileSync(
  join(ROOT, 'src/audio/dot-products-wasm.ts'),
  `/** A WebAssembly module, made by scripts/dot-products.ts of scripts/dot-products.c. */
export const DOT_PRODUCTS_WASM = [
${text}].join('');
`,
);
