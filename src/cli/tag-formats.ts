import type { Tag } from '../core/results.js';

/** How tags are written: what comes first, a file's tags, what comes last. */
export interface TagFormat {
  readonly begin: string;
  file(file: string, tags: readonly Tag[], index: number): string;
  readonly end: string;
  /** The file that a written line is about; for going on after an interruption. */
  readonly fileOf?: (line: string) => string;
}

export const TAG_FORMATS: Readonly<Record<'table' | 'json' | 'jsonl' | 'csv', TagFormat>> = {
  table: {
    begin: '',
    file: (file, tags) => `${file}\n${tags.map(({ label, score }) => `  ${score.toFixed(3)}  ${label}`).join('\n')}\n`,
    end: '',
  },
  json: {
    begin: '[',
    file: (file, tags, index) => `${index === 0 ? '\n' : ',\n'}${record(file, tags)}`,
    end: '\n]\n',
  },
  jsonl: {
    begin: '',
    file: (file, tags) => `${record(file, tags)}\n`,
    end: '',
    fileOf: (line) => JSON.parse(line).file,
  },
  csv: {
    begin: 'file,label,score\n',
    file: (file, tags) => tags.map(({ label, score }) => `${quoted(file)},${quoted(label)},${round(score)}\n`).join(''),
    end: '',
    fileOf: (line) => unquoted(line),
  },
};

/** Six decimals are more than a model is sure of. */
const round = (score: number) => Math.round(score * 1e6) / 1e6;

const record = (file: string, tags: readonly Tag[]) =>
  JSON.stringify({ file, tags: tags.map(({ label, score }) => ({ label, score: round(score) })) });

const quoted = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The first cell of a line of CSV. */
function unquoted(line: string): string {
  const [, cell] = /^"((?:[^"]|"")*)"/.exec(line) ?? [];
  return cell === undefined ? (line.split(',', 1)[0] as string) : cell.replaceAll('""', '"');
}
