import { describe, expect, it } from 'vitest';
import { barsOf, MIDDLE } from '../../src/lib/charts/diverging';
import { inOrder, radii } from '../../src/lib/charts/reliability';

describe('bars to both sides', () => {
  it('begin in the middle, and the largest reaches its end', () => {
    expect(barsOf([2, -1])).toEqual([
      { x: MIDDLE, width: 100 },
      { x: 50, width: 50 },
    ]);
  });
  it('are seen however small, and are none where there is nothing', () => {
    expect(barsOf([1000, 0.001, 0, null, NaN])).toEqual([
      { x: MIDDLE, width: 100 },
      { x: MIDDLE, width: 1 },
      null,
      null,
      null,
    ]);
    expect(barsOf([0, 0])).toEqual([null, null]);
    expect(barsOf([])).toEqual([]);
  });
});

describe('the reliability diagram', () => {
  it('shows bins that have answers, by confidence', () => {
    const bins = [
      { confidence: 0.9, accuracy: 0.8, n: 4 },
      { confidence: 0.2, accuracy: 0.3, n: 1 },
      { confidence: 0.5, accuracy: 0, n: 0 },
    ];
    expect(inOrder(bins).map((bin) => bin.confidence)).toEqual([0.2, 0.9]);
  });
  it('has dots whose area grows with the answers, none too small to be seen', () => {
    const [large = 0, quarter = 0, tiny = 0] = radii(
      [400, 100, 1].map((n) => ({ confidence: 0, accuracy: 0, n })),
    );
    expect(large / quarter).toBeCloseTo(2);
    expect(tiny).toBe(3);
    expect(radii([])).toEqual([]);
  });
});
