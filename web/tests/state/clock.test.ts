import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

describe('the clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse('2026-03-01T12:00:00Z') });
    vi.resetModules();
  });
  afterEach(() => vi.useRealTimers());

  it('is the server’s, and goes on', async () => {
    const { clock } = await import('../../src/lib/state/clock.svelte');
    expect(clock.now).toBe(Date.parse('2026-03-01T12:00:00Z'));
    clock.heard('2016-09-12T07:00:00Z');
    expect(clock.now).toBe(Date.parse('2016-09-12T07:00:00Z'));
    vi.advanceTimersByTime(60_000);
    expect(clock.now).toBe(Date.parse('2016-09-12T07:01:00Z'));
  });

  it('does not heed what an answer’s way takes, nor an answer that tells no time', async () => {
    const { clock } = await import('../../src/lib/state/clock.svelte');
    for (const told of ['2026-03-01T11:59:58Z', 'soon', null]) clock.heard(told);
    expect(clock.now).toBe(Date.parse('2026-03-01T12:00:00Z'));
  });
});
