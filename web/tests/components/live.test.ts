import type { Component } from 'svelte';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LiveAccuracy, Miss } from '../../src/lib/api/types';
import { html, pretendBrowser, rows, speak } from './render';

const parts: Record<string, Component<Record<string, unknown>>> = {};
beforeAll(async () => {
  pretendBrowser();
  for (const name of ['Misses', 'PartTable']) {
    const loaded = (await import(`../../src/routes/model/live/${name}.svelte`)) as {
      default: Component<Record<string, unknown>>;
    };
    parts[name] = loaded.default;
  }
  await speak('en');
});
const draw = (name: string, props: Record<string, unknown>): string[] => {
  const part = parts[name];
  if (!part) throw new Error(`${name} was not loaded`);
  return rows(html(part, props));
};

const miss: Miss = {
  key: 'north|5|2026-03-08',
  series: 'north|5',
  date: '2026-03-08',
  day_kind: 'holiday',
  request_id: 'req_1',
  version: 'v_1',
  step: 2,
  value: 120.4,
  actual_value: 10,
  week_before: null,
  label: null,
  actual_label: null,
};

describe('where a model errs', () => {
  it('shows a miss of numbers beside the week before', () => {
    expect(draw('Misses', { misses: [miss] })).toEqual([
      'Day Series Answered Actual A week before',
      'Mar 8, 2026 holiday north · 5 120.4 10 —',
    ]);
  });
  it('shows a miss of classes with how sure it was', () => {
    const said = { label: 'dairy', actual_label: 'meat', value: 0.93 };
    const classes = { ...miss, ...said, series: '', key: 'r1|0', actual_value: null };
    expect(draw('Misses', { misses: [classes] })[1]).toBe(
      'Mar 8, 2026 holiday r1|0 dairy 93% meat',
    );
  });
  it('shows errors of numbers only where there are any', () => {
    const none: LiveAccuracy = { answers: 9, scored: 4, value: 75, metrics: null, quality: null };
    const table = {
      label: 'x',
      metric: 'accuracy',
      parts: [{ ...none, name: 'Monday', note: 'n' }],
    };
    expect(draw('PartTable', table)).toEqual(['Part Accuracy Scored', 'Monday n 75.0% 4']);
  });
});
