import { writeTo } from '#platform/files';
import type { AudioStream } from '../audio/audio-stream.js';
import type { Clip } from '../audio/clip.js';
import { MusrepError } from '../core/errors.js';
import type { Taggram } from '../core/results.js';
import { ensemble } from '../models/ensemble.js';
import { FILE_OPTIONS, positiveNumber, readArguments, requirePaths, wholeNumber } from './arguments.js';
import { resumeLines } from './output.js';
import { runFiles } from './run-files.js';
import { type FileTags, TAG_FORMATS } from './tag-formats.js';
import { type NamedModel, resultName, withModels } from './with-model.js';

const OPTIONS = {
  ...FILE_OPTIONS,
  top: { type: 'string', default: '5' },
  windows: { type: 'string' },
  ensemble: { type: 'boolean', default: false },
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
  const windows = values.windows === undefined ? {} : { windows: windowCount(values.windows) };
  const hopSeconds = positiveNumber('hop', values.hop);
  const format = formatOf(values);
  const done = values.resume ? doneFiles(values.output, format) : new Set<string>();

  return withModels(values, signal, async (models, output) => {
    const taggers = values.ensemble ? [{ tagger: ensemble(models.map(({ model }) => model)) }] : named(models);
    if (done.size === 0) output.write(TAG_FORMATS[format].begin(taggers.length > 1));
    let index = 0;
    const use = async (file: string, audio: Clip | AudioStream) => {
      const results: FileTags[] = [];
      for (const { tagger, ...name } of taggers) {
        results.push({ ...name, tags: await tagger.tag(audio, { top, signal, ...windows }) });
      }
      for (const { name, model } of values.taggram ? models : []) {
        const owner = models.length > 1 ? `${file}.${name}` : file;
        await writeTaggram(values.taggram as string, owner, await model.taggram(audio, { hopSeconds, signal }));
      }
      output.write(TAG_FORMATS[format].file(file, results, index));
      index += results.length;
    };
    try {
      return await runFiles({ paths, partial: values.partial, signal, done, use });
    } finally {
      // Also after an interruption: what was written is then a whole document.
      output.write(TAG_FORMATS[format].end);
    }
  });
}

/** The models' names are told only where there are several. */
function named(models: readonly NamedModel[]) {
  return models.map(({ name, model }) => (models.length > 1 ? { model: name, tagger: model } : { tagger: model }));
}

function windowCount(text: string): number | 'all' {
  return text === 'all' ? text : wholeNumber('windows', text);
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
