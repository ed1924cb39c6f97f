import type { ClassQuality, NumberQuality } from '../../src/lib/api/types';

/** The quality of a classifier with some values; what is not named is absent, as from the server. */
export const ofClasses = (values: Partial<ClassQuality> = {}): ClassQuality => ({
  task: 'classification',
  n: 100,
  unknown: 0,
  accuracy: null,
  balanced_accuracy: null,
  macro_f1: null,
  weighted_f1: null,
  log_loss: null,
  top3: null,
  ece: null,
  answered: null,
  answered_accuracy: null,
  classes: [],
  confusion: [],
  reliability: [],
  ...values,
});

/** The same of a regression. */
export const ofNumbers = (values: Partial<NumberQuality> = {}): NumberQuality => ({
  task: 'regression',
  n: 100,
  mae: null,
  rmse: null,
  median_error: null,
  mape: null,
  wape: null,
  r2: null,
  bias: null,
  coverage: [],
  ...values,
});
