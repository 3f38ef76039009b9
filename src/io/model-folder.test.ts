import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clipOf, LABELS, refusal, SMALL, smallModel } from '../../test/harness/small-model.js';
import { multiLabel } from '../backends/heads/multi-label.js';
import { defineBlock } from '../core/block.js';
import { audioModel } from '../core/builder.js';
import { loadModel } from '../models/load-model.js';
import { MusiCNN } from '../models/musicnn.js';
import { useTfjsBackend } from '../runtime/tfjs-backend.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';

let model: ReturnType<typeof smallModel>;
let tensors: number;

beforeAll(async () => {
  await useTfjsBackend('wasm');
  model = smallModel();
  // What is folded is kept from the first window on.
  await model.tag(clipOf(3));
  tensors = tf.memory().numTensors;
});

afterAll(() => model.dispose());

describe('save and load', () => {
  const folder = () => mkdtemp(join(tmpdir(), 'musrep-model-'));

  it('give the same model again', async () => {
    const path = await folder();
    await model.save(path);
    const loaded = await loadModel(path);
    expect(loaded.labels).toEqual(LABELS);
    expect(await loaded.tag(clipOf(5))).toEqual(await model.tag(clipOf(5)));
    expect((await readdir(path)).sort()).toEqual(['model.json', 'weights.safetensors']);
    loaded.dispose();
  });

  it('keep the card of published weights', async () => {
    const path = await folder();
    const published = await MusiCNN.pretrained('mtat');
    await published.save(path);
    const loaded = await loadModel(path);
    expect(loaded.card).toEqual(published.card);
    expect(loaded.card?.scores).toEqual({ rocAuc: 0.9106, prAuc: 0.4493 });
    published.dispose();
    loaded.dispose();
  });

  it('need the user’s own blocks', async () => {
    const own = defineBlock({
      name: 'test/own',
      role: 'backend',
      takes: ['waveform'],
      defaults: { units: 4 },
      output: (_input, { units }) => ({ kind: 'embedding', width: units }),
      build: (x, { units }, { layers }) => layers.dense('own', { units }).apply(x) as typeof x,
    });
    const built = audioModel({ sampleRate: 8000, samples: 64 })
      .backend(own({ units: 2 }))
      .head(multiLabel(['a']))
      .build();
    const path = await folder();
    await built.save(path);
    await expect(loadModel(path)).rejects.toEqual(refusal('bad-model', /needs the block 'test\/own'.*blocks: \[/));
    await expect(loadModel(path, { blocks: [own, own] })).rejects.toEqual(
      refusal('bad-option', /two blocks are called 'test\/own'/),
    );
    const loaded = await loadModel(path, { blocks: [own] });
    const x = tf.ones([1, 64]) as tf.Tensor2D;
    const [before, after] = [built.predict(x), loaded.predict(x)];
    expect(await after.data()).toEqual(await before.data());
    tf.dispose([x, before, after]);
    built.dispose();
    loaded.dispose();
  });

  it('lose nothing when the disk is full', async () => {
    const path = await folder();
    await model.save(path);
    const before = await readFile(join(path, 'weights.safetensors'));
    await symlink('/dev/full', join(path, `model.json.${process.pid}.tmp`));
    const other = new MusiCNN({ labels: LABELS, seed: 4, ...SMALL });
    await expect(other.save(path)).rejects.toEqual(refusal('write-failed', /no space left/));
    expect((await readFile(join(path, 'weights.safetensors'))).equals(before)).toBe(true);
    expect((await readdir(path)).sort()).toEqual(['model.json', 'weights.safetensors']);
    (await loadModel(path)).dispose();
    other.dispose();
  });

  it('say what is wrong with a folder', async () => {
    const path = await folder();
    await expect(loadModel(path)).rejects.toEqual(refusal('not-found', /model\.json/));
    await writeFile(join(path, 'model.json'), '{ "format":');
    await expect(loadModel(path)).rejects.toEqual(refusal('bad-model', /not JSON/));
    await writeFile(join(path, 'model.json'), '{ "format": "keras" }');
    await expect(loadModel(path)).rejects.toEqual(refusal('bad-model', /does not describe a musrep model/));
    await model.save(path);
    const saved = JSON.parse(await readFile(join(path, 'model.json'), 'utf8'));
    await writeFile(join(path, 'model.json'), JSON.stringify({ ...saved, formatVersion: 99 }));
    await expect(loadModel(path)).rejects.toEqual(refusal('bad-model', /format 99.*Update musrep/));
    await mkdir(join(path, 'a file'));
    await writeFile(join(path, 'a file', 'x'), '');
    await expect(model.save(join(path, 'a file', 'x'))).rejects.toEqual(refusal('write-failed', /Cannot write/));
  });
});

describe('loadWeights', () => {
  it('refuses weights of another model and changes nothing', async () => {
    const before = await model.tag(clipOf(4));
    const other = new MusiCNN({ labels: ['a', 'b'], seed: 9, ...SMALL });
    const path = await mkdtemp(join(tmpdir(), 'musrep-weights-'));
    await other.save(path);
    const bytes = await readFile(join(path, 'weights.safetensors'));
    await expect(model.loadWeights(bytes)).rejects.toEqual(
      refusal('bad-weights', /'dense2\/kernel' is \[5,2\] and should be \[5,3\]/),
    );
    const { tensors: all } = readSafetensors(bytes);
    const short = writeSafetensors([...all].filter(([name]) => name !== 'bn/gamma'));
    await expect(other.loadWeights(short)).rejects.toEqual(refusal('bad-weights', /'bn\/gamma' is missing/));
    const long = writeSafetensors([...all, ['more', { shape: [1], values: Float32Array.of(1) }]]);
    await expect(other.loadWeights(long)).rejects.toEqual(refusal('bad-weights', /'more' has no place/));
    await expect(model.loadWeights(bytes.subarray(0, 1000))).rejects.toEqual(refusal('bad-weights', /safetensors/));
    await expect(model.loadWeights('no such file')).rejects.toEqual(refusal('not-found', /no such file/));
    expect(await model.tag(clipOf(4))).toEqual(before);
    other.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
