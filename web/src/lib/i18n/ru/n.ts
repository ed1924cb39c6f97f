import { plural } from '../plural';

/** `n(2, 'строка', 'строки', 'строк')` даёт `2 строки`. */
export const n = (count: number, one: string, few: string, many: string): string =>
  plural('ru', count, { one, few, many, other: few });
