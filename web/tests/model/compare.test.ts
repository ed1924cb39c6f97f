import { describe, expect, it } from 'vitest';
import { comparisonOf } from '../../src/lib/model/compare';
import { metrics } from './metrics';

const better = (a: Parameters<typeof metrics>[0], b: Parameters<typeof metrics>[0]) =>
  Object.fromEntries(comparisonOf(metrics(a), metrics(b)).map((row) => [row.id, row.better]));

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
      metrics({ coverage: [{ level: 95, value: 94 }] }),
      metrics({ coverage: [{ level: 80, value: 79 }] }),
    ).filter((row) => row.level !== undefined);
    expect(rows.map((row) => [row.level, row.a, row.b, row.better])).toEqual([
      [80, null, 79, null],
      [95, 94, null, null],
    ]);
  });
  it('say nothing where a number is missing', () => {
    expect(better({ wape: 5 }, {})['wape']).toBeNull();
    expect(comparisonOf(null, null).every((row) => row.better === null)).toBe(true);
  });
});
