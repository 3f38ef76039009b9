import type { Tag } from '../core/results.js';

/** A model's tags for a file; the model is named where there are several. */
export interface FileTags {
  readonly model?: string;
  readonly tags: readonly Tag[];
}

/** How tags are written: what comes first, a file's tags, what comes last. */
export interface TagFormat {
  begin(several: boolean): string;
  file(file: string, results: readonly FileTags[], index: number): string;
  readonly end: string;
  /** The file that a written line is about; for going on after an interruption. */
  readonly fileOf?: (line: string) => string;
}

export const TAG_FORMATS: Readonly<Record<'table' | 'json' | 'jsonl' | 'csv', TagFormat>> = {
  table: { begin: () => '', file: (file, results) => `${file}\n${sideBySide(results.map(column))}`, end: '' },
  json: {
    begin: () => '[',
    file: (file, results, index) =>
      results.map((one, i) => `${index + i === 0 ? '\n' : ',\n'}${record(file, one)}`).join(''),
    end: '\n]\n',
  },
  jsonl: {
    begin: () => '',
    file: (file, results) => results.map((one) => `${record(file, one)}\n`).join(''),
    end: '',
    fileOf: (line) => JSON.parse(line).file,
  },
  csv: {
    begin: (several) => `file,${several ? 'model,' : ''}label,score\n`,
    file: (file, results) =>
      results.flatMap(({ model, tags }) => tags.map((tag) => csvLine(file, model, tag))).join(''),
    end: '',
    fileOf: (line) => unquoted(line),
  },
};

/** A model's name, if it is told, over its tags. */
function column({ model, tags }: FileTags): string[] {
  const lines = tags.map(({ label, score }) => `${score.toFixed(3)}  ${label}`);
  return model === undefined ? lines : [model, ...lines];
}

function sideBySide(columns: readonly string[][]): string {
  const widths = columns.map((lines) => Math.max(...lines.map((line) => line.length)));
  const height = Math.max(...columns.map((lines) => lines.length));
  const line = (i: number) => columns.map((lines, c) => (lines[i] ?? '').padEnd(widths[c] as number)).join('   ');
  return Array.from({ length: height }, (_, i) => `  ${line(i).trimEnd()}\n`).join('');
}

/** Six decimals are more than a model is sure of. */
const round = (score: number) => Math.round(score * 1e6) / 1e6;

function record(file: string, { model, tags }: FileTags): string {
  const rounded = tags.map(({ label, score }) => ({ label, score: round(score) }));
  return JSON.stringify({ file, ...(model !== undefined && { model }), tags: rounded });
}

function csvLine(file: string, model: string | undefined, { label, score }: Tag): string {
  const cells = [file, ...(model === undefined ? [] : [model]), label].map(quoted);
  return `${cells.join(',')},${round(score)}\n`;
}

const quoted = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The first cell of a line of CSV. */
function unquoted(line: string): string {
  const [, cell] = /^"((?:[^"]|"")*)"/.exec(line) ?? [];
  return cell === undefined ? (line.split(',', 1)[0] as string) : cell.replaceAll('""', '"');
}
