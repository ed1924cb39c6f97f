/** Why the program itself decided as it did, by code. */

import { n } from './n';

export const decided = {
  decided: {
    first: 'The first version that passed the checks.',
    kept: 'Another version serves. Deploy this one to replace it.',
    imported: 'Imported, and nobody measured it: it serves only if a person deploys it.',
    unmeasured: 'Accuracy could not be measured: no fold has a non-zero actual.',
    unmeasuredRecords: 'Quality could not be measured: no held-out row has a known answer.',
    blind: (measure: string, own: string, blind: string) =>
      `${measure} ${own} is worse than ${blind}, which answering without looking gives.`,
    absurd: (ratio: string) =>
      `The forecast reaches ${ratio} times the largest value in the history; at most 100 is sane.`,
    promotion: {
      broken_answers: (k: number) => `${n(k, 'answer is', 'answers are')} missing or not finite.`,
      out_of_range: (limit: string) =>
        `An answer is out of all proportion to the history; at most ${limit} times its largest value is sane.`,
      too_slow: (ms: string, limit: string) =>
        `An answer takes ${ms} ms, at most ${limit} is allowed.`,
      too_large: (bytes: string, limit: string) =>
        `The saved model has ${bytes} bytes, at most ${limit} are allowed.`,
      segment_harm: (segment: string, harm: string, limit: string) =>
        `Worse on “${segment}” by ${harm}, and that is not chance; ${limit} is allowed.`,
      forced: (gain: string) =>
        `A person skipped effect and evidence. Measured improvement: ${gain}.`,
      not_compared: 'No rows that neither version was fitted on tell them apart yet.',
      no_gain: (gain: string, floor: string) => `The improvement of ${gain} is not above ${floor}.`,
      unproven: (gain: string, p: string, level: string) =>
        `The improvement of ${gain} may be chance (${p}, wanted below ${level}).`,
      gain: (gain: string, p: string, level: string) =>
        `Better by ${gain}, and that is not chance (${p}, below ${level}).`,
    },
    retrain: {
      none: 'Nothing asks for it.',
      unchanged: 'Neither rows nor spec have changed since the serving version was trained.',
      too_few_rows: (rows: string, wanted: string) =>
        `There are ${rows} rows, at least ${wanted} are wanted.`,
      source_stopped: (days: string, limit: string) =>
        `The newest row is ${days} days old; over ${limit} the source counts as stopped.`,
      failed_checks: 'Checks of the data failed.',
    },
  },
};
