/** What a training noticed, by code. */

import { n } from './n';

const series = (k: number) => n(k, 'series', 'series');
const periods = (k: number) => n(k, 'period', 'periods');

export const noted = {
  noted: {
    closed_series: (k: number) => `${series(k)} closed at the end of the history: forecast as zero`,
    constant_series: (k: number) => `${series(k)} with one value throughout`,
    calibrated: (k: number) =>
      `Probabilities are calibrated on ${n(k, 'held-out row', 'held-out rows')}`,
    classes_with_one_row: (k: number) =>
      `${n(k, 'class', 'classes')} with a single row: too few to learn or to measure`,
    coverage_unknown: () => 'With one fold the coverage of intervals cannot be checked',
    device_fallback: () =>
      'Trained on the CPU: a GPU would have been faster, but none could be used (the training’s log says why)',
    device_gpu: () => 'Trained on a GPU',
    duplicates_summed: (k: number) =>
      `${n(k, 'row', 'rows')} with the same series and date as another, summed with it`,
    empty_columns: (k: number) =>
      `${n(k, 'column', 'columns')} without any value, nothing to learn from`,
    engine_left_out: (k: number) =>
      `${n(k, 'engine', 'engines')} could not learn from these rows, left out`,
    engines_blended: (k: number) =>
      `A blend of ${n(k, 'engine', 'engines')} was chosen by validation`,
    engines_by_series: (k: number) =>
      `Each series has the engine that suits it, out of ${k.toString()}`,
    engine_chosen: (k: number) => `The engine was chosen out of ${k.toString()} by validation`,
    fewer_folds: (k: number) => `The history is long enough for ${n(k, 'fold', 'folds')} only`,
    frequency_guessed: () => 'The frequency was guessed from the dates',
    gaps: (k: number) =>
      `${periods(k)} missing inside series, handled as the spec’s “missing” says`,
    hierarchy_left_out: (k: number) => `Nothing was reconciled: ${n(k, 'sum', 'sums')}`,
    history_shortened: (k: number) =>
      `Trees do not learn from the first ${periods(k)}: the panel is too large`,
    imported: () => 'Imported: another program learnt it, and its quality was not measured',
    missing_as_zero: () => 'A missing number counts as zero: networks of other programs know none',
    no_intervals: () => 'No intervals: they are learnt from held-out rows, and a file brings none',
    late_data: (k: number) => `${periods(k)} missing at the end of series that others have`,
    level_shifts: (k: number) => `${series(k)} changed their level for good`,
    late_openings: (k: number) => `${series(k)} beginning later than the first`,
    look_alikes: (k: number) => `${series(k)} with a past borrowed from the most alike`,
    negative_values: (k: number) =>
      `${n(k, 'negative value', 'negative values')}, kept as they are`,
    no_trees: (k: number) =>
      `Too little history for trees: ${n(k, 'row', 'rows')} before the first fold`,
    not_measured: (k: number) =>
      `Too few rows to hold any out (${k.toString()}): quality was not measured, probabilities are not calibrated`,
    one_class: (k: number) =>
      `All ${n(k, 'row', 'rows')} are of one class: it is the answer to everything`,
    outliers: (k: number) => `${n(k, 'value', 'values')} far out of the ordinary, kept as they are`,
    outliers_masked: (k: number) =>
      `${n(k, 'value', 'values')} far out of the ordinary, not learnt from`,
    reconciled: (k: number) => `${n(k, 'sum', 'sums')} made to agree with their series`,
    records_engine_chosen: (k: number) =>
      `The engine was chosen by its error on ${n(k, 'held-out row', 'held-out rows')}`,
    rows_without_target: (k: number) => `${n(k, 'row', 'rows')} without an answer, left out`,
    statistical_left_out: (k: number) =>
      `${series(k)} are too many to try statistical engines by themselves`,
    series_without_target: (k: number) => `${series(k)} without any target, left out`,
    unopened_zeros: (k: number) =>
      `${series(k)} beginning with long runs of zeros, taken for not yet open`,
  },
};
