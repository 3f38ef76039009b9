import { MusrepError } from '../core/errors.js';

/** One row per item, one column per label. */
export type Rows = ArrayLike<ArrayLike<number>>;

export interface MetricOptions {
  /** The labels' names, for error messages. */
  readonly labels?: readonly string[];
  /** `macro`, the default: the mean over the labels. `none`: one value per label, NaN where undefined. */
  readonly average?: 'macro' | 'none';
}

type PerLabel = MetricOptions & { readonly average: 'none' };
type Macro = MetricOptions & { readonly average?: 'macro' };

/** The items that share a score: how many are positive, how many negative. */
interface Tie {
  readonly positives: number;
  readonly negatives: number;
}

interface Metric {
  readonly name: string;
  readonly needsNegatives: boolean;
  readonly compute: (ties: readonly Tie[], positives: number, negatives: number) => number;
}

const ROC_AUC: Metric = { name: 'ROC-AUC', needsNegatives: true, compute: areaUnderRoc };
const AVERAGE_PRECISION: Metric = { name: 'average precision', needsNegatives: false, compute: precisionSum };

/**
 * Area under the ROC curve: the probability that a positive scores higher than a negative, ties counting half. Equal to
 * scikit-learn's `roc_auc_score`, macro-averaged by default.
 *
 * @param targets - 0 or 1, `[item][label]`.
 * @param scores - of the same shape; only their order matters.
 * @throws `MusrepError` `undefined-metric` naming the labels without a positive or without a negative (in the
 * macro average); `bad-shape` for rows that do not match; `bad-option` for a NaN score or a target that is neither.
 *
 * @example
 * ```ts
 * import { rocAuc } from 'musrep/metrics';
 *
 * const targets = [[1, 0], [0, 1], [1, 1], [0, 0]];
 * const scores = [[0.9, 0.2], [0.4, 0.8], [0.3, 0.6], [0.1, 0.7]];
 * console.log(rocAuc(targets, scores), rocAuc(targets, scores, { average: 'none' }));
 * ```
 */
export function rocAuc(targets: Rows, scores: Rows, options: PerLabel): Float64Array;
export function rocAuc(targets: Rows, scores: Rows, options?: Macro): number;
export function rocAuc(targets: Rows, scores: Rows, options: MetricOptions = {}): number | Float64Array {
  return evaluate(ROC_AUC, targets, scores, options);
}

/**
 * Average precision, the area under the precision-recall curve without interpolation: Σ (Rₙ − Rₙ₋₁)·Pₙ over the distinct
 * scores. Equal to scikit-learn's `average_precision_score`; the music-tagging literature's "PR-AUC".
 *
 * @param targets - 0 or 1, `[item][label]`.
 * @param scores - of the same shape; only their order matters.
 * @throws `MusrepError` `undefined-metric` naming the labels without a positive (in the macro average); `bad-shape`;
 * `bad-option`, as {@link rocAuc}.
 *
 * @example
 * ```ts
 * import { averagePrecision } from 'musrep/metrics';
 *
 * console.log(averagePrecision([[1], [0], [1]], [[0.9], [0.5], [0.4]]));
 * ```
 */
export function averagePrecision(targets: Rows, scores: Rows, options: PerLabel): Float64Array;
export function averagePrecision(targets: Rows, scores: Rows, options?: Macro): number;
export function averagePrecision(targets: Rows, scores: Rows, options: MetricOptions = {}): number | Float64Array {
  return evaluate(AVERAGE_PRECISION, targets, scores, options);
}

function evaluate(metric: Metric, targets: Rows, scores: Rows, { labels, average = 'macro' }: MetricOptions) {
  const width = requireSameShape(targets, scores, labels);
  const values = Float64Array.from({ length: width }, (_, label) => perLabel(metric, targets, scores, label));
  if (average === 'none') return values;
  const undefinedLabels = [...values.keys()].filter((label) => Number.isNaN(values[label]));
  if (undefinedLabels.length > 0) {
    const names = undefinedLabels.map((label) => labels?.[label] ?? `label ${label}`).join(', ');
    const lacking = metric.needsNegatives ? 'without both a positive and a negative' : 'without a positive';
    throw new MusrepError(
      'undefined-metric',
      `The ${metric.name} is not defined for labels ${lacking}: ${names}. Leave them out, or pass { average: 'none' }.`,
    );
  }
  return values.reduce((sum, value) => sum + value, 0) / width;
}

function requireSameShape(targets: Rows, scores: Rows, labels: readonly string[] | undefined): number {
  const width = targets[0]?.length ?? 0;
  const ragged = Array.from(targets).some((row, i) => row.length !== width || scores[i]?.length !== width);
  if (targets.length !== scores.length || width === 0 || ragged) {
    throw new MusrepError(
      'bad-shape',
      `Expected targets and scores of one shape [item][label]. Received: ${targets.length} × ${width} targets and ${scores.length} × ${scores[0]?.length ?? 0} scores.`,
    );
  }
  if (labels && labels.length !== width) {
    throw new MusrepError('bad-shape', `Expected ${width} label names. Received: ${labels.length}.`);
  }
  return width;
}

function perLabel({ needsNegatives, compute }: Metric, targets: Rows, scores: Rows, label: number): number {
  const ties = rankedTies(targets, scores, label);
  const positives = ties.reduce((sum, tie) => sum + tie.positives, 0);
  const negatives = targets.length - positives;
  if (positives === 0 || (needsNegatives && negatives === 0)) return Number.NaN;
  return compute(ties, positives, negatives);
}

/** From the highest score to the lowest. */
function rankedTies(targets: Rows, scores: Rows, label: number): Tie[] {
  const scoreOf = (item: number) => scores[item]?.[label] as number;
  const items = Array.from({ length: targets.length }, (_, item) => item);
  const invalid = items.find(
    (item) => Number.isNaN(scoreOf(item)) || ![0, 1].includes(targets[item]?.[label] as number),
  );
  if (invalid !== undefined) {
    const received = `target ${targets[invalid]?.[label]}, score ${scoreOf(invalid)}`;
    throw new MusrepError(
      'bad-option',
      `Targets must be 0 or 1, and scores numbers. Received at item ${invalid}, label ${label}: ${received}.`,
    );
  }
  items.sort((a, b) => scoreOf(b) - scoreOf(a));
  const ties: { positives: number; negatives: number }[] = [];
  let previous: number | undefined;
  for (const item of items) {
    const score = scoreOf(item);
    if (score !== previous) ties.push({ positives: 0, negatives: 0 });
    previous = score;
    const tie = ties.at(-1) as { positives: number; negatives: number };
    if (targets[item]?.[label] === 1) tie.positives++;
    else tie.negatives++;
  }
  return ties;
}

function areaUnderRoc(ties: readonly Tie[], positives: number, negatives: number): number {
  let area = 0;
  let above = 0;
  for (const tie of ties) {
    area += tie.negatives * (above + tie.positives / 2);
    above += tie.positives;
  }
  return area / (positives * negatives);
}

function precisionSum(ties: readonly Tie[], positives: number): number {
  let sum = 0;
  let found = 0;
  let seen = 0;
  for (const tie of ties) {
    found += tie.positives;
    seen += tie.positives + tie.negatives;
    sum += (tie.positives / positives) * (found / seen);
  }
  return sum;
}
