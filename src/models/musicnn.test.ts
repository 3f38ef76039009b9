import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../../test/harness/small-model.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { MusiCNN } from './musicnn.js';

beforeAll(() => useTfjsBackend('wasm'));

describe('pretrained', () => {
  it('names the nearest for a name that there is not', async () => {
    await expect(MusiCNN.pretrained('mtta' as never)).rejects.toEqual(refusal('unknown-name', /Did you mean 'mtat'/));
  });

  it('says what cannot be found', async () => {
    await expect(MusiCNN.pretrained('mtat', { from: '/nowhere' })).rejects.toEqual(
      refusal('not-found', /musicnn-mtat/),
    );
  });

  it('has labels in the order of its card', async () => {
    for (const name of ['mtat', 'jamendo'] as const) {
      const published = await MusiCNN.pretrained(name);
      const card = JSON.parse(await readFile(join(import.meta.dirname, `../../weights/musicnn-${name}.json`), 'utf8'));
      expect(published.labels).toEqual(card.labels);
      published.dispose();
    }
  });
});
