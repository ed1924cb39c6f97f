/** A file of records that a model is asked about: how it is read, what is sent, and how its answers are written down. */

import type { Column, Interval, Prediction, SpecData } from '../api/types';
import { fieldsOf, type Filled, type RecordField, recordFrom, wrongNumbers } from './record';

/** A file as a table of texts. */
export interface Texts {
  columns: string[];
  rows: Filled[];
}

/** Records of one request: the server takes ten thousand, and a request must not wait for minutes. */
const AT_ONCE = 1_000;

/** What a file says; windows-1251 where it is no UTF-8, as spreadsheets in Russian write. */
export function decoded(bytes: BufferSource): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1251').decode(bytes);
  }
}

const asText = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number);
};

/** Objects of a JSON list or of JSON Lines, as texts. A line that is no object is an error. */
export function fromJson(text: string): Texts {
  const bare = text.trim();
  const items: unknown[] = bare.startsWith('[')
    ? (JSON.parse(bare) as unknown[])
    : bare.split(/\r?\n/).flatMap((line) => (line.trim() ? [JSON.parse(line) as unknown] : []));
  const columns = new Set<string>();
  const rows = items.map((item, i) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      throw new Error(`${String(i + 1)}: ${asText(item).slice(0, 40)}`);
    }
    return Object.fromEntries(
      Object.entries(item).map(([name, value]) => {
        columns.add(name);
        return [name, asText(value)];
      }),
    );
  });
  return { columns: [...columns], rows };
}

/** Rows of CSV, whatever divides them. */
export async function fromCsv(text: string): Promise<Texts> {
  const { default: Papa } = await import('papaparse');
  const read = Papa.parse<Filled>(text.replace(/^\ufeff/, ''), {
    header: true,
    skipEmptyLines: 'greedy',
    transformHeader: (name) => name.trim(),
  });
  return { columns: read.meta.fields ?? [], rows: read.data };
}

export async function fromFile(file: File): Promise<Texts> {
  const text = decoded(await file.arrayBuffer());
  return /^\s*[[{]/.test(text) ? fromJson(text) : fromCsv(text);
}

/** What a record may hold: of a forecast its series, its date and what is known ahead; else what was learnt from. */
export function askedOf(data: SpecData, columns: readonly Column[]): RecordField[] {
  if (!data.time) return fieldsOf(data, columns);
  const { series = [], known_future = [], time } = data;
  return fieldsOf({ ...data, categorical: series, date: [time], numeric: known_future }, columns);
}

/** Columns without which nothing can be asked: the series and the date of a forecast. */
export const needed = (data: SpecData): string[] =>
  data.time ? [...(data.series ?? []), data.time] : [];

const DAY_FIRST = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/;
const YES = /^(true|1|yes|да|истина)$/i;

/** A text of a file as the form would have it. */
function filled({ name, kind }: RecordField, row: Filled): string {
  const text = (row[name] ?? '').trim();
  if (text === '') return '';
  if (kind === 'flag') return YES.test(text) ? 'yes' : 'no';
  if (kind !== 'date') return text;
  const [, day = '', month = '', year = ''] = DAY_FIRST.exec(text) ?? [];
  return year ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : text.slice(0, 10);
}

export interface Batch {
  records: ReturnType<typeof recordFrom>[];
  /** Rows that are not asked about, counted from 1, with the columns that are no numbers. */
  wrong: { row: number; columns: string[] }[];
  /** For each record its row, counted from 0. */
  rowOf: number[];
}

/** What is sent of a file's rows. A row with a mistake is left out and told. */
export function batchOf(fields: readonly RecordField[], rows: readonly Filled[]): Batch {
  const batch: Batch = { records: [], wrong: [], rowOf: [] };
  rows.forEach((row, i) => {
    const form = Object.fromEntries(fields.map((field) => [field.name, filled(field, row)]));
    const columns = wrongNumbers(fields, form);
    if (columns.length > 0) {
      batch.wrong.push({ row: i + 1, columns });
      return;
    }
    batch.records.push(recordFrom(fields, form));
    batch.rowOf.push(i);
  });
  return batch;
}

export const inParts = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / AT_ONCE) }, (_, i) =>
    items.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
  );

type Cell = string | number | null;
const INTERVAL = (level: number, end: string) => `${String(level)}% ${end}`;

/** The file with its answers beside: of classes the class and how sure, of numbers the value and its intervals. */
export function answered(
  { columns, rows }: Texts,
  { rowOf }: Batch,
  predictions: readonly Prediction[],
): { head: string[]; rows: Cell[][] } {
  const levels = [
    ...new Set(
      predictions.flatMap((said) =>
        'intervals' in said ? said.intervals.map(({ level }: Interval) => level) : [],
      ),
    ),
  ].sort((a, b) => a - b);
  const isClass = predictions.some((said) => 'label' in said);
  const answers = isClass
    ? ['prediction', 'confidence', 'needs_person']
    : ['prediction', ...levels.flatMap((level) => ['from', 'to'].map((e) => INTERVAL(level, e)))];
  const tell = (said: Prediction | undefined): Cell[] => {
    if (!said || 'error' in said) return [...answers.map(() => null), said?.error ?? null];
    if ('label' in said)
      return [said.label, said.confidence, said.needs_person ? 'yes' : 'no', null];
    const ends = levels.flatMap((level) => {
      const interval = said.intervals.find((one) => one.level === level);
      return [interval?.lo ?? null, interval?.hi ?? null];
    });
    return [said.value, ...ends, null];
  };
  const byRow = new Map(rowOf.map((row, i) => [row, predictions[i]]));
  return {
    head: [...columns, ...answers, 'error'],
    rows: rows.map((row, i) => [...columns.map((name) => row[name] ?? ''), ...tell(byRow.get(i))]),
  };
}
