import { describe, expect, it } from 'vitest';
import { definitionOf, emptySource, placeOf } from '../../src/lib/model/source';

describe('a source as it is sent', () => {
  const draft = { ...emptySource('Asia/Omsk'), dataset: ' sales ', time: 'date' };
  it('has the place that was chosen alone, and its table for a key', () => {
    const files = { ...draft, location: 'file:///srv', pattern: 'sales-*.csv', url: 'https://x' };
    expect(definitionOf({ ...files, keys: 'branch, , product ' })).toEqual({
      key: 'sales',
      dataset: 'sales',
      keys: ['branch', 'product'],
      time: 'date',
      cron: '0 2 * * *',
      timezone: 'Asia/Omsk',
      files: { location: 'file:///srv', pattern: 'sales-*.csv', s3: null },
    });
    expect(definitionOf({ ...draft, kind: 'http', url: 'https://x' }).http).toEqual({
      url: 'https://x',
      headers: {},
    });
    const sql = { ...draft, kind: 'sql' as const, database: 'sqlite:///a.db', query: 'SELECT 1' };
    expect(definitionOf(sql).sql).toEqual({
      url: 'sqlite:///a.db',
      query: 'SELECT 1',
      watermark: null,
    });
    expect(definitionOf({ ...sql, key: 'shop' })).not.toHaveProperty('files');
  });
  it('is named by where it reads from', () => {
    const none = { files: null, http: null, sql: null };
    expect(
      placeOf({ ...none, files: { location: 'file:///srv', pattern: '*.csv', s3: null } }),
    ).toBe('file:///srv · *.csv');
    expect(placeOf({ ...none, http: { url: 'https://x', headers: {} } })).toBe('https://x');
  });
});
