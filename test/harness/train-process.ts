/** Trains the tiny model with a checkpoint after every update; says so after each, so that the test can kill it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useTfjsBackend } from '../../src/runtime/tfjs-backend.js';
import { checkpoint } from '../../src/training/callbacks.js';
import { Trainer } from '../../src/training/trainer.js';
import { TINY_OPTIONS, tinyBatch, tinyBatches, tinyModel, weightsOf } from './tiny-training.js';

const [, , folder, resume] = process.argv as [string, string, string, string | undefined];

await useTfjsBackend('wasm');
const model = tinyModel();
const tell = {
  onStepEnd: ({ progress }: { readonly progress: { readonly step: number } }) => void process.send?.(progress.step),
};
await new Trainer(model, TINY_OPTIONS).fit(tinyBatches, {
  epochs: 4,
  validation: [tinyBatch(50)],
  keep: 'last',
  callbacks: [checkpoint(folder, { everySteps: 1 }), tell],
  ...(resume !== undefined && { resume: folder }),
});
writeFileSync(join(folder, 'weights.json'), JSON.stringify(await weightsOf(model)));
process.exit();
