import { describe, expect, it } from 'vitest';
import type { Performance } from '../../src/lib/api';
import { alertText } from '../../src/lib/model/alert';
import { byGravity, histogramOf } from '../../src/lib/model/drift';
import { courseOf, goes, periodOf } from '../../src/lib/model/live';

type Day = Performance['by_day'][number];
const day = (date: string, value: number) => ({ date, value, metrics: null }) as unknown as Day;

describe('the course of live accuracy', () => {
  it('leaves a hole where nothing is known and begins with the first day that is', () => {
    const of = {
      from: '2026-01-01',
      to: '2026-01-06',
      by_day: [day('2026-01-03', 5), day('2026-01-05', 7)],
    };
    const { xs, headline } = courseOf(of);
    expect(xs.map((x) => new Date(x).toISOString().slice(8, 10))).toEqual(['03', '04', '05', '06']);
    expect(headline).toEqual([5, null, 7, null]);
  });
  it('takes only the periods that it offers', () => {
    expect([periodOf('7'), periodOf('365'), periodOf('8'), periodOf(null)]).toEqual([
      7, 365, 30, 30,
    ]);
  });
  it('calls a falling error and a rising share better', () => {
    const trend = (direction: number) => ({ direction }) as Performance['trend'];
    expect(goes({ metric: 'mape', trend: trend(-1) })).toBe('better');
    expect(goes({ metric: 'accuracy', trend: trend(-1) })).toBe('worse');
    expect(goes({ metric: 'mape', trend: trend(0) })).toBe('none');
    expect(goes({ metric: 'mape', trend: null })).toBe('none');
  });
});

describe('a report of drift', () => {
  type Feature = Parameters<typeof byGravity>[0][number];
  const feature = (column: string, verdict: string, excess_psi: number, broken = false) =>
    ({ column, verdict, excess_psi, broken }) as Feature;
  it('shows what is broken first, then the gravest, then the largest', () => {
    const all = [
      feature('calm', 'stable', 0.01),
      feature('small', 'drifted', 0.2),
      feature('gone', 'stable', 0, true),
      feature('large', 'drifted', 0.9),
      feature('sure', 'confirmed', 0.3),
    ];
    expect(byGravity(all).map((one) => one.column)).toEqual([
      'gone',
      'sure',
      'large',
      'small',
      'calm',
    ]);
  });
  it('makes shares of counts, of no rows too', () => {
    const bins = [
      { label: 'a', from: null, to: null, reference: 3, current: 0 },
      { label: null, from: null, to: 5, reference: 1, current: 0 },
      { label: null, from: null, to: null, reference: 0, current: 0 },
    ];
    const found = histogramOf({ bins }, (from, to) => `${from}..${to}`, 'others');
    expect(found.labels).toEqual(['a', 'null..5', 'others']);
    expect(found.reference).toEqual([75, 25, 0]);
    expect(found.current).toEqual([0, 0, 0]);
  });
});

describe('an alert in one line', () => {
  it('says neither its severity nor its subject, which stand beside it', () => {
    const alert = {
      subject: 'sales',
      summary_en: '[CRITICAL] sales: MAPE 16.7%, the limit is 15%',
      summary_ru: '[ТРЕВОГА] sales: ошибка выросла',
    };
    expect(alertText(alert, 'en')).toBe('MAPE 16.7%, the limit is 15%');
    expect(alertText(alert, 'ru')).toBe('Ошибка выросла');
    expect(alertText({ ...alert, summary_en: 'the feed stopped' }, 'en')).toBe('The feed stopped');
  });
});
