/** Components drawn to HTML as a server would, which needs no browser: what they say, and to whom. */

import type { Component } from 'svelte';
import { render } from 'svelte/server';
import { vi } from 'vitest';
import { words } from '../../src/lib/i18n/index.svelte';

// What the address and the appearance are read from.
export function pretendBrowser(search = ''): void {
  vi.stubGlobal('document', {
    documentElement: { lang: '', dataset: {} },
    addEventListener: () => undefined,
  });
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
  vi.stubGlobal('location', { pathname: '/ui/models/food', search });
  vi.stubGlobal('window', { addEventListener: () => undefined });
}

export async function speak(language: 'en' | 'ru'): Promise<void> {
  await words.use(language);
  await words.deepen();
}

export function html<P extends Record<string, unknown>>(of: Component<P>, props: P): string {
  const { body } = render(of as Component<Record<string, unknown>>, { props });
  return body.replace(/<!--.*?-->/g, '');
}

/** The text of a piece of HTML, spaces made one. */
export const text = (of: string): string =>
  of
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replace(/[\s\u00a0\u202f]+/g, ' ')
    .trim();

/** The text of each row of a table, its head first. */
export const rows = (of: string): string[] =>
  [...of.matchAll(/<tr[\s>].*?<\/tr>/gs)].map(([row]) => text(row));
