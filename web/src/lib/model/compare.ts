/** Two sets of metrics side by side: which one is better in what. */

import type { Metrics } from '../api/types';

export interface Comparison {
  id: string;
  level?: number;
  unit: 'percent' | 'number';
  a: number | null;
  b: number | null;
  better: 'a' | 'b' | 'same' | null;
}

type Rule = { id: keyof Metrics; unit: 'percent' | 'number'; cost: (v: number) => number };
const smaller = (v: number) => v;
const larger = (v: number) => -v;
const RULES: Rule[] = [
  { id: 'wape', unit: 'percent', cost: smaller },
  { id: 'mape', unit: 'percent', cost: smaller },
  { id: 'smape', unit: 'percent', cost: smaller },
  { id: 'mae', unit: 'number', cost: smaller },
  { id: 'rmse', unit: 'number', cost: smaller },
  { id: 'mase', unit: 'number', cost: smaller },
  // A bias is better the nearer it is to zero, on either side.
  { id: 'bias_percent', unit: 'percent', cost: Math.abs },
  { id: 'r2', unit: 'number', cost: larger },
];

function better(
  a: number | null,
  b: number | null,
  cost: (v: number) => number,
): Comparison['better'] {
  if (a === null || b === null) return null;
  const difference = cost(a) - cost(b);
  if (Math.abs(difference) < 1e-9) return 'same';
  return difference < 0 ? 'a' : 'b';
}

export function comparisonOf(a: Metrics | null, b: Metrics | null): Comparison[] {
  const rows: Comparison[] = RULES.map(({ id, unit, cost }) => {
    const left = (a?.[id] as number | null | undefined) ?? null;
    const right = (b?.[id] as number | null | undefined) ?? null;
    return { id, unit, a: left, b: right, better: better(left, right, cost) };
  });
  const levels = new Set([...(a?.coverage ?? []), ...(b?.coverage ?? [])].map((c) => c.level));
  for (const level of [...levels].sort((x, y) => x - y)) {
    const of = (m: Metrics | null) => m?.coverage.find((c) => c.level === level)?.value ?? null;
    rows.push({
      id: `coverage_${level}`,
      level,
      unit: 'percent',
      a: of(a),
      b: of(b),
      // Coverage is better the nearer it is to what was promised.
      better: better(of(a), of(b), (v) => Math.abs(v - level)),
    });
  }
  return rows;
}
