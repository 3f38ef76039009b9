import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { SMALL_ARCHITECTURES } from '../../test/harness/small-architectures.js';
import { refusal, smallModel } from '../../test/harness/small-model.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';

beforeAll(() => useTfjsBackend('wasm'));

/** As a page's fetch of both files would give them. */
async function readFolder(folder: string): Promise<tf.io.IOHandler> {
  const json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')) as tf.io.ModelJSON;
  const bytes = await readFile(join(folder, json.weightsManifest[0]?.paths[0] as string));
  const weightSpecs = json.weightsManifest[0]?.weights as tf.io.WeightsManifestEntry[];
  return tf.io.fromMemory({ ...json, weightSpecs, weightData: new Uint8Array(bytes).buffer });
}

describe('models in tfjs’s own format', () => {
  for (const [name, build] of Object.entries(SMALL_ARCHITECTURES)) {
    it(`${name} is loaded by tfjs alone, and gives the same scores`, async () => {
      const before = tf.memory().numTensors;
      const model = build();
      const folder = await mkdtemp(join(tmpdir(), 'musrep-layers-'));
      await model.exportLayersModel(folder);
      const loaded = await loadLayersModel(await readFolder(folder));
      const x = tf.randomUniform([1, model.samples], -0.1, 0.1, 'float32', 4) as tf.Tensor2D;
      const scores = [model.predict(x), loaded.predict(x) as tf.Tensor];
      const [own, theirs] = await Promise.all(scores.map((one) => one.data()));
      expect(theirs).toEqual(own);
      tf.dispose([x, ...scores]);
      loaded.dispose();
      model.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  }

  it('are refused a folder that cannot be written', async () => {
    const model = smallModel();
    const file = join(import.meta.dirname, 'layers-model.test.ts');
    await expect(model.exportLayersModel(join(file, 'folder'))).rejects.toEqual(refusal('write-failed', /./));
    model.dispose();
  });
});
