/** The numbers of a rule's reason, as the dictionaries ask for them: in the reader's own writing. */

import type { Formats } from './format';

export interface Told {
  /** A share as a percentage; a dash where it is unknown. */
  percent: (name: string) => string;
  /** A number or a word; a dash where it is unknown. */
  text: (name: string) => string;
  /** A number, to count by. */
  number: (name: string) => number;
}

/** Reads the fields of a reason that the server tells by code and numbers. */
export function told(
  of: Record<string, unknown>,
  { percent, number }: Pick<Formats, 'percent' | 'number'>,
): Told {
  const value = (name: string) => of[name];
  return {
    percent: (name) => {
      const share = value(name);
      return typeof share === 'number' ? percent(100 * share) : '—';
    },
    text: (name) => {
      const found = value(name);
      if (typeof found === 'number') return number(found);
      return typeof found === 'string' ? found : '—';
    },
    number: (name) => Number(value(name) ?? 0),
  };
}
