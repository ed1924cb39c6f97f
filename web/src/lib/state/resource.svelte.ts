/** Something read from the server: loading, there, or failed; read again on demand. */

import { untrack } from 'svelte';
import { type ApiError, errorFrom } from '../api';

export class Resource<T> {
  data = $state.raw<T | undefined>(undefined);
  error = $state.raw<ApiError | null>(null);
  loading = $state(true);
  #read: (signal: AbortSignal) => Promise<T>;
  #under: AbortController | null = null;

  constructor(read: (signal: AbortSignal) => Promise<T>) {
    this.#read = read;
  }

  /** Reads again; what is shown stays until the answer comes. */
  reload = async (): Promise<void> => {
    this.#under?.abort();
    const mine = new AbortController();
    this.#under = mine;
    this.loading = true;
    try {
      const data = await this.#read(mine.signal);
      if (this.#under !== mine) return;
      this.data = data;
      this.error = null;
      this.loading = false;
    } catch (thrown) {
      const error = errorFrom(thrown);
      if (this.#under !== mine || error.code === 'aborted') return;
      this.error = error;
      this.loading = false;
    }
  };

  stop(): void {
    this.#under?.abort();
    this.#under = null;
  }
}

/**
 * A resource that is read now and whenever what `of` answers changes. `of` is where reactive values are
 * read: they are arguments, so that nothing else starts a request.
 */
export function resource<A, T>(
  of: () => A,
  read: (argument: A, signal: AbortSignal) => Promise<T>,
): Resource<T> {
  let argument: A;
  const made = new Resource<T>((signal) => read(argument, signal));
  let before: string | undefined;
  $effect(() => {
    argument = of();
    const now = JSON.stringify(argument);
    if (before !== undefined && before !== now) made.data = undefined;
    before = now;
    untrack(() => void made.reload());
    return () => made.stop();
  });
  return made;
}
