import { packagedWeights, readFrom } from '#platform/files';
import type { ModelCard } from '../core/card.js';
import { MODEL_NAMES } from '../models/catalogue.js';
import { readArguments } from './arguments.js';
import { Output } from './output.js';

interface Facts {
  readonly labels: readonly string[];
  readonly card: ModelCard;
}

/** `musrep models` */
export async function modelsCommand(args: readonly string[]): Promise<number> {
  const { values } = readArguments(args, { json: { type: 'boolean', default: false } });
  const models = await Promise.all(MODEL_NAMES.map(describe));
  new Output(undefined).write(values.json ? `${JSON.stringify(models, null, 2)}\n` : table(models));
  return 0;
}

async function describe(name: string) {
  const folder = packagedWeights();
  const { labels, card } = JSON.parse(new TextDecoder().decode(await readFrom(folder, `${name}.json`))) as Facts;
  const { byteLength } = await readFrom(folder, `${name}.safetensors`);
  return { name, labels: labels.length, megabytes: Number((byteLength / 1e6).toFixed(1)), ...card };
}

function table(models: readonly Awaited<ReturnType<typeof describe>>[]): string {
  const rows = models.map(({ name, labels, scores, megabytes, trainingData, licence }) => [
    name,
    String(labels),
    scores.rocAuc.toFixed(4),
    scores.prAuc.toFixed(4),
    `${megabytes} MB`,
    trainingData,
    licence,
  ]);
  const all = [['model', 'tags', 'ROC-AUC', 'PR-AUC', 'size', 'trained on', 'licence'], ...rows];
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
