/**
 * Now, as state: moves every 20 seconds, so that "5 minutes ago" stays true. It is the server's time: a browser's
 * clock may be wrong, and a demo lives at the time of its data.
 */

/** Answers take a moment to arrive; less than this apart is the same time. */
const SAME_MS = 5_000;

class Clock {
  now = $state(Date.now());
  #ahead = 0;

  constructor() {
    setInterval(() => (this.now = Date.now() + this.#ahead), 20_000);
  }

  /** Hears the server's time, as its answers tell it. */
  heard(told: string | null): void {
    const ahead = told === null ? Number.NaN : Date.parse(told) - Date.now();
    if (Number.isNaN(ahead) || Math.abs(ahead - this.#ahead) < SAME_MS) return;
    this.#ahead = ahead;
    this.now = Date.now() + ahead;
  }
}

export const clock = new Clock();
