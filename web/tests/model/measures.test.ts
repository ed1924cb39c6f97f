import { describe, expect, it } from 'vitest';
import {
  gainPercent,
  headlineOf,
  listedMeasuresOf,
  lossOf,
  measuresOf,
  servedOf,
  shortMeasuresOf,
  type Task,
  unitOf,
  valueOf,
} from '../../src/lib/model/measures';
import { metrics } from './metrics';
import { ofClasses, ofNumbers } from './quality';

const TASKS: Task[] = ['forecast', 'classification', 'regression'];
const none = { metrics: null, quality: null };

describe('a measure', () => {
  it('of a classifier is a percentage where the server tells a share', () => {
    const of = {
      metrics: null,
      quality: ofClasses({ accuracy: 0.831, log_loss: 0.61, ece: 0.02 }),
    };
    expect(valueOf(of, 'accuracy')).toBeCloseTo(83.1);
    expect(valueOf(of, 'ece')).toBeCloseTo(2);
    expect(valueOf(of, 'log_loss')).toBe(0.61);
  });
  it('of a regression and of a forecast is taken as it is', () => {
    const numbers = { metrics: null, quality: ofNumbers({ wape: 10.8, r2: 0.87 }) };
    expect(valueOf(numbers, 'wape')).toBe(10.8);
    expect(valueOf(numbers, 'r2')).toBe(0.87);
    expect(valueOf({ metrics: metrics({ wape: 7.7 }), quality: null }, 'wape')).toBe(7.7);
  });
  it('says how many answers need a person, not how many do without', () => {
    const of = (answered: number | null) => ({ metrics: null, quality: ofClasses({ answered }) });
    expect(valueOf(of(0.875), 'needs_person')).toBeCloseTo(12.5);
    expect(valueOf(of(1), 'needs_person')).toBe(0);
    expect(valueOf(of(null), 'needs_person')).toBeNull();
  });
  it('is unknown where nothing was measured, or another task would have it', () => {
    for (const task of TASKS) {
      for (const id of measuresOf(task)) expect(valueOf(none, id), id).toBeNull();
    }
    expect(valueOf({ metrics: null, quality: ofNumbers({ mae: 1 }) }, 'accuracy')).toBeNull();
  });
  it('has a place among those of its task where it stands in a list', () => {
    for (const task of TASKS) {
      const listed = [...listedMeasuresOf(task), ...shortMeasuresOf(task)];
      expect(measuresOf(task)).toEqual(expect.arrayContaining(listed));
    }
    expect(unitOf('log_loss')).toBe('number');
    expect(unitOf('needs_person')).toBe('percent');
  });
});

describe('the headline', () => {
  it('is one number for each task, with what stands beside it', () => {
    expect(headlineOf('forecast', none)).toEqual({
      main: 'wape',
      beside: ['mape', 'bias_percent'],
    });
    expect(headlineOf('classification', none)).toEqual({
      main: 'accuracy',
      beside: ['macro_f1', 'needs_person'],
    });
    const quality = ofNumbers({ wape: 10, mae: 5 });
    expect(headlineOf('regression', { metrics: null, quality }).main).toBe('wape');
  });
  it('of numbers around zero is in their unit', () => {
    const quality = ofNumbers({ mae: 5 });
    expect(headlineOf('regression', { metrics: null, quality })).toEqual({
      main: 'mae',
      beside: ['rmse', 'r2'],
    });
  });
  it('is read from what serves', () => {
    const quality = ofClasses({ accuracy: 0.5 });
    const model = { champion_metrics: null, champion_quality: quality };
    expect(valueOf(servedOf(model), 'accuracy')).toBe(50);
  });
});

describe('the error that records are judged by', () => {
  it('is log-loss of classes and RMSE of numbers', () => {
    expect(lossOf(ofClasses({ log_loss: 0.6, accuracy: 1 }))).toBe(0.6);
    expect(lossOf(ofNumbers({ rmse: 3, mae: 1 }))).toBe(3);
    expect(lossOf(null)).toBeNull();
    expect(lossOf(ofClasses())).toBeNull();
  });
});

describe('the gain', () => {
  it('is in percent of the other error', () => {
    expect(gainPercent(6, 8)).toBe(25);
    expect(gainPercent(10, 8)).toBe(-25);
  });
  it('is unknown where an error is, or the other is zero', () => {
    expect(gainPercent(null, 8)).toBeNull();
    expect(gainPercent(6, undefined)).toBeNull();
    expect(gainPercent(6, 0)).toBeNull();
  });
});
