import { describe, expect, it } from 'vitest';
import { meant, type Place } from '../../src/lib/model/places';

const place = (kind: Place['kind'], text: string, key?: string): Place => ({
  kind,
  text,
  href: `/${text}`,
  ...(key ? { key } : {}),
});
const PLACES = [
  place('page', 'Models'),
  place('model', 'Продажи по филиалам', 'sales'),
  place('model', 'Guests', 'guests-by-branch'),
  place('action', 'Train sales'),
  place('job', 'Training of sales', 'job_17'),
];
const names = (text: string) => meant(PLACES, text).map((found) => found.text);

describe('a place', () => {
  it('is found by its name and by its key, whatever the case', () => {
    expect(names('продажи')).toEqual(['Продажи по филиалам']);
    expect(names('SALES')[0]).toBe('Продажи по филиалам');
    expect(names('job_17')).toEqual(['Training of sales']);
  });

  it('has every word of the question', () => {
    expect(names('train sal')).toEqual(['Train sales', 'Training of sales']);
    expect(names('train nothing')).toEqual([]);
  });

  it('stands higher where the word begins it', () => {
    expect(names('branch')).toEqual(['Guests']);
    expect(names('s')[0]).toBe('Продажи по филиалам');
  });

  it('is one of the first where nothing is asked', () => {
    expect(names('  ')).toHaveLength(PLACES.length);
    expect(
      meant(
        Array.from({ length: 99 }, () => place('page', 'Models')),
        '',
      ),
    ).toHaveLength(12);
  });
});
