import { MODEL_NAMES } from '../models/catalogue.js';
import { PUBLISHED, type PublishedName } from '../models/published.js';
import { readArguments } from './arguments.js';
import { Output } from './output.js';

/** `musrep models` */
export async function modelsCommand(args: readonly string[]): Promise<number> {
  const { values } = readArguments(args, { json: { type: 'boolean', default: false } });
  const models = MODEL_NAMES.map(describe);
  new Output(undefined).write(values.json ? `${JSON.stringify(models, null, 2)}\n` : table(models));
  return 0;
}

function describe(name: PublishedName) {
  const { package: owner, bytes, card } = PUBLISHED[name];
  return { name, megabytes: Number((bytes / 1e6).toFixed(1)), package: owner, ...card };
}

function table(models: readonly ReturnType<typeof describe>[]): string {
  const rows = models.map(({ name, scores, megabytes, trainingData, licence }) => [
    name,
    scores.rocAuc.toFixed(4),
    scores.prAuc.toFixed(4),
    `${megabytes} MB`,
    trainingData,
    licence,
  ]);
  const all = [['model', 'ROC-AUC', 'PR-AUC', 'size', 'trained on', 'licence'], ...rows];
  const widths = (all[0] as string[]).map((_, column) => Math.max(...all.map((row) => (row[column] as string).length)));
  return all
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] as number))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
