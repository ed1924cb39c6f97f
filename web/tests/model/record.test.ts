import { describe, expect, it } from 'vitest';
import type { Column } from '../../src/lib/api/types';
import {
  agrees,
  fieldsOf,
  filledFrom,
  movedBy,
  numberFrom,
  recordFrom,
  wrongNumbers,
} from '../../src/lib/model/record';

const column = (
  name: string,
  kind: Column['kind'],
  profile: Partial<Column['profile']> = {},
): Column => ({
  name,
  kind,
  profile: {
    count: 100,
    missing: 0,
    distinct: 90,
    min: null,
    max: null,
    mean: null,
    top: [],
    ...profile,
  },
});
const columns = [
  column('since', 'date', { min: '2020-01-01', max: '2026-01-01' }),
  column('name', 'text', { distinct: null, top: [['Milk', 3]], min: 'Ale', max: 'Yam' }),
  column('shop', 'text', {
    distinct: 2,
    top: [
      ['Lidl', 60],
      ['Auchan', 40],
    ],
  }),
  column('brand', 'text', { distinct: 400, top: [['Own', 9]] }),
  column('price', 'float', { min: '0.5', max: '99' }),
  column('organic', 'boolean', { distinct: 2 }),
  column('category', 'text'),
];
const data = {
  dataset: 'd',
  target: 'category',
  missing: 'zero' as const,
  outliers: 'keep' as const,
  text: ['name'],
  categorical: ['shop', 'brand'],
  numeric: ['price'],
  boolean: ['organic'],
  date: ['since'],
};
const fields = fieldsOf(data, columns);

describe('the fields of a record', () => {
  it('are the columns that were learnt from, in the order of the table', () => {
    expect(fields.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'since date',
      'name text',
      'shop category',
      'brand category',
      'price number',
      'organic flag',
    ]);
  });
  it('know their values where they are few, and some of them else', () => {
    const [shop, brand] = [fields[2], fields[3]];
    expect([shop?.known, shop?.complete]).toEqual([['Lidl', 'Auchan'], true]);
    expect([brand?.known, brand?.complete]).toEqual([['Own'], false]);
    expect(fields[4]?.range).toEqual(['0.5', '99']);
  });
  it('give long texts room', () => {
    const long = column('name', 'text', { top: [['word '.repeat(20), 1]] });
    expect(fields[1]?.long).toBe(false);
    expect(fieldsOf(data, [long]).find((f) => f.name === 'name')?.long).toBe(true);
  });
  it('do without a table that cannot be read, in the order of the spec', () => {
    const bare = fieldsOf(data, []);
    expect(bare.map((f) => f.name)).toEqual(['name', 'shop', 'brand', 'price', 'organic', 'since']);
    expect(bare.some((f) => f.complete || f.range !== null)).toBe(false);
    expect(fieldsOf({ dataset: 'd', target: 'y', missing: 'zero', outliers: 'keep' }, [])).toEqual(
      [],
    );
  });
});

describe('a number', () => {
  it.each([
    ['12', 12],
    ['12,5', 12.5],
    ['1 234,5', 1234.5],
    ['1\u00a0234.5', 1234.5],
    ['-3', -3],
    ['−3', -3],
    ['.5', 0.5],
    ['1e3', 1000],
    ['', null],
    ['twelve', null],
    ['1,2,3', null],
    ['1e999', null],
    ['0x10', null],
    ['-', null],
  ])('%j is %s', (text, value) => {
    expect(numberFrom(text)).toBe(value);
  });
});

describe('a filled record', () => {
  it('sends each value as its kind, and leaves out what is empty', () => {
    const filled = {
      name: ' Milk ',
      price: '1,5',
      organic: 'no',
      since: '2024-02-29',
      shop: '',
      brand: '  ',
    };
    expect(recordFrom(fields, filled)).toEqual({
      name: 'Milk',
      price: 1.5,
      organic: false,
      since: '2024-02-29',
    });
    expect(recordFrom(fields, {})).toEqual({});
  });
  it('names the numbers that are none', () => {
    expect(wrongNumbers(fields, { price: 'cheap', name: 'cheap' })).toEqual(['price']);
    expect(wrongNumbers(fields, { price: ' ' })).toEqual([]);
  });
  it('can be a row of the table, and is sent as it was there', () => {
    const row = ['2024-03-02T00:00:00', 'Tea', 'Lidl', null, 2.5, true, 'Drinks'];
    const filled = filledFrom(fields, columns, row);
    expect(filled).toEqual({
      since: '2024-03-02',
      name: 'Tea',
      shop: 'Lidl',
      brand: '',
      price: '2.5',
      organic: 'yes',
    });
    expect(recordFrom(fields, filled)['price']).toBe(2.5);
    expect(filledFrom(fields, columns, ['', '', '', '', '', 0])['organic']).toBe('no');
    expect(filledFrom(fields, [], [])['name']).toBe('');
  });
});

describe('what moved an answer', () => {
  it('tells a missing value of a column from a word of a text', () => {
    const moved = movedBy(
      {
        base: 0.5,
        contributions: [
          { feature: 'name', word: 'milk', value: null, effect: 2 },
          { feature: 'price', word: null, value: '1.5', effect: -1 },
          { feature: 'since', word: null, value: null, effect: null },
        ],
        rest: 0.25,
      },
      { missing: 'missing', rest: 'the rest' },
    );
    expect(moved.map((m) => m.detail)).toEqual(['milk', '1.5', 'missing', '']);
    expect(moved.map((m) => m.value)).toEqual([2, -1, null, 0.25]);
    expect(moved[3]?.name).toBe('the rest');
  });
  it('agrees with the data however it is spaced', () => {
    expect(agrees('Meats', ' Meats')).toBe(true);
    expect(agrees('Meats', 'Fish')).toBe(false);
  });
});
