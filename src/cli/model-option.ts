import type { AudioModel } from '../core/model.js';
import { loadPublished } from '../models/catalogue.js';
import { type TfjsBackendName, useTfjsBackend } from '../runtime/tfjs-backend.js';

/** Starts the tfjs backend and loads the model that a command was given. */
export async function loadModelOption(model: string, backend: string): Promise<AudioModel> {
  await useTfjsBackend(backend as 'auto' | TfjsBackendName);
  return loadPublished(model);
}

/** A file name for what belongs to an audio file, unique also for files of the same name in several folders. */
export function resultName(file: string, ending: string): string {
  return `${file.replaceAll(/[/\\:]+/g, '__').replace(/^[._]+/, '')}${ending}`;
}
