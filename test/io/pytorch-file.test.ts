import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPytorchFile } from '../../src/io/pytorch-file.js';
import { refusal } from '../harness/small-model.js';

const VECTORS = join(import.meta.dirname, 'vectors');
const bytesOf = (name: string) => new Uint8Array(readFileSync(join(VECTORS, name)));
const EXPECTED = JSON.parse(readFileSync(join(VECTORS, 'expected.json'), 'utf8')) as Record<
  string,
  { shape: number[]; values: number[] }
>;

describe('files that torch.save wrote', () => {
  // Views, transposed tensors, parameters, and every kind of float.
  for (const name of ['zip.pth', 'legacy.pth', 'checkpoint.pth']) {
    it(`${name} gives its tensors`, () => {
      const tensors = readPytorchFile(bytesOf(name));
      expect([...tensors.keys()]).toEqual(Object.keys(EXPECTED));
      for (const [key, { shape, values }] of Object.entries(EXPECTED)) {
        expect(tensors.get(key)).toEqual({ shape, values: Float32Array.from(values) });
      }
    });
  }

  it('are refused where they ask for anything beyond tensors', () => {
    expect(() => readPytorchFile(bytesOf('path.pth'))).toThrowError(
      refusal('bad-weights', /asks for pathlib\.PurePosixPath.*nothing was executed/),
    );
    const evil = new TextEncoder().encode('\x80\x02cos\nsystem\nX\x07\x00\x00\x00echo hi\x85R.');
    evil[0] = 0x80;
    expect(() => readPytorchFile(evil.subarray(evil.indexOf(0x02) - 1))).toThrowError(
      refusal('bad-weights', /refused|torch\.save/),
    );
  });

  it('are refused where they are cut off, wherever that is', () => {
    for (const name of ['zip.pth', 'legacy.pth']) {
      const bytes = bytesOf(name);
      for (let length = 0; length < bytes.length - 1; length += 7) {
        expect(() => readPytorchFile(bytes.subarray(0, length)), `${name}, ${length} bytes`).toThrowError(
          refusal('bad-weights', /./),
        );
      }
    }
  });

  it('are refused where they are damaged, or give tensors: nothing else comes of them', () => {
    const bytes = bytesOf('legacy.pth');
    for (let i = 0; i < bytes.length; i++) {
      const damaged = bytes.slice();
      damaged[i] = (damaged[i] as number) ^ 0xff;
      try {
        readPytorchFile(damaged);
      } catch (error) {
        expect(error, `byte ${i}`).toMatchObject({ name: 'MusrepError', code: 'bad-weights' });
      }
    }
  });
});
