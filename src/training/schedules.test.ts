import { describe, expect, it } from 'vitest';
import { refusal } from '../../test/harness/small-model.js';
import { mixedSchedule } from './recipes.js';
import { chain, constant, cosine, stepDecay, warmUp } from './schedules.js';
import { stageAt } from './stages.js';

const atSteps = (schedule: ReturnType<typeof constant>, steps: readonly number[]) =>
  steps.map((step) => schedule({ step, epoch: Math.floor(step / 10) }));

describe('schedules', () => {
  it('follow their formulas, in steps and in epochs', () => {
    expect(atSteps(constant(0.5), [0, 99])).toEqual([0.5, 0.5]);
    expect(atSteps(stepDecay({ steps: 10, factor: 0.5 }), [0, 9, 10, 25])).toEqual([1, 1, 0.5, 0.25]);
    expect(atSteps(stepDecay({ epochs: 2, factor: 0.1 }), [19, 20])).toEqual([1, 0.1]);
    expect(atSteps(warmUp({ steps: 4 }), [0, 1, 3, 9])).toEqual([0.25, 0.5, 1, 1]);
    expect(atSteps(warmUp({ epochs: 2 }), [0, 9, 10, 40])).toEqual([0.5, 0.5, 1, 1]);
    const [start, quarter, half, end, after] = atSteps(cosine({ steps: 100, final: 0.1 }), [0, 25, 50, 100, 300]);
    expect([start, end, after]).toEqual([1, 0.1, 0.1]);
    expect(quarter).toBeCloseTo(0.1 + 0.9 * ((1 + Math.SQRT1_2) / 2), 12);
    expect(half).toBeCloseTo(0.55, 12);
    expect(atSteps(chain(warmUp({ steps: 4 }), constant(0.5)), [0, 3])).toEqual([0.125, 0.5]);
  });

  it('refuse a span that is not positive', () => {
    expect(() => warmUp({ steps: 0 })).toThrowError(refusal('bad-option', /above 0. Received: 0/));
    expect(() => cosine({ epochs: Number.NaN })).toThrowError(refusal('bad-option', /NaN/));
  });
});

describe('the mixed schedule', () => {
  it('has the thesis’s optimisers at the thesis’s epochs', () => {
    const { trainer, fit } = mixedSchedule();
    const rateAt = (epoch: number) => trainer.stages[stageAt(trainer.stages, epoch)]?.optimizer;
    expect(rateAt(0)).toEqual({ name: 'adam', learningRate: 1e-4, weightDecay: 1e-4 });
    expect(rateAt(59)?.name).toBe('adam');
    const sgd = { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 };
    expect(rateAt(60)).toEqual({ ...sgd, learningRate: 1e-3 });
    expect(rateAt(80)).toEqual({ ...sgd, learningRate: 1e-4 });
    expect(rateAt(199)).toEqual({ ...sgd, learningRate: 1e-5 });
    expect(fit.epochs).toBe(200);
    expect(() => mixedSchedule({ adamEpochs: 1.5 })).toThrowError(refusal('bad-option', /adamEpochs/));
  });
});
