import { describe, expect, it } from 'vitest';
import {
  bandPath,
  extent,
  linear,
  linePath,
  nearest,
  niceTicks,
  timeTicks,
} from '../../src/lib/charts/scale';

const same = (v: number) => v;
const day = (text: string) => Date.parse(`${text}T00:00:00Z`);
const shown = (ticks: number[]) => ticks.map((t) => new Date(t).toISOString().slice(0, 10));

describe('a linear scale', () => {
  it('maps ends to ends and keeps proportions', () => {
    const scale = linear([10, 20], [0, 100]);
    expect([scale(10), scale(15), scale(20), scale(25)]).toEqual([0, 50, 100, 150]);
  });
  it('may run downwards, as a y axis does', () => {
    expect(linear([0, 10], [300, 0])(4)).toBe(180);
  });
  it('of a single value does not divide by zero', () => {
    expect(linear([5, 5], [0, 100])(5)).toBe(0);
  });
});

describe('the extent', () => {
  it('passes over what is missing or not finite', () => {
    expect(extent([[3, null, -2], [NaN, Infinity, 7], []])).toEqual([-2, 7]);
  });
  it('of nothing is nothing', () => {
    expect(extent([[null, null], []])).toBeNull();
    expect(extent([])).toBeNull();
  });
});

describe('ticks of values', () => {
  it.each([
    [0, 10, 5, [0, 2, 4, 6, 8, 10]],
    [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [3, 97, 5, [0, 20, 40, 60, 80, 100]],
    [-7, 12, 4, [-10, -5, 0, 5, 10, 15]],
    [1000, 10_000, 4, [0, 2500, 5000, 7500, 10_000]],
  ])('from %d to %d, about %d', (low, high, count, ticks) => {
    expect(niceTicks(low, high, count)).toEqual(ticks);
  });
  it('cover the values, evenly, whatever their size', () => {
    for (const [low, high] of [
      [0.00012, 0.00019],
      [-3e9, 8e9],
      [0.1, 0.3],
      [99.2, 101.7],
    ] as const) {
      const ticks = niceTicks(low, high, 5);
      const first = ticks[0] as number;
      const last = ticks.at(-1) as number;
      expect(first).toBeLessThanOrEqual(low);
      expect(last).toBeGreaterThanOrEqual(high);
      expect(ticks.length).toBeGreaterThan(2);
      expect(ticks.length).toBeLessThan(10);
      const step = (last - first) / (ticks.length - 1);
      ticks.forEach((tick, i) => expect(tick / step).toBeCloseTo((first + i * step) / step, 6));
    }
  });
  it('of a single value stand around it', () => {
    const ticks = niceTicks(100, 100, 5);
    expect(ticks[0]).toBeLessThan(100);
    expect(ticks.at(-1)).toBeGreaterThan(100);
    expect(niceTicks(0, 0, 4).length).toBeGreaterThan(1);
  });
});

describe('ticks of time', () => {
  it('are days where there are few', () => {
    expect(shown(timeTicks(day('2026-03-01'), day('2026-03-05'), 8))).toEqual([
      '2026-03-01',
      '2026-03-02',
      '2026-03-03',
      '2026-03-04',
      '2026-03-05',
    ]);
  });
  it('are first days of months where there are many', () => {
    expect(shown(timeTicks(day('2025-11-20'), day('2026-05-20'), 8))).toEqual([
      '2025-12-01',
      '2026-01-01',
      '2026-02-01',
      '2026-03-01',
      '2026-04-01',
      '2026-05-01',
    ]);
  });
  it('are quarters and years for long stretches', () => {
    expect(shown(timeTicks(day('2024-01-01'), day('2026-01-01'), 9))).toEqual([
      '2024-01-01',
      '2024-04-01',
      '2024-07-01',
      '2024-10-01',
      '2025-01-01',
      '2025-04-01',
      '2025-07-01',
      '2025-10-01',
      '2026-01-01',
    ]);
    expect(shown(timeTicks(day('2010-01-01'), day('2016-09-11'), 8))).toEqual([
      '2010-01-01',
      '2011-01-01',
      '2012-01-01',
      '2013-01-01',
      '2014-01-01',
      '2015-01-01',
      '2016-01-01',
    ]);
  });
  it('are never more than the axis has room for, and all lie on it', () => {
    for (const days of [1, 6, 9, 20, 45, 100, 208, 365, 758, 3000, 20_000]) {
      for (const most of [3, 5, 8, 12]) {
        const low = day('2020-02-11');
        const high = low + days * 86_400_000;
        const ticks = timeTicks(low, high, most);
        expect(ticks.length, `${days} days, ${most} ticks`).toBeLessThanOrEqual(most + 1);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(low);
          expect(tick).toBeLessThanOrEqual(high);
        }
      }
    }
  });
});

describe('paths', () => {
  it('of a line break where a value is missing', () => {
    expect(linePath([0, 1, 2, 3, 4], [1, 2, null, 4, 5], same, same)).toBe(
      'M0.0 1.0L1.0 2.0M3.0 4.0L4.0 5.0',
    );
  });
  it('of a lone value are a dot', () => {
    expect(linePath([0, 1, 2], [null, 2, null], same, same)).toBe('M1.0 2.0h.01');
  });
  it('of nothing are empty', () => {
    expect(linePath([], [], same, same)).toBe('');
    expect(bandPath([0, 1], [null, null], [1, 2], same, same)).toBe('');
  });
  it('of a band go there above and back below', () => {
    expect(bandPath([0, 1], [1, 2], [3, 4], same, same)).toBe('M0.0 3.0L1.0 4.0L1.0 2.0L0.0 1.0Z');
  });
  it('of a band with a gap are two areas', () => {
    const path = bandPath([0, 1, 2, 3, 4], [1, 1, null, 1, 1], [2, 2, 2, 2, 2], same, same);
    expect(path.match(/M/g)).toHaveLength(2);
    expect(path.match(/Z/g)).toHaveLength(2);
  });
});

describe('the nearest value', () => {
  const xs = [0, 10, 20, 40];
  it.each([
    [-5, 0],
    [4, 0],
    [6, 1],
    [29, 2],
    [31, 3],
    [99, 3],
    [10, 1],
  ])('to %d is number %d', (wanted, index) => {
    expect(nearest(xs, wanted)).toBe(index);
  });
  it('of one is that one', () => {
    expect(nearest([7], 100)).toBe(0);
  });
});
