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
});
