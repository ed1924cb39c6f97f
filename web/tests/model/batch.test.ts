import { describe, expect, it } from 'vitest';
import type { Prediction, SpecData } from '../../src/lib/api/types';
import {
  answered,
  askedOf,
  batchOf,
  decoded,
  fromCsv,
  fromJson,
  inParts,
  needed,
} from '../../src/lib/model/batch';

const goods = {
  dataset: 'goods',
  target: 'group',
  text: ['name'],
  numeric: ['price'],
  boolean: ['fresh'],
  date: ['day'],
} as SpecData;
const sales = {
  dataset: 'sales',
  target: 'sales',
  time: 'date',
  series: ['branch'],
  known_future: ['promo'],
} as SpecData;

describe('a file', () => {
  it('is read in UTF-8, or as a Russian spreadsheet writes it', () => {
    expect(decoded(new TextEncoder().encode('Чай'))).toBe('Чай');
    expect(decoded(new Uint8Array([0xd7, 0xe0, 0xe9]))).toBe('Чай');
  });

  it('is CSV with whatever divides it', async () => {
    const table = await fromCsv('\ufeffname; price\r\n"Чай; чёрный";12,5\r\n\r\nХлеб;40\r\n');
    expect(table.columns).toEqual(['name', 'price']);
    expect(table.rows).toEqual([
      { name: 'Чай; чёрный', price: '12,5' },
      { name: 'Хлеб', price: '40' },
    ]);
  });

  it('is JSON or JSON Lines', () => {
    const lines = fromJson('{"name": "tea", "price": 1.5}\n\n{"name": null, "fresh": true}\n');
    expect(lines.columns).toEqual(['name', 'price', 'fresh']);
    expect(lines.rows).toEqual([
      { name: 'tea', price: '1.5' },
      { name: '', fresh: 'true' },
    ]);
    expect(fromJson('[{"a": 1}]').rows).toEqual([{ a: '1' }]);
    expect(() => fromJson('{"a": 1}\n7')).toThrow('2: 7');
  });
});

describe('what is asked', () => {
  it('is what was learnt from, as the server takes it', () => {
    const rows = [
      { name: 'tea', price: '1 200,50', fresh: 'да', day: '05.03.2026', group: 'drinks' },
      { name: 'bread', price: 'dear', fresh: '', day: '' },
      { name: '', price: '', fresh: 'no', day: '2026-03-05T10:00:00' },
    ];
    const { records, wrong, rowOf } = batchOf(askedOf(goods, []), rows);
    expect(records).toEqual([
      { name: 'tea', price: 1200.5, fresh: true, day: '2026-03-05' },
      { fresh: false, day: '2026-03-05' },
    ]);
    expect(wrong).toEqual([{ row: 2, columns: ['price'] }]);
    expect(rowOf).toEqual([0, 2]);
    expect(needed(goods)).toEqual([]);
  });

  it('is of a forecast its series, its day and what is known ahead', () => {
    const row = { branch: 'Arbat', date: '1.4.2026', promo: '1', sales: '5' };
    const { records } = batchOf(askedOf(sales, []), [row]);
    expect(records).toEqual([{ branch: 'Arbat', date: '2026-04-01', promo: 1 }]);
    expect(needed(sales)).toEqual(['branch', 'date']);
  });

  it('goes in parts', () => {
    expect(inParts(Array.from({ length: 2_001 }, (_, i) => i)).map((p) => p.length)).toEqual([
      1_000, 1_000, 1,
    ]);
    expect(inParts([])).toEqual([]);
  });
});

describe('answers', () => {
  const file = { columns: ['name'], rows: [{ name: 'tea' }, { name: 'x' }, { name: 'bread' }] };
  const batch = { records: [], wrong: [{ row: 2, columns: ['price'] }], rowOf: [0, 2] };

  it('stand beside their rows, classes with how sure they are', () => {
    const said = [
      { index: 0, label: 'drinks', confidence: 0.9, needs_person: false, probabilities: [] },
      { index: 1, error: 'no such column' },
    ] as unknown as Prediction[];
    expect(answered(file, batch, said)).toEqual({
      head: ['name', 'prediction', 'confidence', 'needs_person', 'error'],
      rows: [
        ['tea', 'drinks', 0.9, 'no', null],
        ['x', null, null, null, null],
        ['bread', null, null, null, 'no such column'],
      ],
    });
  });

  it('of numbers have their intervals, the narrow ones first', () => {
    const said = [
      {
        index: 0,
        value: 10,
        intervals: [
          { level: 95, lo: 1, hi: 20 },
          { level: 80, lo: 5, hi: 15 },
        ],
      },
    ] as unknown as Prediction[];
    const { head, rows } = answered(file, { ...batch, rowOf: [0] }, said);
    expect(head).toEqual([
      'name',
      'prediction',
      '80% from',
      '80% to',
      '95% from',
      '95% to',
      'error',
    ]);
    expect(rows[0]).toEqual(['tea', 10, 5, 15, 1, 20, null]);
  });
});
