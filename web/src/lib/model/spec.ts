/** The model spec that the wizard writes: from columns and their roles to YAML. */

import type { Column, Guess } from '../api/types';
import type { Task } from './measures';

/** Of a forecast's columns, and of records. */
export type Role =
  | 'time'
  | 'series'
  | 'target'
  | 'known_future'
  | 'static'
  | 'text'
  | 'categorical'
  | 'numeric'
  | 'boolean'
  | 'date'
  | 'weight'
  | 'unused';
export type Roles = Record<string, Role>;

/** What the server guessed, as a role for each column. */
export function rolesFrom(columns: Pick<Column, 'name'>[], guess: Guess | null): Roles {
  const roles: Roles = {};
  for (const { name } of columns) {
    roles[name] = 'unused';
    if (!guess) continue;
    if (guess.time === name) roles[name] = 'time';
    else if (guess.target === name) roles[name] = 'target';
    else if (guess.series.includes(name)) roles[name] = 'series';
    else if (guess.known_future.includes(name)) roles[name] = 'known_future';
    // A coarser level says of each series what it belongs to.
    else if (guess.static.includes(name) || guess.hierarchy.includes(name)) roles[name] = 'static';
  }
  return roles;
}

export type RoleProblem =
  'needTime' | 'needTarget' | 'manyTime' | 'manyTarget' | 'needAnswer' | 'needInput' | 'manyWeight';

const INPUTS: Role[] = ['text', 'categorical', 'numeric', 'boolean', 'date'];

export function roleProblem(task: Task, roles: Roles): RoleProblem | null {
  const given = Object.values(roles);
  const count = (role: Role) => given.filter((r) => r === role).length;
  if (task === 'forecast') {
    if (count('time') === 0) return 'needTime';
    if (count('time') > 1) return 'manyTime';
    if (count('target') === 0) return 'needTarget';
  } else {
    if (count('target') === 0) return 'needAnswer';
    if (!given.some((role) => INPUTS.includes(role))) return 'needInput';
    if (count('weight') > 1) return 'manyWeight';
  }
  return count('target') > 1 ? 'manyTarget' : null;
}

export interface Draft {
  task: Task;
  key: string;
  titleRu: string;
  titleEn: string;
  dataset: string;
  /** The columns in the table's order, so that series keep theirs. */
  columns: string[];
  roles: Roles;
  frequency: string;
  missing: string;
  horizon: number | null;
  country: string;
  engine: string;
  /** Below this probability, in percent, a class is for a person to look at. */
  threshold: number | null;
}

type Fields = Record<string, unknown>;
const list = (name: string, columns: string[]): Fields =>
  columns.length > 0 ? { [name]: columns } : {};
const one = (name: string, column: string | undefined): Fields =>
  column === undefined ? {} : { [name]: column };

function forecastData(draft: Draft, having: (role: Role) => string[]): Fields {
  return {
    ...one('time', having('time')[0]),
    ...list('series', having('series')),
    ...one('target', having('target')[0]),
    ...list('known_future', having('known_future')),
    ...list('static', having('static')),
    ...(draft.frequency ? { frequency: draft.frequency } : {}),
    ...(draft.missing && draft.missing !== 'zero' ? { missing: draft.missing } : {}),
  };
}

function recordsData(having: (role: Role) => string[]): Fields {
  return {
    ...one('target', having('target')[0]),
    ...list('text', having('text')),
    ...list('categorical', having('categorical')),
    ...list('numeric', having('numeric')),
    ...list('boolean', having('boolean')),
    ...list('date', having('date')),
    ...one('weight', having('weight')[0]),
  };
}

/** The document, in the order of the documentation; what equals a default is left out. */
export function specOf(draft: Draft): Fields {
  const having = (role: Role) => draft.columns.filter((name) => draft.roles[name] === role);
  const title = {
    ...(draft.titleRu ? { ru: draft.titleRu } : {}),
    ...(draft.titleEn ? { en: draft.titleEn } : {}),
  };
  const forecast = draft.task === 'forecast';
  return {
    model_key: draft.key,
    task: draft.task,
    ...(Object.keys(title).length > 0 ? { title } : {}),
    data: {
      dataset: draft.dataset,
      ...(forecast ? forecastData(draft, having) : recordsData(having)),
    },
    ...(forecast && draft.horizon ? { horizon: draft.horizon } : {}),
    ...(forecast && draft.country ? { features: { calendar: { country: draft.country } } } : {}),
    ...(draft.engine && draft.engine !== 'auto' ? { engine: draft.engine } : {}),
    ...(draft.task === 'classification' && draft.threshold
      ? { confidence_threshold: Number((draft.threshold / 100).toFixed(6)) }
      : {}),
  };
}

// What YAML 1.1 or 1.2 readers would not take as this very text when it is written without quotes.
const PLAIN = /^[A-Za-zА-Яа-яЁё_][A-Za-zА-Яа-яЁё0-9_ .-]*$/;
const WORDS = /^(true|false|yes|no|on|off|null|y|n|nan|inf)$/i;

function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const plain = PLAIN.test(value) && !WORDS.test(value) && !value.endsWith(' ');
  // JSON's double-quoted text is YAML's.
  return plain ? value : JSON.stringify(value);
}

/** YAML of plain data: maps in block style, lists of scalars in one line. */
export function toYaml(value: unknown, indent = 0): string {
  const pad = '  '.repeat(indent);
  let text = '';
  for (const [name, item] of Object.entries(value as Record<string, unknown>)) {
    if (Array.isArray(item)) text += `${pad}${scalar(name)}: [${item.map(scalar).join(', ')}]\n`;
    else if (typeof item === 'object' && item !== null)
      text += `${pad}${scalar(name)}:\n${toYaml(item, indent + 1)}`;
    else text += `${pad}${scalar(name)}: ${scalar(item)}\n`;
  }
  return text;
}
