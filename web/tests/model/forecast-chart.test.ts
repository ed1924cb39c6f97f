import { describe, expect, it } from 'vitest';
import { chartOf } from '../../src/lib/model/forecast-chart';

const day = (text: string) => Date.parse(`${text}T00:00:00Z`);
const interval = (level: number, lo: number, hi: number) => ({ level, lo, hi });

describe('a forecast as a chart', () => {
  const chart = chartOf({
    series: ['L1'],
    history: [
      { date: '2026-01-01', value: 10 },
      { date: '2026-01-02', value: null },
      { date: '2026-01-03', value: 12 },
    ],
    points: [
      {
        date: '2026-01-04',
        step: 1,
        value: 13,
        intervals: [interval(95, 8, 18), interval(80, 11, 15)],
      },
      { date: '2026-01-05', step: 2, value: 14, intervals: [interval(80, 12, 16)] },
    ],
  });

  it('has one x for history and forecast', () => {
    expect(chart.xs).toEqual(
      ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04', '2026-01-05'].map(day),
    );
    expect(chart.history).toEqual([10, null, 12, null, null]);
    expect(chart.forecast).toEqual([null, null, null, 13, 14]);
  });
  it('orders bands by level and leaves gaps where a step has none', () => {
    expect(chart.bands).toEqual([
      { level: 80, lo: [null, null, null, 11, 12], hi: [null, null, null, 15, 16] },
      { level: 95, lo: [null, null, null, 8, null], hi: [null, null, null, 18, null] },
    ]);
  });
  it('is cut where the forecast starts', () => {
    expect(chart.cut).toBe(day('2026-01-04'));
    expect(chartOf({ series: [], history: [], points: [] })).toEqual({
      xs: [],
      history: [],
      forecast: [],
      bands: [],
      cut: null,
    });
  });
  it('takes moments as well as days', () => {
    const hourly = chartOf({
      series: [],
      history: [{ date: '2026-01-01T05:00:00Z', value: 1 }],
      points: [],
    });
    expect(hourly.xs).toEqual([Date.parse('2026-01-01T05:00:00Z')]);
  });
});
