/** What the program says of a training and of its own decisions, in the reader's words. */

import type { Decision, Quality, TrainingReport } from '../api';
import type { Dictionary } from '../i18n/en';
import type { Formats } from '../i18n/format';
import { lossOf } from './measures';

type Note = TrainingReport['notes'][number];

/**
 * A note by its code; one that this page does not know yet is shown as the server words it. Of a model of
 * records some codes count other things.
 */
export function noteText(note: Note, { noted }: Dictionary, ofRecords = false): string {
  const { count, text } = note;
  const special = `records_${note.code}`;
  const code = ofRecords && special in noted ? special : note.code;
  return code in noted ? noted[code as keyof typeof noted](count) : text;
}

/** Why: the program's own reasons are worded here, a person's are theirs. */
export function reasonText(
  { kind, reason, evidence }: Decision,
  { decided, measure }: Dictionary,
  { exact, number }: Pick<Formats, 'exact' | 'number'>,
): string {
  switch (kind) {
    case 'first_champion':
      return decided.first;
    case 'kept':
      return (evidence as { file?: unknown } | null)?.file ? decided.imported : decided.kept;
    case 'rejected': {
      const numbers = (evidence ?? {}) as {
        overall?: { wape?: number | null };
        largest_ratio?: number;
        quality?: Quality;
        baseline?: Quality;
      };
      if (numbers.quality) {
        const [own, blind] = [lossOf(numbers.quality), lossOf(numbers.baseline)];
        if (own === null) return decided.unmeasuredRecords;
        const name = numbers.quality.task === 'classification' ? 'log_loss' : 'rmse';
        return blind === null ? reason : decided.blind(measure[name], number(own), number(blind));
      }
      if ((numbers.overall?.wape ?? null) === null) return decided.unmeasured;
      return numbers.largest_ratio === undefined
        ? reason
        : decided.absurd(exact(Math.round(numbers.largest_ratio * 10) / 10));
    }
    default:
      return reason;
  }
}
