import { multiLabel } from '../../src/backends/heads/multi-label.js';
import { flatten } from '../../src/backends/pooling.js';
import { defineBlock } from '../../src/core/block.js';
import { audioModel } from '../../src/core/builder.js';

/** Frames of a waveform as a sequence: nothing to learn, nothing random. */
export const frames = defineBlock({
  name: 'test/frames',
  role: 'frontend',
  takes: ['waveform'],
  defaults: { length: 4 },
  output: ({ samples }, { length }) => ({ kind: 'sequence', frames: samples / length, channels: length }),
  build: (x, { length }, { input, layers }) =>
    layers.reshape('frames', [input.samples / length, length]).apply(x) as typeof x,
});

/** A logistic regression. */
export const linearModel = () =>
  audioModel({ sampleRate: 8000, samples: 16, seed: 1 })
    .frontend(frames())
    .backend(flatten())
    .head(multiLabel(['a', 'b'], { dropout: 0 }))
    .build();

export const linearBatch = (items: number, from = 0) => ({
  inputs: Array.from({ length: items }, (_, i) => Array.from({ length: 16 }, (_, j) => Math.sin(7 * (from + i) + j))),
  targets: Array.from({ length: items }, (_, i) => [(from + i) % 2, (from + i) % 3 === 0 ? 1 : 0]),
});
