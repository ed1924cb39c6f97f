/** Now, as state: moves every 20 seconds, so that "5 minutes ago" stays true. */

class Clock {
  now = $state(Date.now());
  constructor() {
    setInterval(() => (this.now = Date.now()), 20_000);
  }
}

export const clock = new Clock();
