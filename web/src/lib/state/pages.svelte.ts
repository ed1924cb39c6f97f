/** A list that comes in pages: the first one, and each further one on request. */

import { errorFrom, type Page } from '../api';
import { errorText } from '../i18n/index.svelte';
import { toasts } from './toasts.svelte';

export class Pages<T> {
  items = $state.raw<T[]>([]);
  cursor = $state<string | null>(null);
  busy = $state(false);
  #read: (cursor: string, signal: AbortSignal) => Promise<Page<T>>;
  #under: AbortController | null = null;

  constructor(read: (cursor: string, signal: AbortSignal) => Promise<Page<T>>) {
    this.#read = read;
  }

  /** Begins anew with a first page. */
  async start(page: Promise<Page<T>>): Promise<true> {
    const first = await page;
    this.#under?.abort();
    this.items = first.items;
    this.cursor = first.next_cursor;
    return true;
  }

  next = async (): Promise<void> => {
    if (this.cursor === null || this.busy) return;
    const mine = new AbortController();
    this.#under = mine;
    this.busy = true;
    try {
      const page = await this.#read(this.cursor, mine.signal);
      if (mine.signal.aborted) return;
      this.items = [...this.items, ...page.items];
      this.cursor = page.next_cursor;
    } catch (thrown) {
      const error = errorFrom(thrown);
      if (error.code !== 'aborted') toasts.say(errorText(error), 'failed');
    } finally {
      this.busy = false;
    }
  };
}
