import { beforeAll, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/lib/api/errors';
import { errorText, f, known, t, titleOf, words } from '../../src/lib/i18n/index.svelte';

const kept = new Map<string, string>();
beforeAll(() => {
  vi.stubGlobal('document', { documentElement: { lang: '', dataset: {} } });
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
  });
});

describe('the language in use', () => {
  it('changes words, formats, the document and what is remembered', async () => {
    await words.use('ru');
    expect(t().nav.overview).toBe('Обзор');
    expect(f().number(1.5)).toBe('1,5');
    expect(document.documentElement.lang).toBe('ru');
    expect(kept.get('vakhta.language')).toBe('ru');
    await words.use('en');
    expect(t().nav.overview).toBe('Overview');
    expect(f().number(1.5)).toBe('1.5');
  });

  it('chooses the title, and the key where there is none', async () => {
    const model = { key: 'sales', title: { ru: 'Продажи', en: '' } };
    await words.use('ru');
    expect(titleOf(model)).toBe('Продажи');
    await words.use('en');
    expect(titleOf(model)).toBe('Продажи');
    expect(titleOf({ key: 'sales', title: { ru: '', en: '' } })).toBe('sales');
  });

  it('shows a code that it does not know as it is', () => {
    expect(known(t().train.stages, 'validate')).toBe('measuring on the past');
    expect(known(t().train.stages, 'polishing')).toBe('polishing');
  });
});

describe('errors in words', () => {
  const say = (status: number, code: string, more = {}) =>
    errorText(new ApiError(status, code, 'the column `y` is missing', more));

  it('explain what the server only names', async () => {
    await words.use('en');
    expect(say(401, 'bad_credentials')).toBe(t().error.badCredentials);
    expect(say(409, 'training_runs')).toBe(t().error.trainingRuns);
    expect(say(403, 'forbidden')).toBe(t().error.forbidden);
    expect(say(0, 'network')).toBe(t().error.network);
    expect(say(500, 'internal')).toBe(t().error.server);
    expect(say(429, 'too_many', { retryAfter: 42 })).toContain('42');
  });
  it('repeat what the server explains', () => {
    expect(say(422, 'bad_spec')).toBe('the column `y` is missing');
    expect(say(409, 'exists')).toBe('the column `y` is missing');
  });
});
