import { describe, expect, it } from 'vitest';
import { type Dictionary, en } from '../../src/lib/i18n/en';
import { ru } from '../../src/lib/i18n/ru';

type Leaf = string | ((...values: unknown[]) => string);

/** Every text of a dictionary by its dotted name. */
function leaves(value: unknown, name = ''): [string, Leaf][] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) =>
      leaves(inner, name ? `${name}.${key}` : key),
    );
  }
  return [[name, value as Leaf]];
}

const english = new Map(leaves(en));
const russian = new Map(leaves(ru));
/** Distinct, and each with a digit of its own, so that one cannot hide inside another. */
const VALUES = [3, 58, 247];
const said = (leaf: Leaf): string =>
  typeof leaf === 'function' ? leaf(...VALUES.slice(0, leaf.length)) : leaf;

describe('the dictionaries', () => {
  it('say the same things', () => {
    expect([...russian.keys()].sort()).toEqual([...english.keys()].sort());
    expect(english.size).toBeGreaterThan(300);
  });

  it('do not compile with a text left out', () => {
    const { overview, ...rest } = ru.nav;
    // @ts-expect-error the menu lacks a word
    const incomplete: Dictionary = { ...ru, nav: rest };
    expect(overview).toBe('Обзор');
    expect(incomplete.nav).not.toHaveProperty('overview');
  });

  it('hold no empty text', () => {
    for (const [name, leaf] of [...english, ...russian]) expect(said(leaf), name).toMatch(/\S/);
  });

  it('take the same values and say each of them', () => {
    for (const [name, leaf] of english) {
      const other = russian.get(name);
      expect(typeof other, name).toBe(typeof leaf);
      if (typeof leaf !== 'function' || typeof other !== 'function') continue;
      expect(other.length, `${name} takes as many values`).toBe(leaf.length);
      for (const value of VALUES.slice(0, leaf.length)) {
        expect(said(leaf), `${name} in English`).toContain(String(value));
        expect(said(other), `${name} in Russian`).toContain(String(value));
      }
    }
  });

  it('keep English out of Russian, but for names and formats', () => {
    const latin = [...russian]
      .filter(([, leaf]) => !/[а-яё]/i.test(said(leaf)))
      .map(([name]) => name)
      .sort();
    expect(latin).toEqual([
      'about.api',
      'admin.tabs.api',
      'channels.kinds.telegram',
      'channels.tlsKinds.starttls',
      'channels.tlsKinds.tls',
      'chart.csv',
      'chart.png',
      'chart.svg',
      'data.sha',
      'engines.theta',
      'events.sources.api',
      'measure.log_loss',
      'measure.mae',
      'measure.mape',
      'measure.mase',
      'measure.r2',
      'measure.rmse',
      'measure.smape',
      'measure.wape',
    ]);
    for (const [name, leaf] of english) expect(said(leaf), name).not.toMatch(/[а-яё]/i);
  });
});
