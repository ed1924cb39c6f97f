/** A record filled in by hand: the fields of a form from a spec's columns, and the object that is sent. */

import type { Cell, Column, Explanation, SpecData } from '../api/types';

export type FieldKind = 'text' | 'category' | 'number' | 'flag' | 'date';

export interface RecordField {
  name: string;
  kind: FieldKind;
  /** Values that occur; all there are where `complete`. */
  known: string[];
  complete: boolean;
  /** Whether its texts need several lines. */
  long: boolean;
  /** From what to what the data goes, where that is told. */
  range: [string, string] | null;
}

/** What was typed, by column; empty where nothing was. */
export type Filled = Record<string, string>;

const LONG = 80;

/** One field for each column that a model learnt from, in the table's order as far as its columns are known. */
export function fieldsOf(data: SpecData, columns: readonly Column[]): RecordField[] {
  const kinds: [FieldKind, string[] | undefined][] = [
    ['text', data.text],
    ['category', data.categorical],
    ['number', data.numeric],
    ['flag', data.boolean],
    ['date', data.date],
  ];
  const place = new Map(columns.map((column, i) => [column.name, i]));
  const at = (field: RecordField) => place.get(field.name) ?? columns.length;
  return kinds
    .flatMap(([kind, names]) => (names ?? []).map((name) => fieldOf(name, kind, columns)))
    .sort((a, b) => at(a) - at(b));
}

function fieldOf(name: string, kind: FieldKind, columns: readonly Column[]): RecordField {
  const profile = columns.find((column) => column.name === name)?.profile;
  const known = (profile?.top ?? []).map(([value]) => value);
  const { min = null, max = null } = profile ?? {};
  const seen = [...known, min ?? '', max ?? ''];
  return {
    name,
    kind,
    known: kind === 'category' ? known : [],
    complete: profile !== undefined && (profile.distinct ?? Infinity) <= known.length,
    long: kind === 'text' && seen.some((value) => value.length > LONG || value.includes('\n')),
    range: min !== null && max !== null ? [min, max] : null,
  };
}

/** A number as people write it, with a comma or a point; null where it is none. */
export function numberFrom(text: string): number | null {
  const bare = text.replace(/[\s\u00a0\u202f]/g, '').replace(',', '.');
  if (!/^[+\-−]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(bare)) return null;
  const number = Number(bare.replace('−', '-'));
  return Number.isFinite(number) ? number : null;
}

/** The columns whose text is no number though it should be. */
export const wrongNumbers = (fields: readonly RecordField[], filled: Filled): string[] =>
  fields
    .filter(({ name, kind }) => {
      const text = (filled[name] ?? '').trim();
      return kind === 'number' && text !== '' && numberFrom(text) === null;
    })
    .map((field) => field.name);

/** What is sent: a column left empty is missing. */
export function recordFrom(fields: readonly RecordField[], filled: Filled): Record<string, Cell> {
  const record: Record<string, Cell> = {};
  for (const { name, kind } of fields) {
    const text = (filled[name] ?? '').trim();
    if (text === '') continue;
    if (kind === 'number') record[name] = numberFrom(text);
    else if (kind === 'flag') record[name] = text === 'yes';
    else record[name] = text;
  }
  return record;
}

const YES = /^(true|1|yes|да)$/i;

/** A row of a table as the form shows it. */
export function filledFrom(
  fields: readonly RecordField[],
  columns: readonly { name: string }[],
  row: readonly Cell[],
): Filled {
  const filled: Filled = {};
  for (const { name, kind } of fields) {
    const cell = row[columns.findIndex((column) => column.name === name)] ?? null;
    const text = cell === null ? '' : String(cell);
    if (kind === 'flag' && text !== '') filled[name] = YES.test(text) ? 'yes' : 'no';
    else filled[name] = kind === 'date' ? text.slice(0, 10) : text;
  }
  return filled;
}

/** Whether a class is the one that the data holds, however a table writes it. */
export const agrees = (label: string, truth: string): boolean => label.trim() === truth.trim();

/** What moved an answer, with what the record held there: a word of a text, or a column's value. */
export function movedBy(
  { contributions, rest }: Explanation,
  words: { missing: string; rest: string },
): { name: string; detail: string; value: number | null }[] {
  const told = contributions.map(({ feature, word, value, effect }) => ({
    name: feature,
    detail: word ?? value ?? words.missing,
    value: effect,
  }));
  return rest ? [...told, { name: words.rest, detail: '', value: rest }] : told;
}
