/** How a model is doing, in one word and the reason. The same rule everywhere it is shown. */

import type { Metrics } from '../api/types';

export type Level = 'ok' | 'watch' | 'act' | 'training';
export type Why =
  | { because: 'fine' }
  | { because: 'training' }
  | { because: 'none' }
  | { because: 'unmeasured' }
  | { because: 'worse' }
  | { because: 'old'; days: number };
export interface Verdict {
  level: Level;
  why: Why;
}

/** A serving version older than this asks for attention, as the default retraining policy does. */
export const OLD_DAYS = 30;
const DAY_MS = 86_400_000;

export const daysSince = (moment: string, now: number): number =>
  Math.max(0, Math.floor((now - Date.parse(moment)) / DAY_MS));

export function judge(
  facts: {
    champion: string | null;
    champion_metrics: Metrics | null;
    champion_since: string | null;
    training: boolean;
    baselines?: (Metrics | null)[];
  },
  now: number,
): Verdict {
  if (!facts.champion) {
    return facts.training
      ? { level: 'training', why: { because: 'training' } }
      : { level: 'act', why: { because: 'none' } };
  }
  const wape = facts.champion_metrics?.wape ?? null;
  if (wape === null) return { level: 'watch', why: { because: 'unmeasured' } };
  const beaten = (facts.baselines ?? []).some((b) => typeof b?.wape === 'number' && b.wape <= wape);
  if (beaten) return { level: 'watch', why: { because: 'worse' } };
  if (facts.champion_since) {
    const days = daysSince(facts.champion_since, now);
    if (days > OLD_DAYS) return { level: 'watch', why: { because: 'old', days } };
  }
  return { level: 'ok', why: { because: 'fine' } };
}

/** How much smaller an error is than another, in percent of the other; negative where it is larger. */
export function gainPercent(
  error: number | null | undefined,
  than: number | null | undefined,
): number | null {
  if (typeof error !== 'number' || typeof than !== 'number' || than === 0) return null;
  return (100 * (than - error)) / than;
}
