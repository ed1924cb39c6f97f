/** Classes of a classifier: in order of a number, and which are taken for which. */

import type { ClassQuality } from '../api/types';

export type ClassMetrics = ClassQuality['classes'][number];
export const CLASS_COLUMNS = ['class', 'f1', 'n', 'precision', 'recall', 'predicted'] as const;
export type ClassColumn = (typeof CLASS_COLUMNS)[number];
export interface Order {
  by: ClassColumn;
  descending: boolean;
}

/** `-n` is most rows first; what is not understood is the worst class first. */
export function orderFrom(text: string | null): Order {
  const descending = text?.startsWith('-') ?? false;
  const by = CLASS_COLUMNS.find((column) => column === text?.replace(/^-/, ''));
  return by ? { by, descending } : { by: 'f1', descending: false };
}
export const orderText = ({ by, descending }: Order): string => (descending ? '-' : '') + by;

/** The same column turns the order around; another begins where it tells most: names from A, rows from the most. */
export function orderAfter(now: Order, by: ClassColumn): Order {
  if (now.by === by) return { by, descending: !now.descending };
  return { by, descending: by === 'n' || by === 'predicted' };
}

/** The classes whose name holds `wanted`, in order; one without the number comes last either way. */
export function classesIn(
  classes: readonly ClassMetrics[],
  { by, descending }: Order,
  wanted = '',
): ClassMetrics[] {
  const part = wanted.trim().toLocaleLowerCase();
  const sign = descending ? -1 : 1;
  return classes
    .filter((row) => row.class.toLocaleLowerCase().includes(part))
    .sort((a, b) => {
      if (by === 'class') return sign * a.class.localeCompare(b.class);
      const [left, right] = [a[by], b[by]];
      if (left === null || right === null) return Number(left === null) - Number(right === null);
      // Where they are equal, the class that concerns more rows comes first.
      return sign * (left - right) || b.n - a.n;
    });
}

export interface Confused {
  truth: string;
  said: string;
  n: number;
  /** Of all rows of the true class, in percent; null where it has none. */
  share: number | null;
}

/** What is taken for what, most rows first. */
export function confusedPairs({ confusion, classes }: ClassQuality): Confused[] {
  const rows = new Map(classes.map((row) => [row.class, row.n]));
  return confusion
    .filter((pair) => pair.truth !== pair.said)
    .map((pair) => {
      const all = rows.get(pair.truth) ?? 0;
      return { ...pair, share: all > 0 ? (100 * pair.n) / all : null };
    })
    .sort((a, b) => b.n - a.n);
}
