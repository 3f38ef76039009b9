import type { AudioModel } from '../core/model.js';
import { loadPublished } from '../models/catalogue.js';
import { type TfjsBackendName, useTfjsBackend } from '../runtime/tfjs-backend.js';
import { Output } from './output.js';

interface Choices {
  readonly model: string;
  readonly backend: string;
  readonly 'backend-from'?: string;
  readonly output?: string;
  readonly resume: boolean;
}

/** Runs with the model and the output that the options name, and lets go of both whatever happens. */
export async function withModel(
  { model: name, backend, 'backend-from': from, output: path, resume }: Choices,
  run: (model: AudioModel, output: Output) => Promise<number>,
): Promise<number> {
  await useTfjsBackend(backend as 'auto' | TfjsBackendName, from === undefined ? {} : { from });
  const model = await loadPublished(name);
  try {
    const output = new Output(path, resume);
    try {
      return await run(model, output);
    } finally {
      output.close();
    }
  } finally {
    model.dispose();
  }
}

/** A file name for what belongs to an audio file: its path with the separators escaped, so that no two are alike. */
export function resultName(file: string, ending: string): string {
  return `${file.replaceAll(/[%/\\:]/g, encodeURIComponent)}${ending}`;
}
