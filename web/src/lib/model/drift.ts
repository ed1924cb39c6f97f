/** A column's two histograms as shares, and the order in which columns are read. */

import type { DriftFeature } from '../api/types';

const GRAVITY = ['confirmed', 'drifted', 'slight', 'stable', 'too_few_rows'];

/** The gravest first, and among equals the largest effect. */
export function byGravity(features: readonly DriftFeature[]): DriftFeature[] {
  const rank = ({ broken, verdict }: DriftFeature) => (broken ? -1 : GRAVITY.indexOf(verdict));
  return [...features].sort(
    (a, b) => rank(a) - rank(b) || (b.excess_psi ?? 0) - (a.excess_psi ?? 0),
  );
}

export interface Histogram {
  labels: string[];
  /** Percent of the rows that have a value. */
  reference: number[];
  current: number[];
}

/** `edge` writes a bin of numbers, `other` is the bin of all categories that have none of their own. */
export function histogramOf(
  { bins }: Pick<DriftFeature, 'bins'>,
  edge: (from: number | null, to: number | null) => string,
  other: string,
): Histogram {
  const shares = (counts: number[]) => {
    const all = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => (all === 0 ? 0 : (100 * count) / all));
  };
  return {
    labels: bins.map(({ label, from, to }) =>
      label !== null ? label : from === null && to === null ? other : edge(from, to),
    ),
    reference: shares(bins.map((bin) => bin.reference)),
    current: shares(bins.map((bin) => bin.current)),
  };
}
