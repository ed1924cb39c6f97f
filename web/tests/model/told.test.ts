import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/lib/api';
import { en } from '../../src/lib/i18n/en';
import { formats } from '../../src/lib/i18n/format';
import { ru } from '../../src/lib/i18n/ru';
import { noteText, reasonText } from '../../src/lib/model/told';
import { ofClasses, ofNumbers } from './quality';

const decision = (kind: Decision['kind'], evidence: unknown = {}): Decision => ({
  id: 'd1',
  kind,
  version: 'v2',
  previous: 'v1',
  reason: 'as stored',
  evidence,
  decided_by: 'system',
  at: '2026-09-05T12:00:00Z',
});

describe('a note', () => {
  const note = { code: 'late_openings', count: 2, text: '2 series begin later than the first' };
  it('is worded by its code in either language', () => {
    expect(noteText(note, ru)).toMatch(/^Начинаются позже первого: 2\sряда$/);
    expect(noteText(note, en)).toMatch(/^2\sseries/);
  });
  it('counts other things of a model of records where its code does', () => {
    const chosen = { code: 'engine_chosen', count: 300, text: 'linear was kept' };
    expect(noteText(chosen, en)).toContain('out of 300');
    expect(noteText(chosen, en, true)).toMatch(/300\sheld-out rows/);
    expect(noteText(note, ru, true)).toBe(noteText(note, ru));
  });
  it('that is new to the page is shown as the server words it', () => {
    expect(noteText({ ...note, code: 'from_a_newer_server' }, ru)).toBe(note.text);
  });
});

describe('the reason of a decision', () => {
  const said = (d: Decision) => reasonText(d, ru, formats('ru'));
  it('is a person’s own words where a person decided', () => {
    expect(said(decision('deploy'))).toBe('as stored');
    expect(said(decision('rollback'))).toBe('as stored');
  });
  it('is translated where the program decided', () => {
    expect(said(decision('first_champion'))).toBe(ru.decided.first);
    expect(said(decision('kept'))).toBe(ru.decided.kept);
    const file = { format: 'onnx', sha256: 'ab', bytes: 9 };
    expect(said(decision('kept', { file }))).toBe(ru.decided.imported);
  });
  it('of a trial tells its live days, and the way back', () => {
    const probation = { age_days: 9 };
    const worse = {
      outcome: 'roll_back',
      reason: { code: 'worse', harm: 0.12, days: 8, level: 0.05 },
    };
    const back = said(decision('auto_rollback', { probation, verdict: worse }));
    expect(back).toMatch(/8\. Хуже на 12,0\s%/);
    expect(back).toContain('разверните v1');
    const fine = { outcome: 'watch', reason: { code: 'not_worse', days: 3, harm: null } };
    const next = { code: 'advance', share: 0.25 };
    expect(said(decision('canary_step', { probation, verdict: fine, next }))).toMatch(/25,0\s%/);
    const better = { outcome: 'promote', reason: { code: 'better_live', gain: 0.2, days: 9 } };
    expect(said(decision('promoted', { live: {}, verdict: better }))).toContain('20,0');
    const strange = { outcome: 'watch', reason: { code: 'from_a_newer_server' } };
    expect(said(decision('challenger_ended', { live: {}, verdict: strange }))).toBe('as stored');
  });
  it('of a comparison tells its numbers, by the code of the rule', () => {
    const judged = (kind: Decision['kind'], reason: object) =>
      said(decision(kind, { verdict: { outcome: 'promote', reason } }));
    const gain = { code: 'gain', gain: 0.0812, size: 'significant', p: 0.003, level: 0.05 };
    expect(judged('promoted', gain)).toMatch(/^Лучше на 8,1\s%.*p = 0,003, меньше 0,05/);
    expect(
      said(
        decision('kept', {
          verdict: { outcome: 'keep', reason: { code: 'no_gain', gain: -0.02, floor: 0.01 } },
        }),
      ),
    ).toContain('1,0');
    expect(
      judged('rejected', { code: 'segment_harm', segment: 'Пушкин', harm: null, limit: 0.1 }),
    ).toContain('«Пушкин» хуже на —');
    expect(judged('kept', gain), 'a limit asked for by hand').toBe('as stored');
    expect(
      said(decision('kept', { verdict: { outcome: 'keep', reason: { code: 'of_tomorrow' } } })),
    ).toBe(ru.decided.kept);
  });
  it('of a model that was not trained again tells why', () => {
    expect(said(decision('not_retrained', { trigger: null, refusal: null }))).toBe(
      ru.decided.retrain.none,
    );
    expect(said(decision('not_retrained', { trigger: { code: 'age' } }))).toBe(
      ru.decided.retrain.unchanged,
    );
    const stopped = { code: 'source_stopped', days: 31, limit: 14 };
    expect(said(decision('not_retrained', { refusal: stopped }))).toContain('31');
  });
  it('of a refusal tells which guard held', () => {
    expect(said(decision('rejected', { overall: { wape: null } }))).toBe(ru.decided.unmeasured);
    expect(said(decision('rejected', { overall: { wape: 7 }, largest_ratio: 120.46 }))).toContain(
      '120,5',
    );
    expect(said(decision('rejected', { overall: { wape: 7 } }))).toBe('as stored');
  });
  it('of a model of records tells both numbers', () => {
    const quality = ofClasses({ log_loss: 2.61234 });
    const baseline = ofClasses({ log_loss: 2.4 });
    const text = said(decision('rejected', { quality, baseline }));
    expect(text).toContain('2,612');
    expect(text).toContain('2,4 у');
    expect(
      said(
        decision('rejected', { quality: ofNumbers({ rmse: 9 }), baseline: ofNumbers({ rmse: 8 }) }),
      ),
    ).toMatch(/^RMSE 9 /);
    expect(said(decision('rejected', { quality: ofClasses(), baseline }))).toBe(
      ru.decided.unmeasuredRecords,
    );
    expect(said(decision('rejected', { quality }))).toBe('as stored');
  });
});
