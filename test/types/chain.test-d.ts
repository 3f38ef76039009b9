import type * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { expectTypeOf, test } from 'vitest';
import {
  audioModel,
  byTask,
  convStack,
  convStack1d,
  defineBlock,
  denseStack,
  embeddingHead,
  type FrontendChain,
  flatten,
  frameLabels,
  globalPool,
  harmonicFilterBank,
  layerBlock,
  MusiCNN,
  melSpectrogram,
  multiLabel,
  multiTask,
  musicnnBackend,
  musicnnFilters,
  recurrent,
  residualStack,
  residualStem,
  sampleLevelStack,
  singleLabel,
  type Tag,
  transformerEncoder,
} from '../../src/index.js';

const start = audioModel({ sampleRate: 16_000, seconds: 3 });

test('a chain that fits has its labels in its type', () => {
  const model = start
    .frontend(melSpectrogram())
    .frontend(musicnnFilters())
    .backend(musicnnBackend())
    .head(multiLabel(['rock', 'jazz']))
    .build();
  expectTypeOf(model.labels).toEqualTypeOf<readonly ['rock', 'jazz']>();
  expectTypeOf(model.tag).returns.resolves.items.toHaveProperty('label').toEqualTypeOf<'rock' | 'jazz'>();
  expectTypeOf(model.taggram).returns.resolves.toHaveProperty('labels').toEqualTypeOf<readonly ['rock', 'jazz']>();
});

test('presets keep their labels', () => {
  const preset = () => new MusiCNN({ labels: ['a', 'b', 'c'] });
  expectTypeOf(preset).returns.toHaveProperty('labels').toEqualTypeOf<readonly ['a', 'b', 'c']>();
  const pretrained = () => MusiCNN.pretrained('mtat');
  expectTypeOf(pretrained).returns.resolves.toHaveProperty('labels').toExtend<readonly ['guitar', ...string[]]>();
});

test('blocks that do not fit are refused', () => {
  // @ts-expect-error "This backend takes a sequence; the block before it gives a waveform."
  start.backend(musicnnBackend());
  const spectrogram = start.frontend(melSpectrogram());
  // @ts-expect-error "This frontend takes a waveform; the block before it gives a spectrogram."
  spectrogram.frontend(melSpectrogram());
  const sequence = spectrogram.frontend(musicnnFilters());
  // @ts-expect-error "This head takes an embedding; the block before it gives a sequence."
  sequence.head(multiLabel(['a']));
  // @ts-expect-error a head is no back end
  start.backend(multiLabel(['a']));
  // @ts-expect-error "This backend takes a sequence | a spectrogram; the block before it gives a waveform."
  start.backend(transformerEncoder());
  // @ts-expect-error "This backend takes a spectrogram; the block before it gives a sequence."
  sequence.backend(residualStack());
  // @ts-expect-error "This head takes an embedding; the block before it gives a spectrogram."
  spectrogram.backend(convStack()).head(singleLabel(['a']));
});

test('a block that takes several kinds follows each of them', () => {
  const spectrogram = start.frontend(melSpectrogram()).backend(convStack());
  spectrogram.backend(recurrent()).head(singleLabel(['a', 'b']));
  start
    .frontend(melSpectrogram())
    .frontend(residualStem())
    .backend(transformerEncoder())
    .head(multiLabel(['a']));
  start
    .frontend(sampleLevelStack())
    .backend(globalPool())
    .head(multiLabel(['a']));
  start
    .frontend(harmonicFilterBank())
    .backend(residualStack())
    .backend(flatten())
    .head(multiLabel(['a']));
});

test('heads say what the model gives', () => {
  const embedded = start.frontend(melSpectrogram()).backend(globalPool());
  const tasks = embedded.head(multiTask({ genre: singleLabel(['rock', 'jazz']), mood: multiLabel(['calm']) })).build();
  type TaskLabels = 'genre/rock' | 'genre/jazz' | 'mood/calm';
  expectTypeOf(tasks.tag).returns.resolves.items.toHaveProperty('label').toEqualTypeOf<TaskLabels>();
  expectTypeOf(tasks.predict).returns.toEqualTypeOf<tf.Tensor2D>();
  const sorted = byTask([{ label: 'genre/rock', score: 1 }] as Tag<TaskLabels>[]);
  expectTypeOf(sorted.genre).items.toHaveProperty('label').toEqualTypeOf<'rock' | 'jazz'>();
  expectTypeOf(sorted.mood).items.toHaveProperty('label').toEqualTypeOf<'calm'>();

  const frames = start
    .frontend(melSpectrogram())
    .frontend(residualStem())
    .head(frameLabels(['voice']))
    .build();
  expectTypeOf(frames.predict).returns.toEqualTypeOf<tf.Tensor3D>();
  expectTypeOf(embedded.head(embeddingHead()).build().labels).toEqualTypeOf<readonly []>();
  // @ts-expect-error "This head takes a sequence; the block before it gives an embedding."
  embedded.head(frameLabels(['a']));
  // @ts-expect-error "This head takes an embedding; the block before it gives a sequence."
  start.frontend(melSpectrogram()).frontend(residualStem()).head(embeddingHead());
  // @ts-expect-error a task is a head of embeddings
  multiTask({ voice: frameLabels(['a']) });
});

test('a back end that can give a sequence says whether it does', () => {
  const spectrogram = start.frontend(melSpectrogram());
  spectrogram
    .backend(recurrent({ output: 'sequence' }))
    .backend(transformerEncoder({ output: 'sequence', heads: 2 }))
    .backend(convStack1d())
    .head(frameLabels(['a']));
  spectrogram
    .backend(recurrent())
    .backend(denseStack())
    .head(multiLabel(['a']));
  // @ts-expect-error "This backend takes a spectrogram | a sequence; the block before it gives an embedding."
  spectrogram.backend(recurrent()).backend(transformerEncoder());
});

test('a layer of tfjs fits by what it is said to take and give', () => {
  const sequence = start.frontend(melSpectrogram()).frontend(residualStem());
  const gru = layerBlock(layers.gru({ units: 3 }), { takes: 'sequence', gives: 'embedding' });
  sequence.backend(gru).head(multiLabel(['a']));
  // @ts-expect-error "This backend takes a sequence; the block before it gives a spectrogram."
  start.frontend(melSpectrogram()).backend(gru);
});

test('used-up methods are gone', () => {
  const chain = start.frontend(melSpectrogram()).frontend(musicnnFilters()).backend(musicnnBackend());
  // @ts-expect-error no front end after a back end
  chain.frontend;
  // @ts-expect-error nothing can be built without a head
  chain.build;
  // @ts-expect-error no second head
  chain.head(multiLabel(['a'])).head;
});

test('options are typed', () => {
  // @ts-expect-error no such option
  melSpectrogram({ band: 3 });
  // @ts-expect-error not a scale
  melSpectrogram({ melScale: 'bark' });
  // @ts-expect-error not published
  MusiCNN.pretrained('msd');
});

test('a block of one’s own is inferred', () => {
  const block = defineBlock({
    name: 'acme/frames',
    role: 'frontend',
    takes: ['waveform'],
    defaults: { hop: 100 },
    output: (input, { hop }) => ({ kind: 'sequence', frames: Math.floor(input.samples / hop), channels: hop }),
    build: (x) => x,
  });
  expectTypeOf(start.frontend(block({ hop: 50 }))).toEqualTypeOf<FrontendChain<'sequence'>>();
  start.frontend(block()).backend(musicnnBackend());
  // @ts-expect-error `hop` is a number
  block({ hop: '50' });
});
