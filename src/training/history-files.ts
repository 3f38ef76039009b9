import { writeTo } from '#platform/files';
import type { Folder } from '../platform/folder.js';
import type { TrainingCallback } from './callbacks.js';
import type { EpochRecord, History } from './history.js';
import { reportOf } from './report.js';

/**
 * Writes the history after each epoch as `history.jsonl`: one JSON object per epoch.
 *
 * @throws `MusrepError` `write-failed` out of `fit`; the file before is untouched then.
 *
 * @example
 * ```ts
 * import { csvLog, htmlReport, jsonLog } from 'musrep/training';
 *
 * const callbacks = [jsonLog('runs/a'), csvLog('runs/a'), htmlReport('runs/a', { title: 'First try' })];
 * ```
 */
export function jsonLog(folder: Folder): TrainingCallback {
  return historyFile(folder, 'history.jsonl', (history) =>
    history.map((record) => `${JSON.stringify(record)}\n`).join(''),
  );
}

/**
 * Writes the history after each epoch as `history.csv`: one line per epoch under the names of {@link EpochRecord}. See
 * {@link jsonLog} for an example.
 *
 * @throws `MusrepError` `write-failed` out of `fit`; the file before is untouched then.
 */
export function csvLog(folder: Folder): TrainingCallback {
  return historyFile(folder, 'history.csv', (history) => {
    const lines = history.map((record) => COLUMNS.map((column) => record[column] ?? '').join(','));
    return [COLUMNS.join(','), ...lines, ''].join('\n');
  });
}

/**
 * Writes after each epoch `report.html`: curves of loss and metrics and a table, one file that needs nothing else and can be
 * mailed. See {@link jsonLog} for an example.
 *
 * @throws `MusrepError` `write-failed` out of `fit`; the file before is untouched then.
 */
export function htmlReport(folder: Folder, { title = 'Training' }: { readonly title?: string } = {}): TrainingCallback {
  return historyFile(folder, 'report.html', (history) => reportOf(title, history));
}

const COLUMNS = [
  'epoch',
  'steps',
  'learningRate',
  'loss',
  'validationLoss',
  'rocAuc',
  'averagePrecision',
  'accuracy',
  'seconds',
] as const satisfies readonly (keyof EpochRecord)[];

/** Written whole each time: what a resumed run did before it was interrupted is in its history. */
function historyFile(folder: Folder, file: string, render: (history: History) => string): TrainingCallback {
  return {
    onEpochEnd: ({ history }) => writeTo(folder, { [file]: new TextEncoder().encode(render(history)) }),
  };
}
