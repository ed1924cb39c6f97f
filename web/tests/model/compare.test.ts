import { describe, expect, it } from 'vitest';
import type { Quality } from '../../src/lib/api/types';
import { comparisonOf } from '../../src/lib/model/compare';
import { metrics } from './metrics';
import { ofClasses, ofNumbers } from './quality';

const forecast = (values: Parameters<typeof metrics>[0]) => ({
  metrics: metrics(values),
  quality: null,
});
const better = (a: Parameters<typeof metrics>[0], b: Parameters<typeof metrics>[0]) =>
  Object.fromEntries(
    comparisonOf('forecast', forecast(a), forecast(b)).map((row) => [row.id, row.better]),
  );

describe('two versions', () => {
  it('are better with smaller errors and a larger R²', () => {
    const rows = better({ wape: 5, mae: 9, r2: 0.9 }, { wape: 6, mae: 8, r2: 0.8 });
    expect(rows).toMatchObject({ wape: 'a', mae: 'b', r2: 'a' });
  });
  it('are better with a bias nearer to zero, on either side', () => {
    expect(better({ bias_percent: -1 }, { bias_percent: 2 })['bias_percent']).toBe('a');
    expect(better({ bias_percent: -3 }, { bias_percent: 2 })['bias_percent']).toBe('b');
    expect(better({ bias_percent: -2 }, { bias_percent: 2 })['bias_percent']).toBe('same');
  });
  it('are better with coverage nearer to what was promised', () => {
    const rows = better(
      {
        coverage: [
          { level: 95, value: 99 },
          { level: 80, value: 81 },
        ],
      },
      {
        coverage: [
          { level: 80, value: 70 },
          { level: 95, value: 94 },
        ],
      },
    );
    expect(rows).toMatchObject({ coverage_80: 'a', coverage_95: 'b' });
  });
  it('list every level of either, in order', () => {
    const rows = comparisonOf(
      'forecast',
      forecast({ coverage: [{ level: 95, value: 94 }] }),
      forecast({ coverage: [{ level: 80, value: 79 }] }),
    ).filter((row) => row.level !== undefined);
    expect(rows.map((row) => [row.level, row.a, row.b, row.better])).toEqual([
      [80, null, 79, null],
      [95, 94, null, null],
    ]);
  });
  it('say nothing where a number is missing', () => {
    expect(better({ wape: 5 }, {})['wape']).toBeNull();
    const none = { metrics: null, quality: null };
    expect(comparisonOf('forecast', none, none).every((row) => row.better === null)).toBe(true);
  });
});

describe('two versions of a model of records', () => {
  const rows = (task: 'classification' | 'regression', a: Quality, b: Quality) =>
    comparisonOf(task, { metrics: null, quality: a }, { metrics: null, quality: b });
  it('are better with more right answers, less log-loss and fewer that need a person', () => {
    const a = ofClasses({ accuracy: 0.9, log_loss: 0.7, answered: 0.8, ece: 0.01 });
    const b = ofClasses({ accuracy: 0.8, log_loss: 0.6, answered: 0.9, ece: 0.01 });
    const found = Object.fromEntries(rows('classification', a, b).map((row) => [row.id, row]));
    expect(found['accuracy']).toMatchObject({ a: 90, b: 80, unit: 'percent', better: 'a' });
    expect(found['log_loss']).toMatchObject({ a: 0.7, unit: 'number', better: 'b' });
    expect(found['needs_person']?.better).toBe('b');
    expect(found['ece']?.better).toBe('same');
    expect(found['top3']?.better).toBeNull();
    expect(found).not.toHaveProperty('wape');
  });
  it('of numbers are better with a smaller error and intervals that keep their word', () => {
    const a = ofNumbers({ mae: 5, bias: -2, coverage: [{ level: 80, value: 79 }] });
    const b = ofNumbers({ mae: 6, bias: 1, coverage: [{ level: 80, value: 70 }] });
    const found = Object.fromEntries(rows('regression', a, b).map((row) => [row.id, row.better]));
    expect(found).toMatchObject({ mae: 'a', bias: 'b', coverage_80: 'a', r2: null });
  });
});
