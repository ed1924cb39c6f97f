/** A forecast as arrays for the chart: one x for history and forecast, bands that start at the last actual. */

import type { SeriesForecast } from '../api/types';
import type { Value } from '../charts/scale';

export interface ForecastChart {
  xs: number[];
  history: Value[];
  forecast: Value[];
  bands: { level: number; lo: Value[]; hi: Value[] }[];
  /** Where the forecast starts. */
  cut: number | null;
}

const moment = (date: string): number =>
  Date.parse(date.length === 10 ? `${date}T00:00:00Z` : date);

export function chartOf(
  series: Pick<SeriesForecast, 'series' | 'history' | 'points'>,
): ForecastChart {
  const past = series.history;
  const ahead = series.points;
  const empty: Value[] = past.map(() => null);
  const history: Value[] = [...past.map((p) => p.value), ...ahead.map(() => null)];
  const forecast: Value[] = [...empty, ...ahead.map((p) => p.value)];
  const levels = [...new Set(ahead.flatMap((p) => p.intervals.map((i) => i.level)))].sort(
    (a, b) => a - b,
  );
  const bands = levels.map((level) => {
    const at = (side: 'lo' | 'hi'): Value[] => [
      ...empty,
      ...ahead.map((p) => p.intervals.find((i) => i.level === level)?.[side] ?? null),
    ];
    return { level, lo: at('lo'), hi: at('hi') };
  });
  const first = ahead[0];
  return {
    xs: [...past, ...ahead].map((p) => moment(p.date)),
    history,
    forecast,
    bands,
    cut: first ? moment(first.date) : null,
  };
}
