/** What live answers tell, arranged for the page. */

import type { Performance } from '../api/types';

export const PERIODS = [7, 30, 90, 365] as const;
const USUAL = 30;

/** The period that an address names, or the usual one. */
export const periodOf = (named: string | null): number =>
  PERIODS.find((days) => String(days) === named) ?? USUAL;

/** The headline day by day without holes: a day that nothing is known of is absent, not skipped. */
export function courseOf({ from, to, by_day }: Pick<Performance, 'from' | 'to' | 'by_day'>) {
  const known = new Map(by_day.map((day) => [day.date, day]));
  const day = 86_400_000;
  // The window may begin long before anything was answered.
  const first = Date.parse(by_day[0]?.date ?? from);
  // Actuals of days to come may be there already.
  const last = Date.parse([to, by_day.at(-1)?.date ?? to].sort().at(-1) ?? to);
  const xs: number[] = [];
  for (let at = first; at <= last; at += day) xs.push(at);
  const of = (at: number) => known.get(new Date(at).toISOString().slice(0, 10));
  return {
    xs,
    headline: xs.map((at) => of(at)?.value ?? null),
    wape: xs.map((at) => of(at)?.metrics?.wape ?? null),
  };
}

/** Which way a model goes: errors get better by falling, shares of right answers by rising. */
export function goes({
  metric,
  trend,
}: Pick<Performance, 'metric' | 'trend'>): 'better' | 'worse' | 'none' {
  const direction = (trend?.direction ?? 0) * (metric === 'mape' ? -1 : 1);
  return direction > 0 ? 'better' : direction < 0 ? 'worse' : 'none';
}
