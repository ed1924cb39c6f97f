import type { Metrics } from '../../src/lib/api/types';

/** Metrics with some values; what is not named is absent, as from the server. */
export const metrics = (values: Partial<Metrics>): Metrics => ({
  n: 100,
  zero_actuals: 0,
  mae: null,
  rmse: null,
  wape: null,
  mape: null,
  smape: null,
  mase: null,
  bias: null,
  bias_percent: null,
  r2: null,
  coverage: [],
  width: [],
  ...values,
});
