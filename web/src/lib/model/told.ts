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

/** A rule's reason: a code and its numbers. */
type Reason = { code: string } & Record<string, unknown>;
interface Evidence {
  verdict?: { outcome: string; reason: Reason };
  refusal?: Reason | null;
  trigger?: Reason | null;
  probation?: object;
  live?: object;
  next?: { code: string; share?: number };
}

type Figures = Pick<Formats, 'number' | 'percent'>;

/** The fields of a reason, in the reader's writing; a dash where one is unknown. */
function fields(of: Reason, { number, percent }: Figures) {
  const found = (name: string, write: (v: number) => string) => {
    const value = of[name];
    if (typeof value === 'number') return write(value);
    return typeof value === 'string' ? value : '—';
  };
  return {
    share: (name: string) => found(name, (v) => percent(100 * v)),
    text: (name: string) => found(name, number),
    /** How likely so much is by chance. */
    chance: (name: string) =>
      found(name, (v) => (v < 0.001 ? `p < ${number(0.001)}` : `p = ${number(v)}`)),
  };
}

function promotionText(
  reason: Reason,
  say: Dictionary['decided']['promotion'],
  figures: Figures,
): string | null {
  const { share, text, chance } = fields(reason, figures);
  switch (reason.code) {
    case 'broken_answers':
      return say.broken_answers(Number(reason['count'] ?? 0));
    case 'unanswered':
      return say.unanswered(text('rows'), share('share'), share('limit'));
    case 'out_of_range':
      return say.out_of_range(text('limit'));
    case 'too_slow':
      return say.too_slow(text('ms'), text('limit'));
    case 'too_large':
      return say.too_large(text('bytes'), text('limit'));
    case 'segment_harm':
      return say.segment_harm(text('segment'), share('harm'), share('limit'));
    case 'forced':
      return say.forced(share('gain'));
    case 'not_compared':
      return say.not_compared;
    case 'no_gain':
      return say.no_gain(share('gain'), share('floor'));
    case 'unproven':
      return say.unproven(share('gain'), chance('p'), text('level'));
    case 'gain':
      return say.gain(share('gain'), chance('p'), text('level'));
    default:
      return null;
  }
}

/** What became of a version in its probation, or of a canary. */
function probationText(
  reason: Reason,
  say: Dictionary['decided']['probation'],
  figures: Figures,
): string | null {
  const { share, text } = fields(reason, figures);
  switch (reason.code) {
    case 'broken_answers':
      return say.broken_answers(Number(reason['count'] ?? 0));
    case 'worse':
      return say.worse(share('harm'), text('days'));
    case 'slightly_worse':
      return say.slightly_worse(share('harm'), text('days'), share('floor'));
    case 'not_worse':
      return say.not_worse(text('days'));
    case 'too_few_days':
      return say.too_few_days(text('days'), text('wanted'));
    default:
      return null;
  }
}

/** What became of a challenger. */
function liveText(
  reason: Reason,
  say: Dictionary['decided']['live'],
  figures: Figures,
): string | null {
  const { share, text } = fields(reason, figures);
  switch (reason.code) {
    case 'broken_live':
      return say.broken_live(Number(reason['count'] ?? 0));
    case 'worse_live':
      return say.worse_live(share('harm'), text('days'));
    case 'better_live':
      return say.better_live(share('gain'), text('days'));
    case 'harms_live':
      return say.harms_live(text('segment'), share('harm'), share('limit'));
    case 'unproven_live':
      return say.unproven_live(share('gain'), text('days'));
    default:
      return null;
  }
}

/** What was seen of a version beside the champion, and what follows from it. */
function trialText(
  { kind, previous }: Decision,
  { verdict, probation, next }: Evidence,
  say: Dictionary['decided'],
  figures: Figures,
): string | null {
  if (!verdict) return null;
  if (!probation) return liveText(verdict.reason, say.live, figures);
  const seen = probationText(verdict.reason, say.probation, figures);
  if (!seen) return null;
  if (kind === 'auto_rollback' && previous) return `${seen} ${say.probation.wayBack(previous)}`;
  if (kind === 'canary_step' && typeof next?.share === 'number') {
    return `${seen} ${say.probation.share(figures.percent(100 * next.share))}`;
  }
  return seen;
}

function refusalText(
  reason: Reason,
  say: Dictionary['decided']['retrain'],
  figures: Figures,
): string | null {
  const { text } = fields(reason, figures);
  switch (reason.code) {
    case 'too_few_rows':
      return say.too_few_rows(text('rows'), text('wanted'));
    case 'source_stopped':
      return say.source_stopped(text('days'), text('limit'));
    case 'failed_checks':
      return say.failed_checks;
    default:
      return null;
  }
}

/** Why: the program's own reasons are worded here, a person's are theirs. */
export function reasonText(
  decision: Decision,
  { decided, measure }: Dictionary,
  { exact, number, percent }: Pick<Formats, 'exact' | 'number' | 'percent'>,
): string {
  const { kind, reason, evidence } = decision;
  const known = (evidence ?? {}) as Evidence;
  const { verdict, refusal, trigger } = known;
  const figures = { number, percent };
  if (known.probation || known.live) return trialText(decision, known, decided, figures) ?? reason;
  // A limit that was asked for by hand stands over what the rule says, in the server's words.
  const limited = kind === 'kept' && verdict?.outcome === 'promote';
  const judged =
    verdict && !limited ? promotionText(verdict.reason, decided.promotion, figures) : null;
  if (judged) return judged;
  switch (kind) {
    case 'first_champion':
      return decided.first;
    case 'not_retrained':
      if (refusal) return refusalText(refusal, decided.retrain, figures) ?? reason;
      return trigger ? decided.retrain.unchanged : decided.retrain.none;
    case 'kept':
      if (limited) return reason;
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
