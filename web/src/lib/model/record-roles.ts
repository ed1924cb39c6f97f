/** What a table seems to be for, and the roles of its columns where each row is a record of its own. */

import type { Column, Guess } from '../api/types';
import type { Task } from './measures';
import type { Role, Roles } from './spec';

export const TASKS: readonly Task[] = ['forecast', 'classification', 'regression'];

type Seen = Pick<Column, 'name' | 'kind' | 'profile'>;

const ANSWER =
  /^(y|target|label|class|category|outcome|answer|ответ|цель|класс|категория|метка|группа)$/i;
const WEIGHT = /^(sample|row|case)_weights?$/i;
const IDENTITY = /(^|[_\s])(id|uuid|guid|key|code|sku|номер|код)$/i;
/** More names than these are hardly classes that people keep apart. */
const MOST_CLASSES = 3000;

const isNumber = ({ kind }: Seen) => kind === 'integer' || kind === 'float';
const isDate = ({ kind }: Seen) => kind === 'date' || kind === 'timestamp';
const distinct = ({ profile }: Seen) => profile.distinct ?? Infinity;
const unique = (column: Seen) =>
  column.profile.count > 1 && distinct(column) >= column.profile.count;
const isFlag = (column: Seen) =>
  column.kind === 'boolean' ||
  (column.kind === 'integer' && column.profile.min === '0' && column.profile.max === '1');
/** Values that come again and again, each often enough to be learnt. */
const repeats = (column: Seen) =>
  distinct(column) >= 2 &&
  distinct(column) <= Math.min(MOST_CLASSES, Math.max(2, column.profile.count / 3));

/** What a classifier can answer with: names that repeat, yes or no, or few numbers that are called classes. */
const isClass = (column: Seen) => {
  if (isDate(column) || column.kind === 'float' || !repeats(column)) return false;
  return (
    !isNumber(column) || isFlag(column) || (ANSWER.test(column.name) && distinct(column) <= 30)
  );
};

/** The column to be answered: one that is called so, else the last that can be a class, else the last number. */
function targetOf(columns: readonly Seen[], task: Task): Seen | undefined {
  const fits = task === 'regression' ? (c: Seen) => isNumber(c) && !isFlag(c) : isClass;
  const fitting = columns.filter((column) => fits(column) && !WEIGHT.test(column.name));
  return fitting.find((column) => ANSWER.test(column.name)) ?? fitting.at(-1);
}

/** A table with dates and series asks for a forecast; else names are to be told apart, else numbers predicted. */
export function taskFrom(columns: readonly Seen[], guess: Guess | null): Task {
  if (guess?.time && guess.target) return 'forecast';
  const named = columns.find((column) => ANSWER.test(column.name));
  if (named && isNumber(named) && !isClass(named)) return 'regression';
  if (targetOf(columns, 'classification')) return 'classification';
  return targetOf(columns, 'regression') ? 'regression' : 'forecast';
}

function roleOf(column: Seen): Role {
  const { name, profile } = column;
  // Nothing can be learnt from what never changes, or from a name that no other record has.
  if (profile.count === 0 || distinct(column) <= 1) return 'unused';
  if (WEIGHT.test(name) && isNumber(column)) return 'weight';
  if (isDate(column)) return 'date';
  if (isFlag(column)) return 'boolean';
  if (unique(column) && IDENTITY.test(name)) return 'unused';
  if (isNumber(column)) return 'numeric';
  // Many different texts of several words are read; few are names, however long.
  const wordy =
    distinct(column) > 100 && profile.top.some(([value]) => /\S\s+\S+\s+\S/.test(value));
  return repeats(column) && !wordy ? 'categorical' : 'text';
}

/** The roles that a table's records seem to have; the target last, and only one. */
export function recordRolesFrom(columns: readonly Seen[], task: Task): Roles {
  const target = targetOf(columns, task)?.name;
  const roles: Roles = {};
  let weighted = false;
  for (const column of columns) {
    let role = column.name === target ? ('target' as const) : roleOf(column);
    if (role === 'weight' && weighted) role = 'numeric';
    weighted ||= role === 'weight';
    roles[column.name] = role;
  }
  return roles;
}

/** The roles that a column's values can bear. */
export function rolesFor(task: Task, kind: Column['kind']): Role[] {
  if (task === 'forecast') {
    return ['time', 'series', 'target', 'known_future', 'static', 'unused'];
  }
  const number = kind === 'integer' || kind === 'float';
  const date = kind === 'date' || kind === 'timestamp';
  const can: [Role, boolean][] = [
    ['target', task === 'classification' ? !date : number || kind === 'boolean'],
    ['text', kind === 'text'],
    ['categorical', true],
    ['numeric', number || kind === 'boolean'],
    ['boolean', kind === 'boolean' || kind === 'integer'],
    ['date', date],
    ['weight', number],
    ['unused', true],
  ];
  return can.filter(([, fits]) => fits).map(([role]) => role);
}
