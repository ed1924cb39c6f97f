/** What the program says of a training and of its own decisions, in the reader's words. */

import type { Decision, TrainingReport } from '../api';
import type { Dictionary } from '../i18n/en';
import type { Formats } from '../i18n/format';

type Note = TrainingReport['notes'][number];

/** A note by its code; one that this page does not know yet is shown as the server words it. */
export function noteText({ code, count, text }: Note, { noted }: Dictionary): string {
  return code in noted ? noted[code as keyof typeof noted](count) : text;
}

/** Why: the program's own reasons are worded here, a person's are theirs. */
export function reasonText(
  { kind, reason, evidence }: Decision,
  { decided }: Dictionary,
  { exact }: Pick<Formats, 'exact'>,
): string {
  switch (kind) {
    case 'first_champion':
      return decided.first;
    case 'kept':
      return decided.kept;
    case 'rejected': {
      const numbers = (evidence ?? {}) as {
        overall?: { wape?: number | null };
        largest_ratio?: number;
      };
      if ((numbers.overall?.wape ?? null) === null) return decided.unmeasured;
      return numbers.largest_ratio === undefined
        ? reason
        : decided.absurd(exact(Math.round(numbers.largest_ratio * 10) / 10));
    }
    default:
      return reason;
  }
}
