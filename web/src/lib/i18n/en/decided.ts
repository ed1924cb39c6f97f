/** Why the program itself decided as it did, by code. */

import type { Told } from '../told';
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
      broken_answers: (v: Told) =>
        `${n(v.number('count'), 'answer is', 'answers are')} missing or not finite.`,
      out_of_range: (v: Told) =>
        `An answer is out of all proportion to the history; at most ${v.text('limit')} times its largest value is sane.`,
      too_slow: (v: Told) =>
        `An answer takes ${v.text('ms')} ms, at most ${v.text('limit')} is allowed.`,
      too_large: (v: Told) =>
        `The saved model has ${v.text('bytes')} bytes, at most ${v.text('limit')} are allowed.`,
      segment_harm: (v: Told) =>
        `Worse on “${v.text('segment')}” by ${v.percent('harm')}, beyond chance (p = ${v.text('p')}); ${v.percent('limit')} is allowed. Parts harmed: ${v.text('count')}.`,
      forced: (v: Told) =>
        `A person skipped effect and evidence. Measured improvement: ${v.percent('gain')}.`,
      not_compared: () => 'No rows that neither version was fitted on tell them apart yet.',
      no_gain: (v: Told) =>
        `The improvement of ${v.percent('gain')} is not above ${v.percent('floor')}.`,
      unproven: (v: Told) =>
        `The improvement of ${v.percent('gain')} may be chance (p = ${v.text('p')}, wanted below ${v.text('level')}).`,
      gain: (v: Told) =>
        `Better by ${v.percent('gain')}, and that is not chance (p = ${v.text('p')}, below ${v.text('level')}).`,
    },
    retrain: {
      none: 'Nothing asks for it.',
      unchanged: 'Neither rows nor spec have changed since the serving version was trained.',
      too_few_rows: (v: Told) =>
        `There are ${v.text('rows')} rows, at least ${v.text('wanted')} are wanted.`,
      source_stopped: (v: Told) =>
        `The newest row is ${v.text('days')} days old; over ${v.text('limit')} the source counts as stopped.`,
      failed_checks: () => 'Checks of the data failed.',
    },
  },
};
