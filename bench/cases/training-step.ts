/** CPU ms of a training step with Adam at batch 8, all that `fit` does between two updates, and the process's peak memory. */
import { audioModel, defineBlock, multiLabel, ShortChunkCNN, transformerEncoder } from 'musrep';
import { Trainer } from 'musrep/training';
import { cpuMs, noise } from './measure.js';
import { startBackend } from './start-backend.js';

const BATCH = 8;
const [FRAMES, WIDTH] = [128, 256];
const STEPS = 4;
const labels = Array.from({ length: 50 }, (_, i) => `label ${i}`);

/** Frames of a waveform as they lie: a Transformer with nothing before it. */
const shaped = defineBlock({
  name: 'bench/shaped',
  role: 'frontend',
  takes: ['waveform'],
  defaults: {},
  output: () => ({ kind: 'sequence', frames: FRAMES, channels: WIDTH }),
  build: (x, _config, { layers }) => layers.reshape('shaped', [FRAMES, WIDTH]).apply(x) as typeof x,
});

const MODELS = {
  short: () => new ShortChunkCNN({ labels }),
  transformer: () =>
    audioModel({ sampleRate: 16_000, samples: FRAMES * WIDTH })
      .frontend(shaped())
      .backend(transformerEncoder({ dropout: 0 }))
      .head(multiLabel(labels, { layerNorm: true, dropout: 0 }))
      .build(),
};

await startBackend();
const model = MODELS[process.argv[4] as keyof typeof MODELS]();
const inputs = Array.from({ length: BATCH }, () => noise(model.samples));
const targets = inputs.map((_, item) => labels.map((_label, i) => (item + i) % 2));
const trainer = new Trainer(model, { optimizer: { name: 'adam', learningRate: 1e-4 }, loss: 'binaryCrossentropy' });
const marks: number[] = [];
await trainer.fit(Array(STEPS).fill({ inputs, targets }), {
  epochs: 1,
  callbacks: [{ onStepEnd: () => void marks.push(cpuMs()) }],
});
const steps = marks.slice(1).map((mark, i) => mark - (marks[i] as number));
const { maxRSS } = process.resourceUsage();
const ms = steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)];
console.log(JSON.stringify({ ms, megabytes: maxRSS / 1024 }));
