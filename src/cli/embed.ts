import { writeTo } from '#platform/files';
import type { AudioStream } from '../audio/audio-stream.js';
import type { Clip } from '../audio/clip.js';
import { MusrepError } from '../core/errors.js';
import { meanOf } from '../core/inference.js';
import type { WindowEmbeddings } from '../core/results.js';
import { writeNpy } from '../io/npy.js';
import { FILE_OPTIONS, positiveNumber, readArguments, requirePaths } from './arguments.js';
import { resumeLines } from './output.js';
import { ParquetTable } from './parquet-table.js';
import { runFiles } from './run-files.js';
import { onlyModel, resultName, withModels } from './with-model.js';

const OPTIONS = {
  ...FILE_OPTIONS,
  npy: { type: 'string' },
  parquet: { type: 'string' },
  'per-window': { type: 'boolean', default: false },
  hop: { type: 'string' },
} as const;

/** `musrep embed FILE…` */
export async function embedCommand(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS);
  const paths = requirePaths('embed', positionals);
  if (values.resume && values.output === undefined)
    throw new MusrepError('bad-option', '--resume goes with --output FILE.');
  if (values.parquet !== undefined && (values.npy !== undefined || values.resume))
    throw new MusrepError(
      'bad-option',
      '--parquet writes one file at the end: it goes with neither --npy nor --resume.',
    );
  const hop = values.hop === undefined ? {} : { hopSeconds: positiveNumber('hop', values.hop) };
  const done = new Set<string>(
    values.resume ? resumeLines(values.output as string).map((line) => JSON.parse(line).file) : [],
  );

  const table = values.parquet === undefined ? undefined : new ParquetTable(values.parquet);

  return withModels(values, signal, async (models, output) => {
    const model = onlyModel('embed', models);
    const use = async (file: string, audio: Clip | AudioStream) => {
      const { times, embeddings } = await model.embed(audio, { ...hop, signal });
      const vectors = values['per-window'] ? embeddings : meanOf(embeddings);
      if (table) return table.add(file, times, vectors);
      if (values.npy === undefined) return output.write(`${record(file, times, vectors)}\n`);
      const npy = resultName(file, '.npy');
      await writeTo(values.npy, { [npy]: writeNpy(vectors) });
      output.write(`${JSON.stringify({ file, npy, ...(values['per-window'] && { times }) })}\n`);
    };
    try {
      return await runFiles({ paths, partial: values.partial, signal, done, use });
    } finally {
      // Also after an interruption: a Parquet file is readable only once its end is written.
      await table?.write();
    }
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
