import { describe, expect, it } from 'vitest';
import { changedQuery, matchRoute, safeNext } from '../../src/lib/router/match';

const routes = [
  { path: '/' },
  { path: '/models' },
  { path: '/models/new' },
  { path: '/models/{key}' },
  { path: '/models/{key}/versions/{id}' },
] as const;
const found = (path: string) => {
  const match = matchRoute(routes, path);
  return match && [match.route.path, match.params];
};

describe('routes', () => {
  it('are found by their words', () => {
    expect(found('/')).toEqual(['/', {}]);
    expect(found('')).toEqual(['/', {}]);
    expect(found('/models')).toEqual(['/models', {}]);
    expect(found('/models/')).toEqual(['/models', {}]);
  });
  it('are found in order: a word comes before a name', () => {
    expect(found('/models/new')).toEqual(['/models/new', {}]);
    expect(found('/models/sales')).toEqual(['/models/{key}', { key: 'sales' }]);
  });
  it('give the parts of the path, decoded', () => {
    expect(found('/models/a%20b/versions/v1')).toEqual([
      '/models/{key}/versions/{id}',
      { key: 'a b', id: 'v1' },
    ]);
  });
  it('are none where nothing fits, or the address is broken', () => {
    expect(found('/models/sales/nowhere')).toBeNull();
    expect(found('/model')).toBeNull();
    expect(found('/models/%E0%A4%A')).toBeNull();
  });
});

describe('the query', () => {
  it('changes one value and keeps the rest', () => {
    expect(changedQuery('?tab=train&series=a', { tab: 'versions' })).toBe('?tab=versions&series=a');
  });
  it('loses a value that is empty', () => {
    expect(changedQuery('?tab=train', { tab: null })).toBe('');
    expect(changedQuery('?tab=train', { tab: '' })).toBe('');
    expect(changedQuery('', { tab: undefined })).toBe('');
  });
  it('encodes', () => {
    expect(new URLSearchParams(changedQuery('', { series: 'a\u001fб&=' })).get('series')).toBe(
      'a\u001fб&=',
    );
  });
});

describe('the page after sign-in', () => {
  it('is one of ours', () => {
    expect(safeNext('/models/sales?tab=train')).toBe('/models/sales?tab=train');
  });
  it.each([null, '', 'models', '//evil.example', '/\\evil.example', 'https://evil.example'])(
    'is the first page instead of %s',
    (next) => {
      expect(safeNext(next)).toBe('/');
    },
  );
});
