/** Numbers, dates and durations by Intl. Absent values are a dash: never "null", "NaN" or nothing. */

export const DASH = '—';
type Maybe = number | null | undefined;
const given = (v: Maybe): v is number => typeof v === 'number' && Number.isFinite(v);

export interface Formats {
  /** A count. */
  integer(v: Maybe): string;
  /** A number with every digit that it has. */
  exact(v: number): string;
  /** A measured number with about `digits` significant digits. */
  number(v: Maybe, digits?: number): string;
  /** `v` in percent (7.7 is 7.7%). */
  percent(v: Maybe, decimals?: number): string;
  /** The same with its sign. */
  signedPercent(v: Maybe, decimals?: number): string;
  signed(v: Maybe, digits?: number): string;
  /** Short for axes: 12K. */
  compact(v: number): string;
  bytes(v: Maybe): string;
  /** A calendar day, `2026-09-05`, without a time zone. */
  day(v: string | null | undefined): string;
  /** A stretch of days. */
  days(from: string, to: string): string;
  /** The same, short, for axes. */
  shortDay(ms: number, withYear: boolean): string;
  /** A moment, in the reader's zone. */
  moment(v: string | null | undefined): string;
  /** A moment against now: "5 minutes ago". */
  relative(v: string | null | undefined, now: number): string;
  /** Seconds as "2 min 5 s". */
  duration(seconds: Maybe): string;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];
const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

export function formats(language: string): Formats {
  const integer = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const exact = new Intl.NumberFormat(language, { maximumFractionDigits: 12 });
  const compact = new Intl.NumberFormat(language, {
    notation: 'compact',
    maximumSignificantDigits: 3,
  });
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  const month = new Intl.DateTimeFormat(language, {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  });
  const monthYear = new Intl.DateTimeFormat(language, {
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const ago = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const percent = (decimals: number, sign: boolean) =>
    new Intl.NumberFormat(language, {
      style: 'percent',
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      ...(sign ? { signDisplay: 'exceptZero' as const } : {}),
    });
  const measured = (digits: number, sign: boolean) =>
    new Intl.NumberFormat(language, {
      maximumSignificantDigits: digits,
      ...(sign ? { signDisplay: 'exceptZero' as const } : {}),
    });
  const amount = (v: number, unit: string) =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit,
      unitDisplay: 'short',
      maximumFractionDigits: v >= 100 || unit === 'byte' ? 0 : 1,
    }).format(v);
  const whole = (v: number, unit: string) =>
    new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(v);

  return {
    exact: (v) => exact.format(v),
    integer: (v) => (given(v) ? integer.format(v) : DASH),
    // Large numbers keep all their whole digits: 12,345 and not 12,300.
    number: (v, digits = 4) =>
      given(v)
        ? Math.abs(v) >= 10 ** (digits - 1)
          ? integer.format(v)
          : measured(digits, false).format(v)
        : DASH,
    percent: (v, decimals = 1) => (given(v) ? percent(decimals, false).format(v / 100) : DASH),
    signedPercent: (v, decimals = 1) => (given(v) ? percent(decimals, true).format(v / 100) : DASH),
    signed: (v, digits = 4) => (given(v) ? measured(digits, true).format(v) : DASH),
    compact: (v) => compact.format(v),
    bytes(v) {
      if (!given(v)) return DASH;
      let value = v;
      let unit = 0;
      while (value >= 1000 && unit < BYTES.length - 1) {
        value /= 1000;
        unit += 1;
      }
      return amount(value, BYTES[unit] ?? 'byte');
    },
    day: (v) => (v ? day.format(new Date(`${v.slice(0, 10)}T00:00:00Z`)) : DASH),
    days: (from, to) => day.formatRange(new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`)),
    shortDay: (ms, withYear) => (withYear ? monthYear : month).format(ms),
    moment: (v) => (v ? moment.format(new Date(v)) : DASH),
    relative(v, now) {
      if (!v) return DASH;
      const seconds = (Date.parse(v) - now) / 1000;
      if (!Number.isFinite(seconds)) return DASH;
      for (const [unit, length] of UNITS) {
        if (Math.abs(seconds) >= length) return ago.format(Math.round(seconds / length), unit);
      }
      return ago.format(0, 'second');
    },
    duration(seconds) {
      if (!given(seconds)) return DASH;
      const s = Math.max(0, Math.round(seconds));
      if (s < 60) return whole(s, 'second');
      const minutes = Math.floor(s / 60);
      if (minutes < 60) {
        const rest = s % 60;
        return whole(minutes, 'minute') + (rest ? ` ${whole(rest, 'second')}` : '');
      }
      const rest = minutes % 60;
      return whole(Math.floor(minutes / 60), 'hour') + (rest ? ` ${whole(rest, 'minute')}` : '');
    },
  };
}
