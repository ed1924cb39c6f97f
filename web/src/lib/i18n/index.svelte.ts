/** The language in use: its words by `t()`, its numbers and dates by `f()`. */

import type { ApiError } from '../api';
import { appearance, type Language } from '../state/appearance.svelte';
import type { Dictionary } from './en';
import type { deep } from './en/deep';
import { type Formats, formats } from './format';

type Deep = Pick<Dictionary, keyof typeof deep>;
const load: Record<Language, () => Promise<Omit<Dictionary, keyof Deep>>> = {
  en: async () => (await import('./en/first')).first,
  ru: async () => (await import('./ru/first')).first,
};
const loadDeep: Record<Language, () => Promise<Deep>> = {
  en: async () => (await import('./en/deep')).deep,
  ru: async () => (await import('./ru/deep')).deep,
};

class Words {
  language = $state<Language>('en');
  dictionary = $state.raw<Dictionary | null>(null);
  formats = $state.raw<Formats>(formats('en'));

  /** Whether a page was opened that says more than the first words. */
  private isDeep = false;

  async use(language: Language): Promise<void> {
    const [first, more] = await Promise.all([
      load[language](),
      this.isDeep ? loadDeep[language]() : null,
    ]);
    // Pages that say more wait for `deepen` before they are drawn.
    this.dictionary = { ...first, ...more } as Dictionary;
    this.formats = formats(language);
    this.language = language;
    appearance.keepLanguage(language);
  }

  /** Loads the words of a model's pages, before one is drawn. */
  async deepen(): Promise<void> {
    if (this.isDeep) return;
    const more = await loadDeep[this.language]();
    this.isDeep = true;
    if (this.dictionary) this.dictionary = { ...this.dictionary, ...more };
  }
}

export const words = new Words();

/** The dictionary of the language in use. Reading it in a template follows a change of language. */
export function t(): Dictionary {
  if (!words.dictionary) throw new Error('words are used before a language was loaded');
  return words.dictionary;
}

/** Formats of the language in use. */
export const f = (): Formats => words.formats;

/** A title in the language in use, or in the other one, or the key. */
export function titleOf(of: { title: { ru: string; en: string }; key: string }): string {
  const { ru, en } = of.title;
  return (words.language === 'ru' ? ru || en : en || ru) || of.key;
}

/** An error in the reader's words; what the server said where it says more. */
export function errorText(error: ApiError): string {
  const say = t().error;
  switch (error.code) {
    case 'network':
      return say.network;
    case 'bad_credentials':
      return say.badCredentials;
    case 'training_runs':
      return say.trainingRuns;
  }
  if (error.status === 429) return say.tooMany(error.retryAfter ?? 60);
  if (error.status === 403) return say.forbidden;
  if (error.status >= 500) return say.server;
  return error.detail;
}

/** A code from the server (a stage, an event's kind) in words, or as it is: newer servers know more. */
export const known = (names: Record<string, string>, code: string): string => names[code] ?? code;
