import { describe, expect, it } from 'vitest';
import {
  type Draft,
  roleProblem,
  type Roles,
  rolesFrom,
  specOf,
  toYaml,
} from '../../src/lib/model/spec';

const columns = ['date', 'branch', 'visits', 'promo', 'area', 'region', 'note'];
const roles: Roles = {
  date: 'time',
  branch: 'series',
  visits: 'target',
  promo: 'known_future',
  area: 'static',
  region: 'static',
  note: 'unused',
};
const draft: Draft = {
  task: 'forecast',
  key: 'visits',
  titleRu: 'Посещения',
  titleEn: 'Visits by branch',
  dataset: 'visits_by_branch',
  columns,
  roles,
  frequency: 'D',
  missing: 'zero',
  horizon: 28,
  country: 'RU',
  engine: 'gbdt',
  threshold: null,
};

describe('roles', () => {
  it('follow the guess, and are none without one', () => {
    const named = columns.map((name) => ({ name }));
    const guess = {
      time: 'date',
      series: ['branch'],
      target: 'visits',
      known_future: ['promo'],
      static: ['area'],
      hierarchy: ['region'],
      frequency: 'D' as const,
      why: [],
    };
    expect(rolesFrom(named, guess)).toEqual(roles);
    expect(new Set(Object.values(rolesFrom(named, null)))).toEqual(new Set(['unused']));
  });
  it('need one time and one target', () => {
    expect(roleProblem('forecast', roles)).toBeNull();
    expect(roleProblem('forecast', { ...roles, date: 'unused' })).toBe('needTime');
    expect(roleProblem('forecast', { ...roles, note: 'time' })).toBe('manyTime');
    expect(roleProblem('forecast', { ...roles, visits: 'unused' })).toBe('needTarget');
    expect(roleProblem('forecast', { ...roles, note: 'target' })).toBe('manyTarget');
  });
});

describe('the spec', () => {
  it('is written in the order of the documentation', () => {
    expect(toYaml(specOf(draft))).toBe(`model_key: visits
task: forecast
title:
  ru: Посещения
  en: Visits by branch
data:
  dataset: visits_by_branch
  time: date
  series: [branch]
  target: visits
  known_future: [promo]
  static: [area, region]
  frequency: D
horizon: 28
features:
  calendar:
    country: RU
engine: gbdt
`);
  });
  it('leaves out what equals a default', () => {
    const least = specOf({
      ...draft,
      titleRu: '',
      titleEn: '',
      roles: { date: 'time', visits: 'target' },
      frequency: '',
      horizon: null,
      country: '',
      engine: 'auto',
    });
    expect(toYaml(least)).toBe(`model_key: visits
task: forecast
data:
  dataset: visits_by_branch
  time: date
  target: visits
`);
  });
  it('keeps several series columns in the order of the table', () => {
    const spec = specOf({ ...draft, roles: { ...roles, area: 'series', date: 'series' } });
    expect((spec['data'] as { series: string[] }).series).toEqual(['date', 'branch', 'area']);
  });
});

describe('YAML', () => {
  it.each([
    ['plain text', 'plain text'],
    ['Продажи', 'Продажи'],
    ['a_b-c.d', 'a_b-c.d'],
    ['', '""'],
    ['yes', '"yes"'],
    ['Null', '"Null"'],
    ['n', '"n"'],
    ['28', '"28"'],
    ['1e5', '"1e5"'],
    ['2026-01-01', '"2026-01-01"'],
    ['a: b', '"a: b"'],
    ['#tag', '"#tag"'],
    ['a #tag', '"a #tag"'],
    ['- dash', '"- dash"'],
    ['trailing ', '"trailing "'],
    ['say "hi"', '"say \\"hi\\""'],
    ['two\nlines', '"two\\nlines"'],
    ["it's", '"it\'s"'],
    ['{a}', '"{a}"'],
    ['a, b', '"a, b"'],
  ])('writes %j as %s, in a map and in a list', (text, written) => {
    expect(toYaml({ k: text })).toBe(`k: ${written}\n`);
    expect(toYaml({ k: [text] })).toBe(`k: [${written}]\n`);
  });
  it('quotes names of columns that are keys', () => {
    expect(toYaml({ 'a: b': true, on: 1.5 })).toBe('"a: b": true\n"on": 1.5\n');
  });
});
