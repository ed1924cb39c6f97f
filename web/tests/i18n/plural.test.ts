import { describe, expect, it } from 'vitest';
import { en } from '../../src/lib/i18n/en';
import { ru } from '../../src/lib/i18n/ru';
import { plural } from '../../src/lib/i18n/plural';

const NBSP = '\u00a0';

describe('plurals', () => {
  it.each([
    [0, 'дней'],
    [1, 'день'],
    [2, 'дня'],
    [4, 'дня'],
    [5, 'дней'],
    [11, 'дней'],
    [12, 'дней'],
    [21, 'день'],
    [22, 'дня'],
    [25, 'дней'],
    [101, 'день'],
    [111, 'дней'],
    [1.5, 'дня'],
  ])('Russian %d %s', (count, noun) => {
    expect(ru.model.days(count).split(NBSP).at(-1)).toBe(noun);
  });

  it.each([
    [0, 'rows'],
    [1, 'row'],
    [2, 'rows'],
    [21, 'rows'],
  ])('English %d %s', (count, noun) => {
    expect(en.common.rows(count)).toBe(`${count}${NBSP}${noun}`);
  });

  it('write the number as the language does', () => {
    expect(en.common.rows(132084)).toBe(`132,084${NBSP}rows`);
    expect(ru.common.rows(132084)).toBe(`132${NBSP}084${NBSP}строки`);
  });

  it('agree with the case that the sentence asks for', () => {
    expect(ru.error.tooMany(1)).toContain(`1${NBSP}секунду`);
    expect(ru.model.accuracyText(1, 28)).toContain(`1${NBSP}отрезке`);
    expect(ru.model.accuracyText(3, 28)).toContain(`3${NBSP}отрезках`);
    expect(ru.model.accuracyText(3, 28)).toContain(`28${NBSP}периодов`);
  });

  it('fall back to the form for the rest', () => {
    expect(plural('en', 5, { other: 'sheep' })).toBe(`5${NBSP}sheep`);
  });
});
