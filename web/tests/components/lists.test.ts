import type { Component } from 'svelte';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Model, Version } from '../../src/lib/api/types';
import { metrics } from '../model/metrics';
import { ofClasses, ofNumbers } from '../model/quality';
import { html, pretendBrowser, rows, speak, text } from './render';

type Part = Component<Record<string, unknown>>;
let card: Part, versions: Part, compared: Part, picker: Part;

beforeAll(async () => {
  pretendBrowser();
  const part = async (load: Promise<unknown>) => ((await load) as { default: Part }).default;
  card = await part(import('../../src/routes/overview/ModelCard.svelte'));
  versions = await part(import('../../src/routes/model/VersionTable.svelte'));
  compared = await part(import('../../src/routes/model/CompareTable.svelte'));
  picker = await part(import('../../src/routes/model-new/TaskPicker.svelte'));
  await speak('en');
});

const model = (of: Partial<Model>): Model => ({
  key: 'food',
  task: 'classification',
  title: { ru: 'Еда', en: 'Food' },
  dataset: 'food',
  champion: 'v1',
  champion_metrics: null,
  champion_quality: null,
  champion_since: new Date().toISOString(),
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  engine: 'auto',
  horizon: null,
  revision: 1,
  training: null,
  ...of,
});

describe('the card of a model', () => {
  const said = (of: Partial<Model>) => text(html(card, { model: model(of) }));
  it('has the number of its task', () => {
    const quality = ofClasses({ accuracy: 0.831, macro_f1: 0.74, log_loss: 0.6, answered: 0.9 });
    expect(said({ champion_quality: quality })).toContain(
      'Food In order 83.1% Accuracy Macro F1 74.0% · Needs a person 10.0%',
    );
    const numbers = ofNumbers({ wape: 10.8, mae: 12, rmse: 20, r2: 0.87 });
    expect(said({ task: 'regression', champion_quality: numbers })).toContain(
      '10.8% WAPE MAE 12 · R² 0.87',
    );
    const forecast = metrics({ wape: 7.7, mape: 9.1, bias_percent: -1.2 });
    expect(said({ task: 'forecast', champion_metrics: forecast })).toContain(
      '7.7% WAPE MAPE 9.1% · Bias -1.2%',
    );
  });
  it('has none where nothing serves or was measured, and says why', () => {
    expect(said({ champion: null, champion_since: null })).toBe(
      'Food Act No version serves. Train the model.',
    );
    expect(said({ champion_quality: ofClasses() })).toContain('Accuracy was not measured.');
  });
});

const version = (of: Partial<Version>): Version =>
  ({
    id: 'v1',
    alias: null,
    state: 'trained',
    created_at: '2026-01-01T00:00:00Z',
    dataset_version: 3,
    reason: null,
    error: null,
    metrics: null,
    quality: null,
    ...of,
  }) as Version;

describe('the table of versions', () => {
  it('has the numbers of the task, and cannot compare what was not measured', () => {
    const made = html(versions, {
      task: 'classification',
      versions: [
        version({ quality: ofClasses({ accuracy: 0.83, macro_f1: 0.7, log_loss: 0.61 }) }),
        version({ id: 'v2', state: 'failed', error: 'no rows' }),
      ],
      compared: [],
      toggle: () => undefined,
      ask: () => undefined,
    });
    const [head, first, second] = rows(made);
    expect(head).toContain('Accuracy Log-loss');
    expect(first).toContain('83.00% 0.61');
    expect(second).toContain('— —');
    expect(made.match(/<input[^>]*disabled/g)).toHaveLength(1);
  });
});

describe('two versions beside each other', () => {
  it('say which is better, to those who do not see the sign too', () => {
    const side = (name: string, accuracy: number) => ({
      name,
      of: { metrics: null, quality: ofClasses({ accuracy }) },
    });
    const made = rows(
      html(compared, { task: 'classification', a: side('A', 0.9), b: side('B', 0.8) }),
    );
    expect(made[1]).toBe('Accuracy 90.00% 80.00% +10.00% A is better ✓');
    expect(made[2]).toBe('Macro F1 — — —');
  });
});

describe('the choice of a task', () => {
  it('is one of three radio buttons, each explained, the guess named', () => {
    const made = html(picker, {
      task: 'regression',
      guessed: 'classification',
      pick: () => undefined,
    });
    expect(made.match(/type="radio"/g)).toHaveLength(3);
    expect(made.match(/<input[^>]+checked[^>]*>/g)).toHaveLength(1);
    expect(/<input[^>]+checked[^>]*>/.exec(made)?.[0]).toContain('value="regression"');
    expect(text(made)).toContain('classification (guessed)');
  });
});
