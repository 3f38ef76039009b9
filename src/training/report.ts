import type { EpochRecord, History, Monitor } from './history.js';

/** A diagram: some measures over the epochs, on one axis. */
interface Diagram {
  readonly title: string;
  readonly measures: readonly { readonly name: Monitor; readonly words: string; readonly colour: string }[];
}

const DIAGRAMS: readonly Diagram[] = [
  {
    title: 'Loss',
    measures: [
      { name: 'loss', words: 'training', colour: '#1f77b4' },
      { name: 'validationLoss', words: 'validation', colour: '#d62728' },
    ],
  },
  {
    title: 'Metrics on the validation',
    measures: [
      { name: 'rocAuc', words: 'ROC-AUC', colour: '#1f77b4' },
      { name: 'averagePrecision', words: 'average precision', colour: '#d62728' },
      { name: 'accuracy', words: 'accuracy', colour: '#2ca02c' },
    ],
  },
];

const WIDTH = 720;
const HEIGHT = 260;
const MARGIN = { left: 60, right: 20, top: 10, bottom: 30 };

/** A page with curves and a table, without scripts and without anything from elsewhere. */
export function reportOf(title: string, history: History): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body{font:15px system-ui,sans-serif;max-width:760px;margin:2em auto;padding:0 1em}svg{width:100%;height:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:.2em .7em;text-align:right;border-bottom:1px solid #ddd}</style>
<h1>${escaped(title)}</h1>
${DIAGRAMS.map((diagram) => diagramOf(diagram, history)).join('\n')}
${tableOf(history)}
</html>
`;
}

function diagramOf({ title, measures }: Diagram, history: History): string {
  const shown = measures.filter(({ name }) => history.some((record) => record[name] !== undefined));
  const values = shown.flatMap(({ name }) => history.flatMap((record) => record[name] ?? []));
  if (values.length === 0) return '';
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (epoch: number) => scaled(epoch, 1, history.at(-1)?.epoch as number, MARGIN.left, WIDTH - MARGIN.right);
  const y = (value: number) => scaled(value, low, high, HEIGHT - MARGIN.bottom, MARGIN.top);
  const lines = shown.map(({ name, words, colour }) => {
    const points = history.flatMap((record) => {
      const value = record[name];
      return value === undefined ? [] : [`${x(record.epoch).toFixed(1)},${y(value).toFixed(1)}`];
    });
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"><title>${words}</title></polyline>`;
  });
  const legend = shown.map(({ words, colour }) => `<span style="color:${colour}">■</span> ${words}`).join(' &nbsp; ');
  return `<h2>${title}</h2><p>${legend}</p>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title} over the epochs">
${[low, high].map((value) => labelAt(MARGIN.left - 8, y(value) + 5, 'end', value.toPrecision(4))).join('')}
${[1, history.at(-1)?.epoch as number].map((epoch) => labelAt(x(epoch), HEIGHT - 8, 'middle', `${epoch}`)).join('')}
<path d="M${MARGIN.left} ${MARGIN.top}V${HEIGHT - MARGIN.bottom}H${WIDTH - MARGIN.right}" fill="none" stroke="#999"/>
${lines.join('\n')}
</svg>`;
}

function labelAt(x: number, y: number, anchor: 'end' | 'middle', text: string): string {
  return `<text x="${x}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-size="13" fill="#555">${text}</text>`;
}

/** From one range to another; the middle where the first is a single value. */
function scaled(value: number, from: number, to: number, start: number, end: number): number {
  return to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start);
}

const COLUMNS: readonly (readonly [string, (record: EpochRecord) => string])[] = [
  ['epoch', ({ epoch }) => `${epoch}`],
  ['updates', ({ steps }) => `${steps}`],
  ['learning rate', ({ learningRate }) => learningRate.toExponential(1)],
  ['loss', ({ loss }) => fixed(loss)],
  ['validation loss', ({ validationLoss }) => fixed(validationLoss)],
  ['ROC-AUC', ({ rocAuc }) => fixed(rocAuc)],
  ['average precision', ({ averagePrecision }) => fixed(averagePrecision)],
  ['accuracy', ({ accuracy }) => fixed(accuracy)],
  ['seconds', ({ seconds }) => seconds.toFixed(1)],
];

function tableOf(history: History): string {
  const head = COLUMNS.map(([name]) => `<th>${name}`).join('');
  const rows = history.map((record) => `<tr>${COLUMNS.map(([, cell]) => `<td>${cell(record)}`).join('')}`);
  return `<table><tr>${head}\n${rows.join('\n')}</table>`;
}

function fixed(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(4);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
