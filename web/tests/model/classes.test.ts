import { describe, expect, it } from 'vitest';
import {
  CLASS_COLUMNS,
  classesIn,
  type ClassMetrics,
  confusedPairs,
  orderAfter,
  orderFrom,
  orderText,
} from '../../src/lib/model/classes';
import { ofClasses } from './quality';

const row = (name: string, n: number, f1: number | null): ClassMetrics => ({
  class: name,
  n,
  predicted: n,
  precision: f1,
  recall: f1,
  f1,
});
const classes = [
  row('meat', 90, 0.9),
  row('fish', 40, 0.4),
  row('Baby food', 7, null),
  row('tea', 60, 0.4),
];
const names = (text: string | null, wanted = '') =>
  classesIn(classes, orderFrom(text), wanted).map((one) => one.class);

describe('the order of classes', () => {
  it('begins with the worst one, and among equals with the one of more rows', () => {
    expect(names(null)).toEqual(['tea', 'fish', 'meat', 'Baby food']);
    expect(names('nonsense')).toEqual(names('f1'));
  });
  it('keeps what has no number last either way', () => {
    expect(names('-f1')).toEqual(['meat', 'tea', 'fish', 'Baby food']);
  });
  it('goes by names and rows too', () => {
    expect(names('class')).toEqual(['Baby food', 'fish', 'meat', 'tea']);
    expect(names('-n')).toEqual(['meat', 'tea', 'fish', 'Baby food']);
  });
  it('turns around on the second press, and says itself in an address', () => {
    for (const by of CLASS_COLUMNS) {
      const first = orderAfter({ by: by === 'f1' ? 'n' : 'f1', descending: false }, by);
      const second = orderAfter(first, by);
      expect(second.descending).toBe(!first.descending);
      expect(orderFrom(orderText(second))).toEqual(second);
    }
    expect(orderAfter(orderFrom(null), 'n').descending).toBe(true);
  });
  it('finds a class by a part of its name', () => {
    expect(names(null, ' FOOD ')).toEqual(['Baby food']);
    expect(names(null, 'wine')).toEqual([]);
  });
  it('leaves the list that it was given as it was', () => {
    classesIn(classes, orderFrom('-n'));
    expect(classes[0]?.class).toBe('meat');
    expect(classes[1]?.class).toBe('fish');
  });
});

describe('what is taken for what', () => {
  it('is in order of rows, with its share of the true class', () => {
    const confusion = [
      { truth: 'fish', said: 'meat', n: 4 },
      { truth: 'meat', said: 'fish', n: 9 },
      { truth: 'meat', said: 'meat', n: 70 },
      { truth: 'new one', said: 'tea', n: 1 },
    ];
    expect(confusedPairs(ofClasses({ classes, confusion }))).toEqual([
      { truth: 'meat', said: 'fish', n: 9, share: 10 },
      { truth: 'fish', said: 'meat', n: 4, share: 10 },
      { truth: 'new one', said: 'tea', n: 1, share: null },
    ]);
  });
});
