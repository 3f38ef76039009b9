import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { describe, expect, it, vi } from 'vitest';
import { startWasm, WASM_VARIANTS } from '../../../test/harness/wasm-variant.js';
import {
  WASM as RESAMPLER,
  WASM_HASH as RESAMPLER_HASH,
  SOURCE_HASHES as RESAMPLER_SOURCES,
} from '../../audio/dot-products-wasm.js';
import { unpacked } from '../../core/packed-bytes.js';
import { WASM as SPECTRA, WASM_HASH as SPECTRA_HASH, SOURCE_HASHES as SPECTRA_SOURCES } from '../power-spectra-wasm.js';
import { SOURCE_HASHES, WASM, WASM_HASH } from './binary.js';
import { WASM as RELAXED, WASM_HASH as RELAXED_HASH, SOURCE_HASHES as RELAXED_SOURCES } from './binary-relaxed.js';
import { allowWasmKernels, wasmKernels } from './module.js';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe.each([
  { name: 'kernels', sources: SOURCE_HASHES, wasm: WASM, hash: WASM_HASH },
  { name: 'kernels with relaxed SIMD', sources: RELAXED_SOURCES, wasm: RELAXED, hash: RELAXED_HASH },
  { name: 'the resampler', sources: RESAMPLER_SOURCES, wasm: RESAMPLER, hash: RESAMPLER_HASH },
  { name: 'power spectra', sources: SPECTRA_SOURCES, wasm: SPECTRA, hash: SPECTRA_HASH },
])('the module of $name', ({ sources, wasm, hash }) => {
  it('was compiled from the sources beside it', () => {
    for (const [path, expected] of Object.entries(sources)) expect(sha256(readFileSync(path)), path).toBe(expected);
    expect(sha256(unpacked(wasm))).toBe(hash);
  });
});

describe('the module of kernels', () => {
  it.each([WASM, RELAXED])('has no data, since the heap is the backend’s', (wasm) => {
    const module = new WebAssembly.Module(unpacked(wasm));
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
    expect(sections(unpacked(wasm))).toEqual(['type', 'import', 'function', 'table', 'global', 'export', 'code']);
  });

  it.each([
    ['relaxed', 2 ** -11 + 2 ** -24],
    ['plain', 2 ** -11],
  ] as const)(
    'rounds a product and its sum once with relaxed SIMD, and twice without: %s',
    async (variant, expected) => {
      await startWasm(variant);
      const values = [1, 1 + 2 ** -12];
      const product = tf.matMul([values], [[-1], values.slice(1)]);
      expect([...(await product.data())]).toEqual([expected]);
      product.dispose();
    },
  );

  it('is the plain one where the engine lacks relaxed SIMD', async () => {
    await startWasm('plain');
    allowWasmKernels(WASM_VARIANTS);
    const compile = vi.spyOn(WebAssembly, 'Module').mockImplementationOnce(function refuse() {
      throw new WebAssembly.CompileError('invalid opcode');
    });
    // As good as a backend that was not seen before.
    expect(wasmKernels(Object.create(tf.backend()))).toBeDefined();
    expect(compile.mock.calls).toEqual([[unpacked(RELAXED)], [unpacked(WASM)]]);
    compile.mockRestore();
  });

  it('is left aside where the heap is not as expected', () => {
    expect(wasmKernels({})).toBeUndefined();
    const shared = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    expect(wasmKernels({ wasm: { asm: { memory: shared } } })).toBeUndefined();
  });
});

/** The names of a module's sections. */
function sections(bytes: Uint8Array): string[] {
  const names = 'custom type import function table memory global export start element code data'.split(' ');
  const found: string[] = [];
  for (let at = 8; at < bytes.length; ) {
    found.push(names[bytes[at++] as number] as string);
    let [size, shift] = [0, 0];
    for (let more = true; more; shift += 7) {
      const byte = bytes[at++] as number;
      size |= (byte & 127) << shift;
      more = byte > 127;
    }
    at += size;
  }
  return found;
}
