import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MusrepError } from '../core/errors.js';
import type { AudioModel } from '../core/model.js';
import { loadPublished } from '../models/catalogue.js';
import { loadModel } from '../models/load-model.js';
import type { PretrainedOptions } from '../models/weights.js';
import { type TfjsBackendName, useTfjsBackend } from '../runtime/tfjs-backend.js';
import { Output } from './output.js';
import { showDownload } from './progress.js';

interface Choices {
  readonly model: string;
  readonly weights?: string;
  readonly offline: boolean;
  readonly backend: string;
  readonly 'backend-from'?: string;
  readonly output?: string;
  readonly resume: boolean;
}

/** A model under the name by which it was asked for. */
export interface NamedModel {
  readonly name: string;
  readonly model: AudioModel;
}

/** Runs with the models and the output that the options name, and lets go of all whatever happens. */
export async function withModels(
  choices: Choices,
  signal: AbortSignal,
  run: (models: readonly NamedModel[], output: Output) => Promise<number>,
): Promise<number> {
  const { model: names, backend, 'backend-from': from, output: path, resume } = choices;
  await useTfjsBackend(backend as 'auto' | TfjsBackendName, from === undefined ? {} : { from });
  const models: NamedModel[] = [];
  try {
    for (const name of names.split(',')) models.push({ name, model: await load(name, choices, signal) });
    const output = new Output(path, resume);
    try {
      return await run(models, output);
    } finally {
      output.close();
    }
  } finally {
    for (const { model } of models) model.dispose();
  }
}

/** The only one of the models, for what takes one. */
export function onlyModel(command: string, models: readonly NamedModel[]): AudioModel {
  const [first] = models as [NamedModel];
  if (models.length === 1) return first.model;
  throw new MusrepError('bad-option', `musrep ${command} takes one --model. Received: ${models.length}.`);
}

/** A published model, or a folder that `save` has written. */
async function load(name: string, { weights, offline }: Choices, signal: AbortSignal): Promise<AudioModel> {
  if (existsSync(join(name, 'model.json'))) return loadModel(name);
  const options: PretrainedOptions = { offline, signal, onProgress: showDownload(name) };
  return loadPublished(name, weights === undefined ? options : { ...options, from: weights });
}

/** A file name for what belongs to an audio file: its path with the separators escaped, so that no two are alike. */
export function resultName(file: string, ending: string): string {
  return `${file.replaceAll(/[%/\\:]/g, encodeURIComponent)}${ending}`;
}
