import type { Component } from 'svelte';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Prediction, RecordsReport } from '../../src/lib/api/types';
import type { RecordField as Field } from '../../src/lib/model/record';
import { ofClasses, ofNumbers } from '../model/quality';
import { html, pretendBrowser, rows, speak, text } from './render';

/** Loaded once the address can be read. */
const parts: Record<string, Component<Record<string, unknown>>> = {};
const NAMES = [
  'QualityCards',
  'ClassTable',
  'ConfusionTable',
  'CandidateTable',
  'Answer',
  'RecordField',
] as const;
const draw = (name: string, props: Record<string, unknown>): string => {
  const part = parts[name];
  if (!part) throw new Error(`${name} was not loaded`);
  return html(part, props);
};

beforeAll(async () => {
  pretendBrowser('?classes=-n');
  for (const name of NAMES) {
    const loaded = (await import(`../../src/routes/model/records/${name}.svelte`)) as {
      default: Component<Record<string, unknown>>;
    };
    parts[name] = loaded.default;
  }
  await speak('en');
});

const row = (name: string, n: number, f1: number | null) => ({
  class: name,
  n,
  predicted: n + 1,
  precision: f1,
  recall: f1,
  f1,
});
const quality = ofClasses({
  accuracy: 0.831,
  macro_f1: 0.74,
  log_loss: 0.61,
  answered: 0.875,
  classes: [row('meat', 90, 0.9), row('fish', 40, 0.4), row('<b>tea</b>', 60, null)],
  confusion: [{ truth: 'fish', said: 'meat', n: 8 }],
});
const blind = ofClasses({ accuracy: 0.2, macro_f1: 0.05, log_loss: 2.44 });

describe('the cards of quality', () => {
  it('of a classifier stand against answering without looking', () => {
    const said = text(draw('QualityCards', { quality, baseline: blind, threshold: 0.6 }));
    expect(said).toContain('83.1% without looking 20.0% 63.1 points better');
    expect(said).toContain('0.61 without looking 2.44 75% better');
    expect(said).toMatch(/Needs a person .* 12\.5% Threshold 60%/);
  });
  it('say that without a threshold every answer is given', () => {
    const said = text(draw('QualityCards', { quality, baseline: blind, threshold: null }));
    expect(said).toContain('none: every answer is given');
  });
  it('of numbers are in their unit, with intervals', () => {
    const numbers = ofNumbers({
      mae: 12,
      rmse: 20,
      r2: 0.87,
      coverage: [{ level: 80, value: 79 }],
    });
    const said = text(
      draw('QualityCards', {
        quality: numbers,
        baseline: ofNumbers({ mae: 48, rmse: 10 }),
        threshold: null,
      }),
    );
    expect(said).toContain('12 without looking 48 75% better');
    expect(said).toContain('20 without looking 10 100% worse');
    expect(said).toContain('80% coverage 79.0%');
    expect(said).not.toContain('Needs a person');
  });
  it('show a dash where nothing was measured', () => {
    const said = text(
      draw('QualityCards', { quality: ofClasses(), baseline: ofClasses(), threshold: 0.5 }),
    );
    expect(said).toContain('—');
    expect(said).not.toMatch(/NaN|null|undefined|\d better|points/);
  });
});

describe('the table of classes', () => {
  it('is in the order that the address names, and says so', () => {
    const made = draw('ClassTable', { classes: quality.classes });
    expect(rows(made).slice(1)).toEqual([
      'meat 90.0% 90 90.0% 90.0% 91',
      '<b>tea</b> — 60 — — 61',
      'fish 40.0% 40 40.0% 40.0% 41',
    ]);
    expect(made.match(/aria-sort="([a-z]+)"/g)).toEqual(['aria-sort="descending"']);
    expect(made).not.toContain('<b>tea');
  });
  it('shows a dozen, and how many there are, with a search', () => {
    const many = Array.from({ length: 40 }, (_, i) => row(`class ${i}`, i, 0.5));
    const made = draw('ClassTable', { classes: many });
    expect(rows(made)).toHaveLength(1 + 12);
    expect(text(made)).toContain('Show more 12 of 40');
    expect(made).toContain('type="search"');
    expect(draw('ClassTable', { classes: quality.classes })).not.toContain('type="search"');
  });
});

describe('the table of confusions', () => {
  it('tells rows and their share of the class', () => {
    expect(rows(draw('ConfusionTable', { quality })).slice(1)).toEqual(['fish meat 8 20.0%']);
  });
  it('says where nothing is confused', () => {
    const said = text(draw('ConfusionTable', { quality: ofClasses() }));
    expect(said).toContain('No row was taken for another class.');
  });
});

describe('the table of candidates', () => {
  it('marks the one that was kept, in words', () => {
    const report = {
      engine: 'linear',
      quality,
      baseline: blind,
      candidates: [
        { engine: 'linear', quality, seconds: 2.4 },
        { engine: 'of_tomorrow', quality: ofClasses({ accuracy: 0.5 }), seconds: 0.2 },
        { engine: 'mlp', quality: ofClasses(), seconds: null },
      ],
    } as unknown as RecordsReport;
    const [, first, second, third] = rows(
      draw('CandidateTable', { report, task: 'classification' }),
    );
    expect(first).toBe('linear model kept 83.1% 74.0% 0.61 2 sec');
    expect(second).toBe('of_tomorrow 50.0% — — < 1');
    expect(third).toBe('neural network — — — —');
  });
});

const said = (more: Partial<Extract<Prediction, { label: string }>> = {}): Prediction => ({
  index: 0,
  label: 'Meats',
  confidence: 0.873,
  needs_person: false,
  probabilities: [
    { label: 'Meats', probability: 0.873 },
    { label: 'Seafood', probability: 0.1 },
  ],
  explanation: {
    base: 0,
    contributions: [
      { feature: 'name', word: 'beef', value: null, effect: 2 },
      { feature: 'price', word: null, value: null, effect: -0.5 },
    ],
    rest: 0,
  },
  ...more,
});

describe('an answer', () => {
  const answer = (of: Prediction, more: Record<string, unknown> = {}) =>
    draw('Answer', { said: of, truth: null, threshold: 0.6, ...more });

  it('tells the class, how sure the model is, and what is asked for', () => {
    const words = text(answer(said()));
    expect(words).toMatch(/^Meats sure enough 87\.3% sure, 60% is asked for/);
    expect(words).toContain('Meats 87.3% Seafood 10.0%');
  });
  it('below the threshold is for a person', () => {
    const words = text(answer(said({ confidence: 0.4, needs_person: true })));
    expect(words).toMatch(/^Meats a person should look 40\.0% sure/);
  });
  it('without a threshold is neither', () => {
    const words = text(answer(said(), { threshold: null }));
    expect(words).toMatch(/^Meats 87\.3% sure The most probable/);
  });
  it('tells what spoke for and against it, with signs', () => {
    const made = rows(answer(said()));
    expect(made).toContain('name beef +2');
    expect(made).toContain('price missing -0.5');
  });
  it('is held against what the data says', () => {
    expect(text(answer(said(), { truth: 'Meats' }))).toContain('In the data: Meats as in the data');
    expect(text(answer(said(), { truth: 'Fish' }))).toContain('other than in the data');
  });
  it('of a number has its intervals', () => {
    const number: Prediction = {
      index: 0,
      value: 1234.5,
      intervals: [{ level: 80, lo: 1000, hi: 1500 }],
      explanation: { base: 0, contributions: [], rest: 0 },
    };
    const words = text(answer(number, { truth: '1300' }));
    expect(words).toMatch(/^1,234\.5 1,000 – 1,500 in 80 of 100 cases In the data: 1,300/);
    expect(words).toContain('Nothing in this record moved the answer.');
  });
  it('that could not be given says why, as text', () => {
    const made = answer({ index: 0, error: 'column `price`: <i>dear</i> is not a number' });
    expect(made).toContain('&lt;i');
    expect(text(made)).toContain('column `price`');
  });
});

describe('a field of a record', () => {
  const field = (of: Partial<Field>): string =>
    draw('RecordField', {
      field: {
        name: 'shop',
        kind: 'text',
        known: [],
        complete: false,
        long: false,
        range: null,
        ...of,
      },
      value: '',
      wrong: undefined,
      change: () => undefined,
    });

  it('is a choice where all values are known, and may stay open', () => {
    const made = field({ kind: 'category', known: ['Lidl', 'Auchan'], complete: true });
    expect(made.match(/<option/g)).toHaveLength(3);
    expect(text(made)).toContain('not given');
    expect(field({ kind: 'flag' }).match(/<option/g)).toHaveLength(3);
  });
  it('is a text with suggestions where some are', () => {
    const made = field({ kind: 'category', known: ['Lidl'] });
    expect(made).toMatch(/<input[^>]+list="[^"]+-known"/);
    expect(made).toContain('<datalist');
    expect(text(made)).toContain('for example Lidl');
  });
  it('asks a phone for its number keys, and tells the range', () => {
    const made = field({ kind: 'number', range: ['0.5', '1200'] });
    expect(made).toContain('inputmode="decimal"');
    expect(text(made)).toContain('0.5 … 1,200 in the data');
    expect(field({ kind: 'date', range: ['2020-01-01', '2021-01-01'] })).toContain('type="date"');
  });
  it('has a label, and lines for long texts', () => {
    const made = field({ long: true });
    const id = /<label for="([^"]+)"/.exec(made)?.[1] ?? 'none';
    expect(made).toMatch(new RegExp(`<textarea[^>]+id="${id}"`));
  });
});
