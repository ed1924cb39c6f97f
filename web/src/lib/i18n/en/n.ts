import { plural } from '../plural';

/** `n(2, 'row', 'rows')` is `2 rows`. */
export const n = (count: number, one: string, other: string): string =>
  plural('en', count, { one, other });
