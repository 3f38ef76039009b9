import { writeTo } from '#platform/files';
import type { AudioStream } from '../audio/audio-stream.js';
import type { Clip } from '../audio/clip.js';
import { MusrepError } from '../core/errors.js';
import type { Taggram } from '../core/results.js';
import { FILE_OPTIONS, positiveNumber, readArguments, requirePaths, wholeNumber } from './arguments.js';
import { resumeLines } from './output.js';
import { runFiles } from './run-files.js';
import { TAG_FORMATS } from './tag-formats.js';
import { resultName, withModel } from './with-model.js';

const OPTIONS = {
  ...FILE_OPTIONS,
  top: { type: 'string', default: '5' },
  windows: { type: 'string', default: '16' },
  json: { type: 'boolean', default: false },
  jsonl: { type: 'boolean', default: false },
  csv: { type: 'boolean', default: false },
  taggram: { type: 'string' },
  hop: { type: 'string', default: '1' },
} as const;

/** `musrep tag FILE…` */
export async function tagCommand(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS);
  const paths = requirePaths('tag', positionals);
  const top = wholeNumber('top', values.top);
  const windows = wholeNumber('windows', values.windows);
  const hopSeconds = positiveNumber('hop', values.hop);
  const format = formatOf(values);
  const done = values.resume ? doneFiles(values.output, format) : new Set<string>();

  return withModel(values, async (model, output) => {
    if (done.size === 0) output.write(TAG_FORMATS[format].begin);
    let index = 0;
    const use = async (file: string, audio: Clip | AudioStream) => {
      const tags = await model.tag(audio, { top, windows, signal });
      if (values.taggram) await writeTaggram(values.taggram, file, await model.taggram(audio, { hopSeconds, signal }));
      output.write(TAG_FORMATS[format].file(file, tags, index++));
    };
    try {
      return await runFiles({ paths, partial: values.partial, signal, done, use });
    } finally {
      // Also after an interruption: what was written is then a whole document.
      output.write(TAG_FORMATS[format].end);
    }
  });
}

type FormatName = keyof typeof TAG_FORMATS;

function formatOf(values: { json: boolean; jsonl: boolean; csv: boolean }): FormatName {
  const chosen = (['json', 'jsonl', 'csv'] as const).filter((name) => values[name]);
  if (chosen.length > 1) throw new MusrepError('bad-option', `Choose one of --${chosen.join(' and --')}.`);
  return chosen[0] ?? 'table';
}

function doneFiles(output: string | undefined, format: FormatName): Set<string> {
  const { fileOf } = TAG_FORMATS[format];
  if (output === undefined || fileOf === undefined) {
    throw new MusrepError('bad-option', '--resume goes with --output FILE and --jsonl or --csv.');
  }
  return new Set(resumeLines(output).map(fileOf));
}

async function writeTaggram(folder: string, file: string, { times, labels, scores }: Taggram): Promise<void> {
  const rows = scores.map((row) => [...row]);
  const text = `${JSON.stringify({ file, times, labels, scores: rows })}\n`;
  await writeTo(folder, { [resultName(file, '.taggram.json')]: new TextEncoder().encode(text) });
}
