/** Small tables, quick to train on: made up with a week and a trend that a model can find, or cut from an example. */

import { readFileSync } from 'node:fs';

const DAY = 86_400_000;
const WEEK = [100, 96, 98, 110, 140, 180, 150];
export const BRANCHES = ['Arbat', 'Harbour', 'Station'];

/** The days that the table covers, oldest first. */
export function days(count: number, from = '2025-01-06'): string[] {
  const start = Date.parse(`${from}T00:00:00Z`);
  return Array.from({ length: count }, (_, i) =>
    new Date(start + i * DAY).toISOString().slice(0, 10),
  );
}

/** The day so many days from today. */
export const dayFromNow = (offset: number): string =>
  new Date(Date.now() + offset * DAY).toISOString().slice(0, 10);

/** Visits of each branch on each day: `date,branch,promo,visits`. `bend` says what becomes of a day's visits. */
export function visits(
  count = 200,
  from?: string,
  bend: (visits: number, day: number) => number = (v) => v,
): string {
  const rows = days(count, from).flatMap((date, i) =>
    BRANCHES.map((branch, b) => {
      const promo = i % 17 === 3 ? 1 : 0;
      const usual = (WEEK[i % 7] ?? 100) * (1 + b / 2) + i / 5;
      // A noise that is the same each time.
      const noise = ((i * 37 + b * 101) % 19) - 9;
      return `${date},${branch},${promo},${Math.round(bend(usual + promo * 40 + noise, i))}`;
    }),
  );
  return `date,branch,promo,visits\n${rows.join('\n')}\n`;
}

/** A table as Russian spreadsheets write it: windows-1251, semicolons, decimal commas, day first. */
export function russianTable(): Buffer {
  const rows = days(60).flatMap((date, i) => {
    const [year, month, day] = date.split('-');
    return ['Центр', 'Юг'].map(
      (branch, b) => `${day}.${month}.${year};${branch};${1200 + i * 10 + b},5`,
    );
  });
  return windows1251(`Дата;Филиал;Выручка\r\n${rows.join('\r\n')}\r\n`);
}

/** Rows that do not parse: a date that is none, a number that is none. */
export function badTable(): string {
  const rows = days(60).map((date, i) => `${date},${100 + i}`);
  rows[10] = 'some day,110';
  rows[20] = `${days(60)[20] ?? ''},a lot`;
  return `date,visits\n${rows.join('\n')}\n`;
}

export function windows1251(text: string): Buffer {
  const bytes = [...text].map((sign) => {
    const code = sign.charCodeAt(0);
    if (code < 0x80) return code;
    if (code >= 0x410 && code <= 0x44f) return code - 0x410 + 0xc0;
    throw new Error(`${sign} is not in this table`);
  });
  return Buffer.from(bytes);
}

export const spec = (key: string, dataset: string) => `model_key: ${key}
task: forecast
title: {ru: "Посещения ${key}", en: "Visits ${key}"}
data:
  dataset: ${dataset}
  time: date
  series: [branch]
  target: visits
  known_future: [promo]
  frequency: D
horizon: 14
`;

/** Names of foods in three languages and the group of each, cut from the example: `name,language,category`. */
export function foods(count = 700): string {
  const whole = readFileSync(new URL('../../../examples/food_terms.csv', import.meta.url), 'utf8');
  const [head = '', ...rows] = whole.split(/\r?\n/);
  const some = rows.filter((row) => /,(en|fr|de),/.test(row)).slice(0, count);
  return [head, ...some, ''].join('\n');
}

export const foodSpec = (key: string, dataset: string) => `model_key: ${key}
task: classification
title: {ru: "Группы продуктов", en: "Food groups"}
data:
  dataset: ${dataset}
  target: category
  text: [name]
  categorical: [language]
engine: linear
confidence_threshold: 0.5
`;
