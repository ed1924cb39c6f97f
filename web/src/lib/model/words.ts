/** Verdicts and measures in the reader's words. */

import { f, t } from '../i18n/index.svelte';
import { costOf, gainPercent, type MeasureId, unitOf } from './measures';
import type { Verdict } from './verdict';

export function verdictText({ why }: Verdict): string {
  const say = t().verdict;
  switch (why.because) {
    case 'fine':
      return say.okText;
    case 'informed':
      return say.informed;
    case 'training':
      return say.training;
    case 'none':
      return say.none;
    case 'unmeasured':
      return say.unmeasured;
    case 'worse':
      return say.worse;
    case 'blind':
      return say.blind;
    case 'old':
      return say.old(why.days);
  }
}

/** A measure as people read it; those that have a direction keep their sign. */
export function measureText(id: MeasureId, value: number | null, decimals = 1): string {
  if (id === 'bias_percent') return f().signedPercent(value, decimals);
  if (id === 'bias') return f().signed(value);
  return unitOf(id) === 'percent' ? f().percent(value, decimals) : f().number(value);
}

export interface Against {
  text: string;
  good: boolean;
}

/** How much better or worse than another: errors by percent of the other, shares by points. */
export function againstText(
  id: MeasureId,
  mine: number | null,
  other: number | null,
): Against | null {
  const { better, worse, same } = t().model;
  if (mine === null || other === null) return null;
  const byPoints = unitOf(id) === 'percent' && costOf(id, 1) < 0;
  const gain = byPoints ? mine - other : gainPercent(mine, other);
  if (gain === null) return null;
  // What is not seen in the digits shown is no difference.
  if (Math.abs(gain) < (byPoints ? 0.05 : 0.5)) return { text: same, good: false };
  const size = byPoints
    ? t().quality.points(f().number(Math.abs(gain), 3))
    : f().percent(Math.abs(gain), 0);
  return { text: gain > 0 ? better(size) : worse(size), good: gain > 0 };
}
