/** How a model is doing, in one word and the reason. The same rule everywhere it is shown. */

import type { Metrics, Quality } from '../api/types';
import { lossOf } from './measures';

export type Level = 'ok' | 'watch' | 'act' | 'training';
export type Why =
  | { because: 'fine' }
  | { because: 'informed' }
  | { because: 'training' }
  | { because: 'none' }
  | { because: 'unmeasured' }
  | { because: 'worse' }
  | { because: 'blind' }
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
    champion_quality: Quality | null;
    champion_since: string | null;
    training: boolean;
    /** Of a forecast: what simple rules reach on the same rows. */
    baselines?: (Metrics | null)[];
    /** Of a model of records: what answering without looking at the columns reaches. */
    blind?: Quality | null;
  },
  now: number,
): Verdict {
  if (!facts.champion) {
    return facts.training
      ? { level: 'training', why: { because: 'training' } }
      : { level: 'act', why: { because: 'none' } };
  }
  const quality = facts.champion_quality;
  const error = quality ? lossOf(quality) : (facts.champion_metrics?.wape ?? null);
  if (error === null) return { level: 'watch', why: { because: 'unmeasured' } };
  const rules = quality
    ? [lossOf(facts.blind)]
    : (facts.baselines ?? []).map((rule) => rule?.wape ?? null);
  if (rules.some((rule) => rule !== null && rule <= error)) {
    return { level: 'watch', why: { because: quality ? 'blind' : 'worse' } };
  }
  if (facts.champion_since) {
    const days = daysSince(facts.champion_since, now);
    if (days > OLD_DAYS) return { level: 'watch', why: { because: 'old', days } };
  }
  return { level: 'ok', why: { because: quality ? 'informed' : 'fine' } };
}
