import { describe, expect, it } from 'vitest';
import { KEY, keyFrom } from '../../src/lib/model/key';

describe('a key from a name', () => {
  it.each([
    ['visits.csv', 'visits'],
    ['Продажи 2026.csv', 'prodazhi_2026'],
    ['Щётки & ёлки.xlsx', 'shchetki_elki'],
    ['  Sales (final)  v2.parquet', 'sales_final_v2'],
    ['Café.csv', 'cafe'],
    ['a-b_c', 'a-b_c'],
    ['data.2026.csv', 'data_2026'],
    ['数据.csv', ''],
    ['', ''],
  ])('%j is %j', (name, key) => {
    expect(keyFrom(name)).toBe(key);
  });
  it('is a valid one, however long the name', () => {
    const key = keyFrom(`${'длинное имя '.repeat(30)}.csv`);
    expect(key).toMatch(KEY);
    expect(key.length).toBeLessThanOrEqual(64);
    expect(key).not.toMatch(/_$/);
  });
});

describe('keys', () => {
  it.each(['', 'A', 'a b', 'ключ', 'a/b', 'a'.repeat(65)])('%j is none', (text) => {
    expect(text).not.toMatch(KEY);
  });
});
