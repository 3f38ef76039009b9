import { describe, expect, it } from 'vitest';
import { HAS_SHARED, readGolden, readTensors, WITH_SHARED } from '../../test/harness/shared.js';
import { averagePrecision, rocAuc } from './classification.js';

interface Published {
  readonly roc_auc_macro: number;
  readonly pr_auc_macro: number;
  readonly roc_auc_per_tag: readonly number[];
  readonly average_precision_per_tag: readonly number[];
}

describe('ROC-AUC and average precision', () => {
  it.skipIf(!HAS_SHARED)(`equal scikit-learn's on the published MTAT predictions${WITH_SHARED}`, () => {
    const golden = readGolden<Published>('eval_mtat_test_musicnn');
    const tensors = readTensors('golden/eval_mtat_test_musicnn');
    const rows = (name: string) => {
      const values = tensors.get(name)?.values as Float32Array;
      return Array.from({ length: values.length / 50 }, (_, i) => values.subarray(50 * i, 50 * (i + 1)));
    };
    const [targets, scores] = [rows('ground_truth'), rows('estimates')];
    expect(Math.abs(rocAuc(targets, scores) - golden.roc_auc_macro)).toBeLessThan(1e-9);
    expect(Math.abs(averagePrecision(targets, scores) - golden.pr_auc_macro)).toBeLessThan(1e-9);
    expect(rocAuc(targets, scores).toFixed(4)).toBe('0.9109');
    expect(averagePrecision(targets, scores).toFixed(4)).toBe('0.4509');
    rocAuc(targets, scores, { average: 'none' }).forEach((value, i) => {
      expect(Math.abs(value - (golden.roc_auc_per_tag[i] as number))).toBeLessThan(1e-9);
    });
    averagePrecision(targets, scores, { average: 'none' }).forEach((value, i) => {
      expect(Math.abs(value - (golden.average_precision_per_tag[i] as number))).toBeLessThan(1e-9);
    });
  });

  // scikit-learn 1.9: roc_auc_score and average_precision_score of these arrays.
  it('equals scikit-learn with ties, and with perfect, reversed and constant scores', () => {
    const column = (values: number[]) => values.map((value) => [value]);
    const truth = column([0, 0, 1, 1, 1, 0]);
    const cases = [
      { scores: [0.1, 0.4, 0.35, 0.8, 0.4, 0.4], roc: 0.6666666666666667, ap: 0.7 },
      { scores: [0, 0, 1, 1, 1, 0], roc: 1, ap: 1 },
      { scores: [1, 1, 0, 0, 0, 1], roc: 0, ap: 0.5 },
      { scores: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5], roc: 0.5, ap: 0.5 },
    ];
    for (const { scores, roc, ap } of cases) {
      expect(rocAuc(truth, column(scores))).toBeCloseTo(roc, 12);
      expect(averagePrecision(truth, column(scores))).toBeCloseTo(ap, 12);
    }
  });

  it('names the labels for which they are not defined', () => {
    const targets = [
      [1, 0, 1],
      [0, 0, 1],
    ];
    const scores = [
      [0.9, 0.5, 0.1],
      [0.1, 0.5, 0.2],
    ];
    const labels = ['rock', 'jazz', 'piano'];
    expect(() => rocAuc(targets, scores, { labels })).toThrowError(/jazz, piano/);
    expect(() => averagePrecision(targets, scores, { labels })).toThrowError(/a positive: jazz\./);
    expect([...rocAuc(targets, scores, { average: 'none' })]).toEqual([1, Number.NaN, Number.NaN]);
    expect([...averagePrecision(targets, scores, { average: 'none' })]).toEqual([1, Number.NaN, 1]);
  });

  it('refuse what does not match', () => {
    const code = (name: string) => expect.objectContaining({ code: name });
    expect(() => rocAuc([[1]], [[1], [0]])).toThrowError(code('bad-shape'));
    expect(() =>
      rocAuc(
        [[1, 0], [0]],
        [
          [1, 0],
          [0, 1],
        ],
      ),
    ).toThrowError(code('bad-shape'));
    expect(() => rocAuc([], [])).toThrowError(code('bad-shape'));
    expect(() => rocAuc([[1], [0]], [[1], [0]], { labels: ['a', 'b'] })).toThrowError(code('bad-shape'));
    expect(() => rocAuc([[1], [0]], [[Number.NaN], [0]])).toThrowError(code('bad-option'));
    expect(() => rocAuc([[2], [0]], [[1], [0]])).toThrowError(code('bad-option'));
  });
});
