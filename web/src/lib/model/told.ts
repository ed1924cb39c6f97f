/** What the program says of a training and of its own decisions, in the reader's words. */

import type { Decision, Quality, TrainingReport } from '../api';
import type { Dictionary } from '../i18n/en';
import type { Formats } from '../i18n/format';
import { told } from '../i18n/told';
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

/** A rule's reason: a code and its numbers. */
type Reason = { code: string } & Record<string, unknown>;
interface Evidence {
  verdict?: { reason: Reason };
  refusal?: Reason | null;
  trigger?: Reason | null;
}

/** Why: the program's own reasons are worded here, a person's are theirs. */
export function reasonText(
  { kind, reason, evidence }: Decision,
  { decided, measure }: Dictionary,
  { exact, number, percent }: Pick<Formats, 'exact' | 'number' | 'percent'>,
): string {
  const { verdict, refusal, trigger } = (evidence ?? {}) as Evidence;
  // A limit that was asked for by hand is told as the server words it, over what the rule says.
  if (kind === 'kept' && reason.includes('asked for')) return reason;
  if (verdict && verdict.reason.code in decided.promotion) {
    const code = verdict.reason.code as keyof typeof decided.promotion;
    return decided.promotion[code](told(verdict.reason, { number, percent }));
  }
  switch (kind) {
    case 'first_champion':
      return decided.first;
    case 'not_retrained':
      if (refusal && refusal.code in decided.retrain) {
        const say = decided.retrain[refusal.code as keyof typeof decided.retrain];
        return typeof say === 'string' ? say : say(told(refusal, { number, percent }));
      }
      return trigger ? decided.retrain.unchanged : decided.retrain.none;
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
