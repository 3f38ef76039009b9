import type { layers as tfLayers } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../../test/harness/small-model.js';
import { multiLabel } from '../backends/heads/multi-label.js';
import { musicnnBackend } from '../backends/musicnn-backend.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';
import { musicnnFilters } from '../frontends/musicnn-filters.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { type Block, defineBlock } from './block.js';
import { audioModel } from './builder.js';

const start = () => audioModel({ sampleRate: 16_000, samples: 4000 });

describe('before a tfjs backend is chosen', () => {
  it('says how to choose one', () => {
    const chain = start()
      .frontend(melSpectrogram())
      .frontend(musicnnFilters())
      .backend(musicnnBackend())
      .head(multiLabel(['a']));
    expect(() => chain.build()).toThrowError(refusal('no-tfjs-backend', /await useTfjsBackend\('auto'\)/));
  });
});

describe('the builder', () => {
  beforeAll(() => useTfjsBackend('wasm'));

  it('refuses what does not fit, in the sentence that the compiler shows', () => {
    const chain = start()
      .backend(musicnnBackend() as unknown as Block<'backend', 'waveform', 'embedding'>)
      .head(multiLabel(['a']));
    expect(() => chain.build()).toThrowError(
      refusal('bad-shape', 'musicnnBackend takes a sequence; the block before it gives a waveform.'),
    );
  });

  it('refuses a block at another’s place', () => {
    expect(() => start().frontend(multiLabel(['a']) as never)).toThrowError(
      refusal('bad-option', /takes a frontend; multiLabel is a head/),
    );
  });

  it('refuses impossible windows', () => {
    const refused = [
      {},
      { samples: 1, seconds: 1 },
      { samples: 0 },
      { samples: 1.5 },
      { seconds: -1 },
      { samples: 100, seed: -1 },
    ];
    for (const options of refused) {
      expect(() => audioModel({ sampleRate: 16_000, ...options })).toThrowError(refusal('bad-option', /audioModel/));
    }
    expect(() => audioModel({ sampleRate: 0, samples: 100 })).toThrowError(refusal('bad-option', /sampleRate/));
  });

  it('names the nearest option, and the type of a value', () => {
    expect(() => melSpectrogram({ band: 64 } as never)).toThrowError(
      refusal('unknown-name', /'band'.*Did you mean 'bands'/),
    );
    expect(() => melSpectrogram({ bands: '64' } as never)).toThrowError(
      refusal('bad-option', /'bands' must be of type number/),
    );
    expect(() => melSpectrogram({ bands: Number.NaN })).toThrowError(refusal('bad-option', /finite/));
  });

  it('refuses sizes that cannot be', () => {
    const build = (...options: Parameters<typeof melSpectrogram>) =>
      start()
        .frontend(melSpectrogram(...options))
        .frontend(musicnnFilters())
        .backend(musicnnBackend())
        .head(multiLabel(['a']))
        .build();
    expect(() => build({ fMax: 9000 })).toThrowError(
      refusal('bad-option', /half the sample rate, 8000. Received: 9000/),
    );
    expect(() => build({ fMin: 5000, fMax: 4000 })).toThrowError(refusal('bad-option', /'fMin'/));
    expect(() => build({ fftSize: 511 })).toThrowError(refusal('bad-option', /even/));
    expect(() => build({ windowLength: 600 })).toThrowError(refusal('bad-option', /'windowLength'/));
    expect(() => build({ melScale: 'htl' as never })).toThrowError(refusal('unknown-name', /Did you mean 'htk'/));
    expect(() => build({ fftSize: 8192 })).toThrowError(refusal('bad-shape', /at least 4097 samples. Received: 4000/));
    expect(() => build({ bands: 40 })).toThrowError(
      refusal('bad-shape', /filters of 67 bands, and the spectrogram has 40/),
    );
    expect(() => musicnnBackend({ kernelSize: 0 }).output({ kind: 'sequence', frames: 9, channels: 2 })).toThrowError(
      refusal('bad-option', /whole number/),
    );
  });

  it('refuses labels that are none', () => {
    expect(() => multiLabel([])).toThrowError(refusal('bad-option', /at least one label/));
    expect(() => multiLabel(['a', 'b', 'a'])).toThrowError(refusal('bad-option', /'a' stands twice/));
  });

  it('refuses two layers of one name, and an output that is not as announced', () => {
    const clash = defineBlock({
      name: 'test/clash',
      role: 'frontend',
      takes: ['waveform'],
      defaults: {},
      output: (input) => input,
      build: (x, _config, { layers }) => (layers.batchNorm('same') as tfLayers.Layer).apply(x) as typeof x,
    });
    const flat = defineBlock({
      name: 'test/flat',
      role: 'backend',
      takes: ['waveform'],
      defaults: {},
      output: () => ({ kind: 'embedding', width: 3 }),
      build: (x) => x,
    });
    const twice = start()
      .frontend(clash())
      .frontend(clash())
      .backend(flat())
      .head(multiLabel(['a']));
    expect(() => twice.build()).toThrowError(refusal('bad-option', /test\/clash makes a layer 'same'/));
    const wrong = start()
      .backend(flat())
      .head(multiLabel(['a']));
    expect(() => wrong.build()).toThrowError(
      refusal('bad-shape', /test\/flat announces embedding \[batch, 3\].*\[batch, 4000\]/),
    );
  });
});
