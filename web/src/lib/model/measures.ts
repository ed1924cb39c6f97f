/** The numbers that tell how right a version is, by task: what each is, and which way is better. */

import type { Metrics, Quality } from '../api/types';

export type Task = 'forecast' | 'classification' | 'regression';

/** What was measured: of a forecast its metrics, of a model of records its quality, or neither. */
export interface Measured {
  metrics: Metrics | null;
  quality: Quality | null;
}

/** What is known of the version that serves a model. */
export const servedOf = (model: {
  champion_metrics: Metrics | null;
  champion_quality: Quality | null;
}): Measured => ({ metrics: model.champion_metrics, quality: model.champion_quality });

const smaller = (v: number) => v;
const larger = (v: number) => -v;

/** Each number's unit, and what it costs: the smaller the cost, the better the version. */
const MEASURES = {
  wape: { unit: 'percent', cost: smaller },
  mape: { unit: 'percent', cost: smaller },
  smape: { unit: 'percent', cost: smaller },
  mae: { unit: 'number', cost: smaller },
  rmse: { unit: 'number', cost: smaller },
  median_error: { unit: 'number', cost: smaller },
  mase: { unit: 'number', cost: smaller },
  // A bias is better the nearer it is to zero, on either side.
  bias_percent: { unit: 'percent', cost: Math.abs },
  bias: { unit: 'number', cost: Math.abs },
  r2: { unit: 'number', cost: larger },
  accuracy: { unit: 'percent', cost: larger },
  balanced_accuracy: { unit: 'percent', cost: larger },
  macro_f1: { unit: 'percent', cost: larger },
  weighted_f1: { unit: 'percent', cost: larger },
  top3: { unit: 'percent', cost: larger },
  log_loss: { unit: 'number', cost: smaller },
  ece: { unit: 'percent', cost: smaller },
  needs_person: { unit: 'percent', cost: smaller },
  answered_accuracy: { unit: 'percent', cost: larger },
} as const;

export type MeasureId = keyof typeof MEASURES;

/** All that two versions of a model are compared by, the most telling first. */
const BY_TASK: Record<Task, readonly MeasureId[]> = {
  forecast: ['wape', 'mape', 'smape', 'mae', 'rmse', 'mase', 'bias_percent', 'r2'],
  classification: [
    'accuracy',
    'macro_f1',
    'log_loss',
    'balanced_accuracy',
    'weighted_f1',
    'top3',
    'ece',
    'needs_person',
    'answered_accuracy',
  ],
  regression: ['mae', 'rmse', 'median_error', 'wape', 'mape', 'r2', 'bias'],
};

/** The two that there is room for in a list of versions. */
const LISTED: Record<Task, readonly MeasureId[]> = {
  forecast: ['wape', 'mape'],
  classification: ['accuracy', 'log_loss'],
  regression: ['mae', 'r2'],
};

/** The few by which engines are chosen. */
const SHORT: Record<Task, readonly MeasureId[]> = {
  forecast: ['wape', 'mape'],
  classification: ['accuracy', 'macro_f1', 'log_loss'],
  regression: ['mae', 'rmse', 'r2'],
};

export const measuresOf = (task: Task): readonly MeasureId[] => BY_TASK[task];
export const listedMeasuresOf = (task: Task): readonly MeasureId[] => LISTED[task];
export const shortMeasuresOf = (task: Task): readonly MeasureId[] => SHORT[task];
export const unitOf = (id: MeasureId): 'percent' | 'number' => MEASURES[id].unit;
export const costOf = (id: MeasureId, value: number): number => MEASURES[id].cost(value);

/** A measure's value, shares in percent; null where it was not measured or has no meaning. */
export function valueOf({ metrics, quality }: Measured, id: MeasureId): number | null {
  const source = (quality ?? metrics) as Record<string, unknown> | null;
  const raw = source?.[id === 'needs_person' ? 'answered' : id];
  if (typeof raw !== 'number') return null;
  if (id === 'needs_person') return 100 * (1 - raw);
  // A classifier's shares are 0 to 1; percentages of numbers come as such.
  return quality?.task === 'classification' && MEASURES[id].unit === 'percent' ? 100 * raw : raw;
}

/** The number that a model is known by where there is room for one, and those that stand beside it. */
export interface Headline {
  main: MeasureId;
  beside: MeasureId[];
}

export function headlineOf(task: Task, measured: Measured): Headline {
  if (task === 'classification') return { main: 'accuracy', beside: ['macro_f1', 'needs_person'] };
  if (task === 'forecast') return { main: 'wape', beside: ['mape', 'bias_percent'] };
  // A share says more than a number in a unit that the reader does not know, but zeros leave none.
  return valueOf(measured, 'wape') === null
    ? { main: 'mae', beside: ['rmse', 'r2'] }
    : { main: 'wape', beside: ['mae', 'r2'] };
}

/** How much smaller an error is than another, in percent of the other; negative where it is larger. */
export function gainPercent(
  error: number | null | undefined,
  than: number | null | undefined,
): number | null {
  if (typeof error !== 'number' || typeof than !== 'number' || than === 0) return null;
  return (100 * (than - error)) / than;
}

/** The error that a model of records is judged by: log-loss of classes, RMSE of numbers. */
export function lossOf(quality: Quality | null | undefined): number | null {
  if (!quality) return null;
  return quality.task === 'classification' ? quality.log_loss : quality.rmse;
}
