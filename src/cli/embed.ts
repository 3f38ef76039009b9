import { writeTo } from '#platform/files';
import type { Clip } from '../audio/clip.js';
import { MusrepError } from '../core/errors.js';
import { meanOf } from '../core/inference.js';
import type { WindowEmbeddings } from '../core/results.js';
import { writeNpy } from '../io/npy.js';
import { FILE_OPTIONS, positiveNumber, readArguments, requirePaths } from './arguments.js';
import { resumeLines } from './output.js';
import { runFiles } from './run-files.js';
import { resultName, withModel } from './with-model.js';

const OPTIONS = {
  ...FILE_OPTIONS,
  npy: { type: 'string' },
  'per-window': { type: 'boolean', default: false },
  hop: { type: 'string' },
} as const;

/** `musrep embed FILE…` */
export async function embedCommand(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS);
  const paths = requirePaths('embed', positionals);
  if (values.resume && values.output === undefined)
    throw new MusrepError('bad-option', '--resume goes with --output FILE.');
  const hop = values.hop === undefined ? {} : { hopSeconds: positiveNumber('hop', values.hop) };
  const done = new Set<string>(
    values.resume ? resumeLines(values.output as string).map((line) => JSON.parse(line).file) : [],
  );

  return withModel(values, (model, output) => {
    const use = async (file: string, clip: Clip) => {
      const { times, embeddings } = await model.embed(clip, { ...hop, signal });
      const vectors = values['per-window'] ? embeddings : meanOf(embeddings);
      if (values.npy === undefined) return output.write(`${record(file, times, vectors)}\n`);
      const npy = resultName(file, '.npy');
      await writeTo(values.npy, { [npy]: writeNpy(vectors) });
      output.write(`${JSON.stringify({ file, npy, ...(values['per-window'] && { times }) })}\n`);
    };
    return runFiles({ paths, partial: values.partial, signal, done, use });
  });
}

function record(
  file: string,
  times: readonly number[],
  vectors: Float32Array | WindowEmbeddings['embeddings'],
): string {
  if (vectors instanceof Float32Array) return JSON.stringify({ file, embedding: [...vectors] });
  return JSON.stringify({ file, times, embeddings: vectors.map((vector) => [...vector]) });
}
