import { type Feature, shapeOf } from './feature.js';
import type { ModelPart } from './graph.js';
import type { AnyModelSpec } from './spec.js';

/** A table of a model's blocks: what each gives and how many parameters it has. */
export function summaryOf({ sampleRate, samples }: AnyModelSpec, parts: readonly ModelPart[]): string {
  const total = parts.reduce((sum, { parameters }) => sum + parameters, 0);
  const rows = [
    ['block', 'gives', 'parameters'],
    ['(input)', `waveform [${samples}], ${sampleRate} Hz`, ''],
    ...parts.map(({ block, gives, parameters }) => [block, featureText(gives), parameters.toLocaleString('en')]),
    ['', '', total.toLocaleString('en')],
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows
    .map(([block = '', gives = '', parameters = '']) =>
      `${block.padEnd(widths[0] as number)}  ${gives.padEnd(widths[1] as number)}  ${parameters.padStart(widths[2] as number)}`.trimEnd(),
    )
    .join('\n');
}

/** `spectrogram [96, 188, 1]` */
export function featureText(feature: Feature): string {
  return `${feature.kind} [${shapeOf(feature).join(', ')}]`;
}
