/** Two versions side by side: which one is better in what. */

import {
  costOf,
  type Measured,
  type MeasureId,
  measuresOf,
  type Task,
  unitOf,
  valueOf,
} from './measures';

export interface Comparison {
  id: MeasureId | `coverage_${number}`;
  level?: number;
  unit: 'percent' | 'number';
  a: number | null;
  b: number | null;
  better: 'a' | 'b' | 'same' | null;
}

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

const coverageOf = ({ metrics, quality }: Measured) =>
  (quality?.task === 'regression' ? quality.coverage : metrics?.coverage) ?? [];

export function comparisonOf(task: Task, a: Measured, b: Measured): Comparison[] {
  const rows: Comparison[] = measuresOf(task).map((id) => {
    const [left, right] = [valueOf(a, id), valueOf(b, id)];
    const unit = unitOf(id);
    return { id, unit, a: left, b: right, better: better(left, right, (v) => costOf(id, v)) };
  });
  const levels = new Set([...coverageOf(a), ...coverageOf(b)].map((c) => c.level));
  for (const level of [...levels].sort((x, y) => x - y)) {
    const of = (m: Measured) => coverageOf(m).find((c) => c.level === level)?.value ?? null;
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
