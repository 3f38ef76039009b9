import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type SymbolicTensor, layers as tfLayers } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { clipOf, refusal } from '../../test/harness/small-model.js';
import { multiLabel } from '../backends/heads/multi-label.js';
import { recurrent } from '../backends/recurrent.js';
import { melSpectrogram } from '../frontends/mel-spectrogram.js';
import { loadModel } from '../models/load-model.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { defineBlock } from './block.js';
import { audioModel } from './builder.js';
import { layerBlock } from './layer-block.js';
import { variablesOf } from './variables.js';

const clip = clipOf(2, 8000);
const sequence = (seed = 3) =>
  audioModel({ sampleRate: 8000, samples: 4000, seed })
    .frontend(melSpectrogram({ fftSize: 256, hopLength: 400, bands: 8 }))
    .backend(recurrent({ units: 4, depth: 1, output: 'sequence' }));

const both = () =>
  tfLayers.bidirectional({ layer: tfLayers.lstm({ units: 3 }) as never, mergeMode: 'concat' }) as tfLayers.Layer;
const withLayer = (seed?: number) =>
  sequence(seed)
    .backend(layerBlock(both(), { takes: 'sequence', gives: 'embedding' }))
    .head(multiLabel(['a', 'b']))
    .build();

/** As somebody writes it who knows tfjs and nothing else. */
const gated = defineBlock({
  name: 'acme/gated',
  role: 'backend',
  takes: ['sequence'],
  defaults: { units: 5 },
  output: (_input, { units }) => ({ kind: 'embedding', width: units }),
  build: (x, { units }) => {
    const gates = tfLayers.dense({ units, activation: 'sigmoid' }).apply(x);
    const values = tfLayers.dense({ units, activation: 'tanh' }).apply(x);
    const product = tfLayers.multiply().apply([gates, values] as SymbolicTensor[]);
    return tfLayers.globalAveragePooling1d({}).apply(product) as typeof x;
  },
});
const withFunction = (seed?: number) =>
  sequence(seed)
    .backend(gated({ units: 6 }))
    .head(multiLabel(['a', 'b']))
    .build();

beforeAll(() => useTfjsBackend('wasm'));

describe.each([
  ['a tfjs layer as a block', withLayer, []],
  ['a function on symbolic tensors as a block', withFunction, [gated]],
] as const)('%s', (_name, build, blocks) => {
  it('is saved and loaded, follows from its seed, and leaves nothing behind', async () => {
    const before = tf.memory().numTensors;
    const model = build();
    const names = [...variablesOf(model.layersModel).keys()];
    const tags = await model.tag(clip);
    const folder = await mkdtemp(join(tmpdir(), 'musrep-layer-'));
    await model.save(folder);
    const [loaded, same, other] = [await loadModel(folder, { blocks }), build(), build(4)];
    expect([...variablesOf(same.layersModel).keys()]).toEqual(names);
    expect(new Set(names).size).toBe(model.layersModel.weights.length);
    expect(await loaded.tag(clip)).toEqual(tags);
    expect(await same.tag(clip)).toEqual(tags);
    expect(await other.tag(clip)).not.toEqual(tags);
    for (const one of [model, loaded, same, other]) one.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a layer as a block', () => {
  it('is refused where it does not fit', () => {
    const dense = layerBlock(tfLayers.dense({ units: 3 }), { takes: 'sequence', gives: 'embedding' });
    expect(() =>
      sequence()
        .backend(dense)
        .head(multiLabel(['a']))
        .build(),
    ).toThrow(refusal('bad-shape', /gives \[batch, 11,3\], which is not the embedding that was announced/));
    const several = layerBlock(tfLayers.concatenate(), { takes: 'sequence', gives: 'embedding' });
    expect(() =>
      sequence()
        .backend(several)
        .head(multiLabel(['a']))
        .build(),
    ).toThrow(refusal('bad-shape', /'Concatenate' does not take a sequence \[batch, 11,4\]/));
  });

  it('of a class that is not registered with tfjs is named when it is loaded', async () => {
    const { layerBlockFactory } = await import('./layer-block.js');
    const saved = { className: 'Densee', config: {}, role: 'backend', takes: 'sequence', gives: 'sequence' } as const;
    const block = layerBlockFactory(saved);
    expect(() => block.output({ kind: 'sequence', frames: 3, channels: 2 })).toThrow(/'Densee'.*Did you mean 'Dense'/);
  });
});
