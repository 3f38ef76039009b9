import type { layers as tfLayers } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../../test/harness/small-model.js';
import { convStack } from '../backends/conv-stack.js';
import { multiLabel } from '../backends/heads/multi-label.js';
import { musicnnBackend } from '../backends/musicnn-backend.js';
import { residualStack } from '../backends/residual-stack.js';
import { transformerEncoder } from '../backends/transformer-encoder.js';
import { harmonicFilterBank } from '../frontends/harmonic-filter-bank.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';
import { musicnnFilters } from '../frontends/musicnn-filters.js';
import { residualStem } from '../frontends/residual-stem.js';
import { sampleLevelStack } from '../frontends/sample-level-stack.js';
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

  it('says what is too small, too long or does not divide', () => {
    const image = { kind: 'spectrogram', bands: 20, frames: 30, channels: 1 } as const;
    const sequence = { kind: 'sequence', frames: 600, channels: 12 } as const;
    const waveform = { kind: 'waveform', samples: 1000, sampleRate: 16_000 } as const;
    const cases = [
      [() => convStack().output(image), 'bad-shape', /at least 96 bands. Received: 20/],
      [() => convStack({ filters: [3], pools: [] }).output(image), 'bad-option', /1 filters, 0 pools/],
      [
        () => residualStack({ filters: [3], strides: [[1, 1]], pools: [[30, 1]] }).output(image),
        'bad-shape',
        /nothing is left after block 1/,
      ],
      [() => residualStem({ pools: [[1, 40]] }).output(image), 'bad-shape', /nothing is left/],
      [() => sampleLevelStack().output(waveform), 'bad-shape', /at least 59047 samples. Received: 1000/],
      [() => harmonicFilterBank({ harmonics: 300 }).output(waveform), 'bad-option', /do not fit below 8000 Hz/],
      [() => harmonicFilterBank({ learn: ['q' as 'Q'] }).output(waveform), 'unknown-name', /Did you mean 'Q'/],
      [() => transformerEncoder().output(sequence), 'bad-shape', /8 heads do not divide a width of 12/],
      [() => transformerEncoder({ heads: 4 }).output(sequence), 'bad-shape', /positions for 512 frames. Received: 600/],
    ] as const;
    for (const [action, code, message] of cases) expect(action).toThrowError(refusal(code, message));
    expect(transformerEncoder({ heads: 4, positions: 'none' }).output(sequence)).toEqual({
      kind: 'embedding',
      width: 12,
    });
  });

  it('names the least length exactly', () => {
    const samples = (length: number) => ({ kind: 'waveform', samples: length, sampleRate: 16_000 }) as const;
    expect(sampleLevelStack().output(samples(59_047))).toMatchObject({ frames: 1 });
    expect(() => sampleLevelStack().output(samples(59_046))).toThrowError(refusal('bad-shape', /59047/));
    const image = (bands: number, frames: number) => ({ kind: 'spectrogram', bands, frames, channels: 1 }) as const;
    expect(convStack().output(image(96, 1280))).toMatchObject({ bands: 1, frames: 1 });
    expect(() => convStack().output(image(96, 1279))).toThrowError(refusal('bad-shape', /at least 1280 frames/));
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
