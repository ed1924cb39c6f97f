import { describe, expect, it } from 'vitest';
import { DASH, formats } from '../../src/lib/i18n/format';

const en = formats('en');
const ru = formats('ru');
/** Intl uses several kinds of spaces; which of them is not ours to say. */
const plain = (text: string) => text.replace(/[\u00a0\u202f\u2009]/g, ' ');

describe('numbers', () => {
  it('follow the language', () => {
    expect(en.integer(1234567)).toBe('1,234,567');
    expect(plain(ru.integer(1234567))).toBe('1 234 567');
    expect(en.number(7.6543)).toBe('7.654');
    expect(ru.number(7.6543)).toBe('7,654');
  });

  it('keep every whole digit of large ones', () => {
    expect(en.number(12345.6)).toBe('12,346');
    expect(en.number(-98765)).toBe('-98,765');
    expect(en.number(0.000123456)).toBe('0.0001235');
  });

  it('are a dash where there is none', () => {
    for (const nothing of [null, undefined, NaN, Infinity, -Infinity]) {
      expect(en.integer(nothing)).toBe(DASH);
      expect(en.number(nothing)).toBe(DASH);
      expect(en.percent(nothing)).toBe(DASH);
      expect(en.signedPercent(nothing)).toBe(DASH);
      expect(en.signed(nothing)).toBe(DASH);
      expect(en.bytes(nothing)).toBe(DASH);
      expect(en.duration(nothing)).toBe(DASH);
    }
    expect(en.day(null)).toBe(DASH);
    expect(en.moment('')).toBe(DASH);
    expect(en.relative(undefined, 0)).toBe(DASH);
    expect(en.relative('not a date', 0)).toBe(DASH);
  });

  it('are percent of a hundred, with a sign where it matters', () => {
    expect(en.percent(7.7)).toBe('7.7%');
    expect(plain(ru.percent(7.7))).toBe('7,7 %');
    expect(en.percent(7.006, 2)).toBe('7.01%');
    expect(en.signedPercent(1.2)).toBe('+1.2%');
    expect(en.signedPercent(-1.2)).toBe('-1.2%');
    expect(en.signedPercent(0)).toBe('0.0%');
    expect(en.signed(2.5)).toBe('+2.5');
  });

  it('are short on axes and whole in lists', () => {
    expect(en.compact(12_300)).toBe('12.3K');
    expect(plain(ru.compact(12_300))).toBe('12,3 тыс.');
    expect(en.exact(0.1234567)).toBe('0.1234567');
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 byte'],
    [999, '999 byte'],
    [1000, '1 kB'],
    [1536, '1.5 kB'],
    [123_456, '123 kB'],
    [2_500_000, '2.5 MB'],
    [7_000_000_000_000_000, '7,000 TB'],
  ])('%d bytes', (bytes, text) => {
    expect(plain(en.bytes(bytes))).toBe(text);
  });
  it('in Russian', () => {
    expect(plain(ru.bytes(2_500_000))).toBe('2,5 МБ');
  });
});

describe('days', () => {
  it('are calendar days, whatever the zone', () => {
    expect(en.day('2026-09-05')).toBe('Sep 5, 2026');
    expect(plain(ru.day('2026-09-05'))).toBe('5 сент. 2026 г.');
    expect(en.day('2026-09-05T23:59:59Z')).toBe('Sep 5, 2026');
  });
  it('make a range once', () => {
    expect(plain(en.days('2026-09-05', '2026-09-07'))).toBe('Sep 5 – 7, 2026');
  });
  it('are short on axes', () => {
    const moment = Date.UTC(2026, 8, 1);
    expect(en.shortDay(moment, false)).toBe('Sep 1');
    expect(en.shortDay(moment, true)).toBe('Sep 2026');
  });
});

describe('moments against now', () => {
  const now = Date.parse('2026-09-05T12:00:00Z');
  it.each([
    ['2026-09-05T12:00:00Z', 'now'],
    ['2026-09-05T11:59:30Z', '30 seconds ago'],
    ['2026-09-05T11:55:00Z', '5 minutes ago'],
    ['2026-09-05T09:00:00Z', '3 hours ago'],
    ['2026-09-04T12:00:00Z', 'yesterday'],
    ['2026-12-04T12:00:00Z', 'in 3 months'],
    ['2024-09-05T12:00:00Z', '2 years ago'],
  ])('%s is %s', (moment, text) => {
    expect(en.relative(moment, now)).toBe(text);
  });
  it('in Russian', () => {
    expect(ru.relative('2026-09-05T11:55:00Z', now)).toBe('5 минут назад');
    expect(ru.relative('2026-09-04T12:00:00Z', now)).toBe('вчера');
  });
});

describe('durations', () => {
  it.each([
    [0, '0 sec'],
    [-3, '0 sec'],
    [59.4, '59 sec'],
    [60, '1 min'],
    [125, '2 min 5 sec'],
    [3600, '1 hr'],
    [5400, '1 hr 30 min'],
  ])('%d s', (seconds, text) => {
    expect(plain(en.duration(seconds))).toBe(text);
  });
  it('in Russian', () => {
    expect(plain(ru.duration(125))).toBe('2 мин 5 с');
  });
});
