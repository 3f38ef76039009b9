import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { clipOf, refusal, smallModel } from '../../test/harness/small-model.js';
import { variablesOf } from '../core/variables.js';
import { loadModel } from '../models/load-model.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { compacted, compactMetadata, restored } from './compact-weights.js';
import { halfBits, readElements } from './element-types.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';

const kernel = { shape: [3, 2], values: Float32Array.of(0.1, -4, 0.25, 1.7, -0.3, 0) };
const silent = { shape: [2, 2], values: Float32Array.of(0, 2, 0, -2) };
const bias = { shape: [2], values: Float32Array.of(1 / 3, 2e5) };

const throughFile = (type: 'float16' | 'int8') => {
  const entries = Object.entries({ kernel, silent, bias });
  const bytes = writeSafetensors(compacted(entries, type), compactMetadata(type));
  return { file: readSafetensors(bytes), tensors: restored(readSafetensors(bytes)) };
};

describe('half precision', () => {
  it('gives every number of it again', () => {
    const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits).filter((bits) => (bits & 0x7c00) !== 0x7c00);
    const numbers = readElements(new Uint8Array(all.buffer), 'F16');
    expect(Uint16Array.from(numbers, halfBits)).toEqual(all);
  });

  it('rounds to the nearest, and to even half-way', () => {
    expect([1 + 1 / 2048, 1 + 3 / 2048, 1 + 1.01 / 2048, 2 ** -25, 3 * 2 ** -25, 2048 - 0.25].map(halfBits)).toEqual([
      0x3c00, 0x3c02, 0x3c01, 0, 2, 0x6800,
    ]);
  });
});

describe('compacted', () => {
  it('keeps kernels within half a step of half precision, all else as it is', () => {
    const { file, tensors } = throughFile('float16');
    expect(file.tensors.size).toBe(3);
    tensors.get('kernel')?.values.forEach((value, i) => {
      expect(Math.abs(value - (kernel.values[i] as number))).toBeLessThanOrEqual(2 ** -11 * Math.abs(value));
    });
    expect(tensors.get('bias')).toEqual(bias);
  });

  it('keeps kernels within half a step of 127 from the greatest of their channel', () => {
    const { file, tensors } = throughFile('int8');
    expect([...(file.tensors.get('kernel/scale')?.values ?? [])]).toEqual([
      Math.fround(0.3 / 127),
      Math.fround(4 / 127),
    ]);
    expect([...(file.tensors.get('kernel')?.values ?? [])]).toEqual([42, -127, 106, 54, -127, 0]);
    tensors.get('kernel')?.values.forEach((value, i) => {
      const step = [0.3, 4][i % 2] as number;
      expect(Math.abs(value - (kernel.values[i] as number))).toBeLessThanOrEqual(step / 254 + 1e-7);
    });
    expect([...tensors.keys()]).toEqual(['kernel', 'silent', 'bias']);
    expect([...(tensors.get('silent')?.values ?? [])]).toEqual([0, 2, 0, -2]);
    expect(tensors.get('bias')).toEqual(bias);
  });

  it('leaves alone what half precision cannot hold', () => {
    const wide = { shape: [1, 2], values: Float32Array.of(1, 7e4) };
    expect(compacted([['wide', wide]], 'float16')).toEqual([['wide', wide]]);
  });
});

describe('save with fewer bytes', () => {
  beforeAll(() => useTfjsBackend('wasm'));

  it('gives nearly the same model again', async () => {
    const model = smallModel();
    const [expected, tensors] = [await model.embed(clipOf(3)), tf.memory().numTensors];
    const sizes: number[] = [];
    for (const [weights, difference] of [
      ['float32', 0],
      ['float16', 2e-3],
      ['int8', 3e-2],
    ] as const) {
      const folder = await mkdtemp(join(tmpdir(), 'musrep-compact-'));
      await model.save(folder, { weights });
      const loaded = await loadModel(folder);
      const { embeddings } = await loaded.embed(clipOf(3));
      const worst = Math.max(
        ...(embeddings[0] ?? []).map((value, i) => Math.abs(value - (expected.embeddings[0]?.[i] as number))),
      );
      const greatest = Math.max(...(expected.embeddings[0] ?? []).map(Math.abs));
      expect(worst / greatest).toBeLessThanOrEqual(difference);
      expect(worst > 0).toBe(weights !== 'float32');
      sizes.push((await stat(join(folder, 'weights.safetensors'))).size);
      const again = smallModel();
      await again.loadWeights(await readFile(join(folder, 'weights.safetensors')));
      expect([...variablesOf(again.layersModel).values()].map((one) => one.read().dataSync())).toEqual(
        [...variablesOf(loaded.layersModel).values()].map((one) => one.read().dataSync()),
      );
      loaded.dispose();
      again.dispose();
    }
    expect(tf.memory().numTensors).toBe(tensors);
    expect((sizes[1] as number) < (sizes[0] as number) && (sizes[2] as number) < (sizes[1] as number)).toBe(true);
  });

  it('refuses a type that there is not', async () => {
    await expect(smallModel().save('nowhere', { weights: 'int16' as never })).rejects.toEqual(
      refusal('unknown-name', /'weights' 'int16'\. Did you mean 'int8'/),
    );
  });
});
