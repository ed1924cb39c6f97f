/** What requests are put together from. */

import type { paths } from './schema';

export type Signal = AbortSignal | undefined;
/** Values of filters; empty ones are left out, so that a form's state can be passed as it is. */
export type Filters = Record<string, string | number | null | undefined>;

export function given<Q>(filters: Filters): Q {
  const set = Object.entries(filters).filter(([, v]) => v !== '' && v !== null && v !== undefined);
  return Object.fromEntries(set) as Q;
}
export type QueryOf<P extends keyof paths> = paths[P] extends {
  get: { parameters: { query?: infer Q } };
}
  ? NonNullable<Q>
  : never;
export const by = (key: string) => ({ path: { key } });
export const byId = (id: string) => ({ path: { id } });
export const until = (signal: Signal) => ({ signal: signal ?? null });
