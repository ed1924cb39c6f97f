import { describe, expect, it } from 'vitest';
import type { Column, DatasetDetail, Guess } from '../../src/lib/api/types';
import { draftFrom } from '../../src/lib/model/draft';
import { recordRolesFrom, rolesFor, taskFrom, TASKS } from '../../src/lib/model/record-roles';
import { roleProblem, specOf, toYaml } from '../../src/lib/model/spec';

const column = (
  name: string,
  kind: Column['kind'],
  profile: Partial<Column['profile']> = {},
): Column => ({
  name,
  kind,
  profile: {
    count: 3000,
    missing: 0,
    distinct: 900,
    min: null,
    max: null,
    mean: null,
    top: [],
    ...profile,
  },
});
const food = [
  column('id', 'text', { distinct: 3000 }),
  column('name', 'text', { distinct: null, top: [['Olive oil of Crete', 3]] }),
  column('language', 'text', { distinct: 4 }),
  column('category', 'text', { distinct: 30, top: [['Plant-based foods and beverages', 900]] }),
  column('organic', 'boolean', { distinct: 2 }),
  column('promo', 'integer', { distinct: 2, min: '0', max: '1' }),
  column('price', 'float'),
  column('since', 'date'),
  column('row_weight', 'float', { distinct: 12 }),
  column('country', 'text', { distinct: 1 }),
  column('empty', 'text', { count: 0, distinct: 0 }),
];
const flats = [
  column('district', 'text', { distinct: 12 }),
  column('rooms', 'integer', { distinct: 6, min: '1', max: '6' }),
  column('area', 'float'),
];
const guess: Guess = {
  time: 'date',
  target: 'visits',
  series: [],
  known_future: [],
  static: [],
  hierarchy: [],
  frequency: 'D',
  why: [],
};

describe('what a table is for', () => {
  it('is a forecast where the server found dates and a target', () => {
    expect(taskFrom(food, guess)).toBe('forecast');
    expect(taskFrom(food, { ...guess, time: null })).toBe('classification');
  });
  it('is telling names apart where names repeat', () => {
    expect(taskFrom(food, null)).toBe('classification');
  });
  it('is predicting a number where the answer is called so and is one, or nothing repeats', () => {
    const y = column('y', 'float');
    expect(taskFrom([...flats, y], null)).toBe('regression');
    expect(
      taskFrom([column('text', 'text', { distinct: null }), column('size', 'float')], null),
    ).toBe('regression');
  });
  it('is telling classes apart where few numbers are called so', () => {
    const label = column('label', 'integer', { distinct: 10, min: '0', max: '9' });
    expect(taskFrom([column('x1', 'float'), label], null)).toBe('classification');
    expect(recordRolesFrom([column('x1', 'float'), label], 'classification')).toEqual({
      x1: 'numeric',
      label: 'target',
    });
  });
  it('is a forecast where nothing can be said', () => {
    expect(taskFrom([], null)).toBe('forecast');
  });
});

describe('the roles of records', () => {
  it('follow the values', () => {
    expect(recordRolesFrom(food, 'classification')).toEqual({
      id: 'unused',
      name: 'text',
      language: 'categorical',
      category: 'target',
      organic: 'boolean',
      promo: 'boolean',
      price: 'numeric',
      since: 'date',
      row_weight: 'weight',
      country: 'unused',
      empty: 'unused',
    });
  });
  it('take the last number for the answer of a regression', () => {
    expect(recordRolesFrom(flats, 'regression')).toEqual({
      district: 'categorical',
      rooms: 'numeric',
      area: 'target',
    });
  });
  it('read many texts of several words, and take few for names', () => {
    const top: [string, number][] = [['a cup of tea', 9]];
    const roles = (distinct: number) =>
      recordRolesFrom([column('t', 'text', { distinct, top }), column('y', 'float')], 'regression')[
        't'
      ];
    expect(roles(400)).toBe('text');
    expect(roles(40)).toBe('categorical');
  });
  it('have one weight at most', () => {
    const roles = recordRolesFrom(
      [column('row_weight', 'float'), column('case_weight', 'float'), column('y', 'float')],
      'regression',
    );
    expect(Object.values(roles).filter((role) => role === 'weight')).toHaveLength(1);
  });
  it('offered for a column can always be borne, and include the guessed one', () => {
    for (const task of TASKS.slice(1)) {
      const roles = recordRolesFrom(food, task);
      for (const { name, kind } of food) {
        expect(rolesFor(task, kind), `${task} ${name}`).toContain(roles[name]);
      }
    }
    expect(rolesFor('regression', 'text')).not.toContain('target');
    expect(rolesFor('classification', 'date')).not.toContain('numeric');
    expect(rolesFor('forecast', 'text')).toContain('series');
  });
});

describe('a problem of roles', () => {
  it('is named before anything is sent', () => {
    const roles = recordRolesFrom(food, 'classification');
    expect(roleProblem('classification', roles)).toBeNull();
    expect(roleProblem('classification', { ...roles, category: 'unused' })).toBe('needAnswer');
    expect(roleProblem('classification', { category: 'target', name: 'unused' })).toBe('needInput');
    expect(roleProblem('regression', { ...roles, price: 'weight' })).toBe('manyWeight');
    expect(roleProblem('classification', { ...roles, name: 'target' })).toBe('manyTarget');
  });
});

describe('the draft of a model of records', () => {
  const data = {
    key: 'food_terms',
    title: 'Food terms',
    columns_detail: food,
    guess: null,
  } as unknown as DatasetDetail;

  it('is written with its columns by role', () => {
    const draft = { ...draftFrom(data, 'classification'), engine: 'linear', threshold: 60 };
    expect(toYaml(specOf(draft))).toBe(`model_key: food_terms
task: classification
title:
  en: Food terms
data:
  dataset: food_terms
  target: category
  text: [name]
  categorical: [language]
  numeric: [price]
  boolean: [organic, promo]
  date: [since]
  weight: row_weight
engine: linear
confidence_threshold: 0.6
`);
  });
  it('has no part of a forecast, and no threshold for a number', () => {
    const draft = { ...draftFrom(data, 'regression'), horizon: 28, country: 'RU', threshold: 50 };
    const spec = specOf(draft);
    expect(Object.keys(spec)).toEqual(['model_key', 'task', 'title', 'data']);
    expect(spec['data']).not.toHaveProperty('frequency');
  });
  it('keeps the names given before for the same table only', () => {
    const before = { ...draftFrom(data, 'classification'), key: 'mine', titleRu: 'Моя' };
    const after = draftFrom(data, 'regression', before);
    expect([after.key, after.titleRu, after.task]).toEqual(['mine', 'Моя', 'regression']);
    expect(draftFrom({ ...data, key: 'other' }, 'regression', before).key).toBe('other');
  });
});
