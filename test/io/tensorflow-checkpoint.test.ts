import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTensorflowCheckpoint } from '../../src/io/tensorflow-checkpoint.js';
import { refusal } from '../harness/small-model.js';

/** The table of the package musicnn's VGG for MagnaTagATune. */
const index = new Uint8Array(readFileSync(join(import.meta.dirname, 'vectors/vgg.index')));
/** Values that say where they lie. */
const data = new Uint8Array(Float32Array.from({ length: 1_818_528 }, (_, i) => i).buffer);

describe('TensorFlow 1 checkpoints', () => {
  it('give the variables of the layers, not those of the optimizer', () => {
    const tensors = readTensorflowCheckpoint(index, data);
    expect(tensors.size).toBe(36);
    expect(tensors.get('1CNN/kernel')?.shape).toEqual([3, 3, 1, 128]);
    expect(tensors.get('dense/kernel')?.shape).toEqual([256, 50]);
    expect(tensors.get('batch_normalization_5/moving_variance')?.shape).toEqual([128]);
    // In the order of their names, with the optimizer's between them.
    const starts = [...tensors.values()].map(({ values }) => values[0] as number);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    for (const { shape, values } of tensors.values()) {
      expect(values).toHaveLength(shape.reduce((product, size) => product * size, 1));
      expect(values.at(-1)).toBe((values[0] as number) + values.length - 1);
    }
  });

  it('are refused where they are cut off or damaged', () => {
    expect(() => readTensorflowCheckpoint(index, data.subarray(0, 4000))).toThrowError(
      refusal('bad-weights', /ends at byte \d+ of the data/),
    );
    for (let length = 0; length < index.length; length += 11) {
      expect(() => readTensorflowCheckpoint(index.subarray(0, length), data)).toThrowError(refusal('bad-weights', /./));
    }
    for (let i = 0; i < index.length; i += 3) {
      const damaged = index.slice();
      damaged[i] = (damaged[i] as number) ^ 0x55;
      try {
        readTensorflowCheckpoint(damaged, data);
      } catch (error) {
        expect(error, `byte ${i}`).toMatchObject({ name: 'MusrepError', code: 'bad-weights' });
      }
    }
  });
});
