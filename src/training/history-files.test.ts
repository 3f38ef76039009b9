import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TrainingRun } from './callbacks.js';
import type { EpochRecord, History } from './history.js';
import { bestEpoch } from './history.js';
import { csvLog, htmlReport, jsonLog } from './history-files.js';
import { progressLine } from './progress-line.js';

const HISTORY: History = [
  { epoch: 1, steps: 10, learningRate: 1e-3, loss: 0.75, seconds: 2 },
  { epoch: 2, steps: 20, learningRate: 1e-4, loss: 0.5, validationLoss: 0.625, rocAuc: 0.8, seconds: 2.5 },
  { epoch: 3, steps: 30, learningRate: 1e-4, loss: 0.25, validationLoss: 0.5, rocAuc: 0.75, seconds: 2 },
];

const runOf = (history: History) => ({ history }) as TrainingRun;

async function written(make: (folder: string) => { onEpochEnd?: (run: TrainingRun) => unknown }, file: string) {
  const folder = await mkdtemp(join(tmpdir(), 'musrep-logs-'));
  for (let epochs = 1; epochs <= 3; epochs++) await make(folder).onEpochEnd?.(runOf(HISTORY.slice(0, epochs)));
  return readFile(join(folder, file), 'utf8');
}

describe('logs', () => {
  it('are JSON lines', async () => {
    const lines = (await written(jsonLog, 'history.jsonl')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as EpochRecord)).toEqual(HISTORY);
  });

  it('are CSV, with empty cells for what is not known', async () => {
    expect((await written(csvLog, 'history.csv')).split('\n')).toEqual([
      'epoch,steps,learningRate,loss,validationLoss,rocAuc,averagePrecision,accuracy,seconds',
      '1,10,0.001,0.75,,,,,2',
      '2,20,0.0001,0.5,0.625,0.8,,,2.5',
      '3,30,0.0001,0.25,0.5,0.75,,,2',
      '',
    ]);
  });

  it('are a page with curves that takes nothing from elsewhere', async () => {
    const page = await written((folder) => htmlReport(folder, { title: '<a & b>' }), 'report.html');
    expect(page).toContain('<h1>&lt;a &amp; b></h1>');
    // From 0.75 at the top to 0.25 at the bottom, evenly.
    expect(page).toContain('points="60.0,10.0 380.0,120.0 700.0,230.0"');
    expect(page).toContain('points="380.0,65.0 700.0,120.0"');
    expect(page).toContain('points="380.0,10.0 700.0,230.0"');
    expect(page).not.toMatch(/<script|https?:|average precision<\/title>/);
    expect(page.match(/<tr>/g)?.length).toBe(4);
  });
});

describe('the progress line', () => {
  it('says where training is and how long it takes', async () => {
    const lines: string[] = [];
    const line = progressLine((text) => lines.push(text));
    const progress = {
      epoch: 2,
      epochs: 5,
      batch: 3,
      batchesPerEpoch: 10,
      step: 13,
      loss: 0.12345,
      learningRate: 1,
      secondsLeft: 3725.4,
    };
    await line.onStepEnd?.({ progress } as TrainingRun);
    await line.onStepEnd?.({
      progress: { ...progress, batchesPerEpoch: undefined, secondsLeft: undefined },
    } as unknown as TrainingRun);
    await line.onEpochEnd?.({} as TrainingRun);
    expect(lines).toEqual([
      'epoch 2 of 5, batch 3 of 10, loss 0.1235, 1:02:05 left',
      'epoch 2 of 5, batch 3, loss 0.1235',
      '',
    ]);
  });
});

describe('the best epoch', () => {
  it('is the one of lowest loss or highest metric, the first of equals, among those that have it', () => {
    expect(bestEpoch(HISTORY, 'loss')?.epoch).toBe(3);
    expect(bestEpoch(HISTORY, 'rocAuc')?.epoch).toBe(2);
    expect(bestEpoch(HISTORY, 'accuracy')).toBeUndefined();
    expect(bestEpoch([...HISTORY, { ...(HISTORY[2] as EpochRecord), epoch: 4 }], 'loss')?.epoch).toBe(3);
  });
});
