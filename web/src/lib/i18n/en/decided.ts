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
      unanswered: (rows: string, share: string, limit: string) =>
        `The serving version answers ${rows} rows that this one does not (${share}, at most ${limit}).`,
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
    probation: {
      broken_answers: (k: number) =>
        `${n(k, 'answer is not a number', 'answers are not numbers')}.`,
      worse: (harm: string, days: string) =>
        `Over ${days} live days worse by ${harm}, and that is not chance.`,
      slightly_worse: (harm: string, days: string, floor: string) =>
        `Over ${days} live days worse by ${harm}, which is negligible: ${floor} is allowed.`,
      not_worse: (days: string) => `Over ${days} live days not shown to be worse.`,
      too_few_days: (days: string, wanted: string) =>
        `Only ${days} days have actuals, ${wanted} are wanted.`,
      wayBack: (version: string) => `Deploy ${version} to take it back.`,
      share: (share: string) => `It answers ${share} from now on.`,
    },
    live: {
      broken_live: (k: number) =>
        `${n(k, 'live answer is not a number', 'live answers are not numbers')}.`,
      worse_live: (harm: string, days: string) =>
        `Over ${days} live days worse than the serving version by ${harm}, and that is not chance.`,
      better_live: (gain: string, days: string) =>
        `Over ${days} live days better than the serving version by ${gain}, and that is not chance.`,
      harms_live: (segment: string, harm: string, limit: string) =>
        `Better as a whole, but worse on “${segment}” by ${harm}; ${limit} is allowed.`,
      unproven_live: (gain: string, days: string) =>
        `Its time is over: an improvement of ${gain} over ${days} live days proves nothing.`,
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
