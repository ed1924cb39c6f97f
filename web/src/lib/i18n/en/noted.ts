/** What a training noticed, by code, and why the program itself decided as it did. */

import { n } from './n';

const series = (k: number) => n(k, 'series', 'series');
const periods = (k: number) => n(k, 'period', 'periods');

export const noted = {
  noted: {
    closed_series: (k: number) => `${series(k)} closed at the end of the history: forecast as zero`,
    constant_series: (k: number) => `${series(k)} with one value throughout`,
    coverage_unknown: () => 'With one fold the coverage of intervals cannot be checked',
    duplicates_summed: (k: number) =>
      `${n(k, 'row', 'rows')} with the same series and date as another, summed with it`,
    engine_chosen: (k: number) => `The engine was chosen out of ${k.toString()} by validation`,
    fewer_folds: (k: number) => `The history is long enough for ${n(k, 'fold', 'folds')} only`,
    frequency_guessed: () => 'The frequency was guessed from the dates',
    gaps: (k: number) =>
      `${periods(k)} missing inside series, handled as the spec’s “missing” says`,
    history_shortened: (k: number) =>
      `Trees do not learn from the first ${periods(k)}: the panel is too large`,
    late_data: (k: number) => `${periods(k)} missing at the end of series that others have`,
    late_openings: (k: number) => `${series(k)} beginning later than the first`,
    negative_values: (k: number) =>
      `${n(k, 'negative value', 'negative values')}, kept as they are`,
    no_trees: (k: number) =>
      `Too little history for trees: ${n(k, 'row', 'rows')} before the first fold`,
    series_without_target: (k: number) => `${series(k)} without any target, left out`,
    unopened_zeros: (k: number) =>
      `${series(k)} beginning with long runs of zeros, taken for not yet open`,
  },
  decided: {
    first: 'The first version that passed the checks.',
    kept: 'Another version serves. Deploy this one to replace it.',
    unmeasured: 'Accuracy could not be measured: no fold has a non-zero actual.',
    absurd: (ratio: string) =>
      `The forecast reaches ${ratio} times the largest value in the history; at most 100 is sane.`,
  },
};
