import { describe, expect, it } from 'vitest';
import { daysSince, judge, OLD_DAYS } from '../../src/lib/model/verdict';
import { metrics } from './metrics';
import { ofClasses, ofNumbers } from './quality';

const now = Date.parse('2026-09-05T12:00:00Z');
const daysAgo = (days: number) => new Date(now - days * 86_400_000).toISOString();
const serving = {
  champion: 'v1',
  champion_metrics: metrics({ wape: 7 }),
  champion_quality: null,
  champion_since: daysAgo(1),
  training: false,
};

describe('the verdict', () => {
  it('is in order where a version serves, is measured, fresh, and better than the rules', () => {
    expect(judge({ ...serving, baselines: [metrics({ wape: 9 })] }, now)).toEqual({
      level: 'ok',
      why: { because: 'fine' },
    });
    expect(judge(serving, now).level).toBe('ok');
  });
  it('asks to act where nothing serves, unless a training is on its way', () => {
    const none = { ...serving, champion: null, champion_metrics: null, champion_since: null };
    expect(judge(none, now)).toEqual({ level: 'act', why: { because: 'none' } });
    expect(judge({ ...none, training: true }, now).level).toBe('training');
  });
  it('is about the serving version also while another is trained', () => {
    expect(judge({ ...serving, training: true }, now).level).toBe('ok');
  });
  it('asks to watch a version that was not measured', () => {
    expect(judge({ ...serving, champion_metrics: null }, now).why.because).toBe('unmeasured');
    expect(judge({ ...serving, champion_metrics: metrics({}) }, now).why.because).toBe(
      'unmeasured',
    );
  });
  it('asks to watch a version that a simple rule equals or beats', () => {
    const baselines = [metrics({ wape: 12 }), metrics({ wape: 7 })];
    expect(judge({ ...serving, baselines }, now)).toEqual({
      level: 'watch',
      why: { because: 'worse' },
    });
    expect(judge({ ...serving, baselines: [null, metrics({})] }, now).level).toBe('ok');
  });
  it('asks to watch a version that grew old', () => {
    expect(judge({ ...serving, champion_since: daysAgo(OLD_DAYS) }, now).level).toBe('ok');
    expect(judge({ ...serving, champion_since: daysAgo(OLD_DAYS + 1) }, now)).toEqual({
      level: 'watch',
      why: { because: 'old', days: OLD_DAYS + 1 },
    });
  });
});

describe('days since', () => {
  it('are whole days, never below zero', () => {
    expect(daysSince(daysAgo(2.9), now)).toBe(2);
    expect(daysSince(daysAgo(-1), now)).toBe(0);
  });
});

describe('the verdict on a model of records', () => {
  const classes = {
    ...serving,
    champion_metrics: null,
    champion_quality: ofClasses({ log_loss: 0.6 }),
  };
  it('is in order where it is better than answering without looking', () => {
    expect(judge({ ...classes, blind: ofClasses({ log_loss: 2.4 }) }, now)).toEqual({
      level: 'ok',
      why: { because: 'informed' },
    });
    // A list does not know what answering without looking reaches.
    expect(judge(classes, now).level).toBe('ok');
    const numbers = { ...classes, champion_quality: ofNumbers({ rmse: 3 }) };
    expect(judge({ ...numbers, blind: ofNumbers({ rmse: 9 }) }, now).level).toBe('ok');
  });
  it('asks to watch one that knows no more than the frequencies', () => {
    expect(judge({ ...classes, blind: ofClasses({ log_loss: 0.6 }) }, now)).toEqual({
      level: 'watch',
      why: { because: 'blind' },
    });
    const numbers = { ...classes, champion_quality: ofNumbers({ rmse: 9 }) };
    expect(judge({ ...numbers, blind: ofNumbers({ rmse: 8 }) }, now).why.because).toBe('blind');
  });
  it('asks to watch one that was not measured, or grew old', () => {
    expect(judge({ ...classes, champion_quality: ofClasses() }, now).why.because).toBe(
      'unmeasured',
    );
    const old = { ...classes, champion_since: daysAgo(OLD_DAYS + 5) };
    expect(judge(old, now).why).toEqual({ because: 'old', days: OLD_DAYS + 5 });
  });
});
