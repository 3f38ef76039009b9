/**
 * Trains a small Harmonic CNN (thesis 3.4.3) to tell spoken commands apart:
 *
 *     npx tsx examples/keyword-spotting.ts <folder> [tfjs backend] [where to take it from]
 *
 * The folder holds `labels.csv` with the columns file, keyword, speaker and split (train, valid, test), and the files of one
 * second in `audio/`: such as ten keywords of the Arabic Speech Commands data set (Ghandoura et al., 2021, CC BY 4.0).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  audioModel,
  convStack,
  globalPool,
  harmonicFilterBank,
  loadAudio,
  residualStack,
  singleLabel,
  type TfjsBackendName,
  useTfjsBackend,
} from 'musrep';
import { type Batch, bestEpoch, chain, cosine, progressLine, Trainer, warmUp } from 'musrep/training';
import { augmented, shuffled } from './keyword-augmentation.js';

const SAMPLE_RATE = 16_000;
const SAMPLES = SAMPLE_RATE;
const BATCH_SIZE = 16;
const EPOCHS = 20;

/** One recording and the index of its keyword. */
interface Example {
  readonly samples: Float32Array;
  readonly keyword: number;
}

const [folder, backend = 'auto', from] = process.argv.slice(2);
if (folder === undefined) throw new Error('Usage: npx tsx examples/keyword-spotting.ts <folder> [tfjs backend] [from]');

const { name } = await useTfjsBackend(backend as TfjsBackendName | 'auto', from ? { from } : {});
const { keywords, splits } = await readExamples(folder);
const [train, valid, test] = ['train', 'valid', 'test'].map((split) => splits.get(split) ?? []) as [
  Example[],
  Example[],
  Example[],
];
console.log(`${train.length} recordings to train on, tfjs backend ${name}`);

const model = audioModel({ sampleRate: SAMPLE_RATE, samples: SAMPLES, seed: 1 })
  .frontend(harmonicFilterBank({ bandsPerSemitone: 1 }))
  .backend(convStack({ filters: [24], pools: [[2, 2]] }))
  .backend(residual([24, 24]))
  .backend(convStack({ filters: [48], pools: [[2, 2]] }))
  .backend(residual([48]))
  .backend(globalPool({ pool: 'max' }))
  .head(singleLabel(keywords, { hidden: 64, dropout: 0.5 }))
  .build();

const updates = EPOCHS * Math.ceil(train.length / BATCH_SIZE);
const trainer = new Trainer(model, {
  optimizer: { name: 'adamW', learningRate: 3e-3, weightDecay: 1e-2 },
  schedule: chain(warmUp({ steps: 50 }), cosine({ steps: updates })),
  loss: { name: 'categoricalCrossentropy', labelSmoothing: 0.1 },
  seed: 1,
});

const started = performance.now();
const history = await trainer.fit(
  (_epoch, seed) => batchesOf(shuffled(train, seed), ({ samples }, i) => augmented(samples, seed + i)),
  { epochs: EPOCHS, validation: batchesOf(valid), callbacks: [progressLine()] },
);
const minutes = (performance.now() - started) / 60_000;

const best = bestEpoch(history, 'validationLoss');
const { accuracy } = await trainer.evaluate(batchesOf(test));
console.log(
  `best of ${history.length} epochs: ${best?.epoch}, with a validation accuracy of ${best?.accuracy?.toFixed(3)}`,
);
console.log(`test accuracy ${accuracy?.toFixed(3)} after ${minutes.toFixed(1)} minutes on ${name}`);

/** Residual layers with max-pooling by 2. */
function residual(filters: readonly number[]) {
  return residualStack({ filters, strides: filters.map(() => [1, 1]), pools: filters.map(() => [2, 2]) });
}

async function readExamples(path: string) {
  const [, ...lines] = (await readFile(join(path, 'labels.csv'), 'utf8')).trimEnd().split(/\r?\n/);
  const rows = lines.map((line) => line.split(',') as [string, string, string, string]);
  const keywords = [...new Set(rows.map(([, keyword]) => keyword))].sort();
  const splits = new Map<string, Example[]>();
  for (const [file, keyword, , split] of rows) {
    const { samples } = await loadAudio(join(path, 'audio', file));
    if (!splits.has(split)) splits.set(split, []);
    splits.get(split)?.push({ samples, keyword: keywords.indexOf(keyword) });
  }
  return { keywords, splits };
}

function batchesOf(
  examples: readonly Example[],
  samplesOf = ({ samples }: Example, _index: number) => samples,
): Batch[] {
  const count = Math.ceil(examples.length / BATCH_SIZE);
  return Array.from({ length: count }, (_, i) => {
    const items = examples.slice(i * BATCH_SIZE, (i + 1) * BATCH_SIZE);
    return {
      inputs: items.map((item, j) => oneSecond(samplesOf(item, i * BATCH_SIZE + j))),
      targets: items.map(({ keyword }) => keywords.map((_, label) => Number(label === keyword))),
    };
  });
}

/** Cut or padded with silence. */
function oneSecond(samples: Float32Array): Float32Array {
  const whole = new Float32Array(SAMPLES);
  whole.set(samples.subarray(0, SAMPLES));
  return whole;
}
