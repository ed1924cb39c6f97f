import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backoff, dispatch, type LiveListener, openLive } from '../../src/lib/api/live';

/** Stands for the browser's WebSocket, driven by the test. */
class Line {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static made: Line[] = [];
  readyState = Line.CONNECTING;
  said: unknown[] = [];
  onopen?: () => void;
  onmessage?: (message: { data: string }) => void;
  onclose?: () => void;
  constructor(readonly url: string) {
    Line.made.push(this);
  }
  send(text: string) {
    this.said.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
    this.onclose?.();
  }
  open() {
    this.readyState = Line.OPEN;
    this.onopen?.();
  }
  hear(message: unknown) {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }
}
const line = (n: number): Line => {
  const found = Line.made[n];
  if (!found) throw new Error(`there is no connection ${n}`);
  return found;
};
const listener = () => ({
  job: vi.fn<LiveListener['job']>(),
  event: vi.fn<LiveListener['event']>(),
  log: vi.fn<LiveListener['log']>(),
  resync: vi.fn<LiveListener['resync']>(),
  connected: vi.fn<LiveListener['connected']>(),
});
let online: (() => void) | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  Line.made = [];
  vi.stubGlobal('WebSocket', Line);
  vi.stubGlobal('location', { protocol: 'https:', host: 'vakhta.test' });
  vi.stubGlobal('window', {
    addEventListener: (_: string, act: () => void) => (online = act),
    removeEventListener: () => (online = undefined),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('messages', () => {
  it('go to whom they are for', () => {
    const to = listener();
    expect(dispatch({ type: 'hello', seq: 4 }, to)).toBe(4);
    expect(dispatch({ type: 'event', topic: 'events', seq: 5, event: { seq: 5 } }, to)).toBe(5);
    expect(dispatch({ type: 'job', topic: 'jobs', job: { id: 'j1' } }, to)).toBeNull();
    dispatch({ type: 'job_log', job_id: 'j1' }, to);
    dispatch({ type: 'resync' }, to);
    dispatch({ type: 'something new' }, to);
    expect(to.event).toHaveBeenCalledExactlyOnceWith({ seq: 5 });
    expect(to.job).toHaveBeenCalledExactlyOnceWith({ id: 'j1' });
    expect(to.log).toHaveBeenCalledExactlyOnceWith('j1');
    expect(to.resync).toHaveBeenCalledOnce();
  });
});

describe('the wait before another try', () => {
  it('doubles up to a quarter of a minute and is spread by half', () => {
    expect([0, 1, 2, 3].map((n) => backoff(n, 1))).toEqual([500, 1000, 2000, 4000]);
    expect(backoff(0, 0)).toBe(250);
    expect(backoff(50, 1)).toBe(15_000);
  });
});

describe('the live line', () => {
  it('subscribes when it opens', () => {
    const to = listener();
    openLive(to);
    expect(line(0).url).toBe('wss://vakhta.test/api/v1/ws');
    line(0).open();
    expect(line(0).said).toEqual([{ subscribe: ['jobs', 'events'] }]);
    expect(to.connected).toHaveBeenLastCalledWith(true);
  });

  it('resumes after the last event that it heard', () => {
    const to = listener();
    openLive(to);
    line(0).open();
    line(0).hear({ type: 'hello', seq: 10 });
    line(0).hear({ type: 'event', seq: 12, event: { seq: 12 } });
    line(0).hear({ type: 'event', seq: 11, event: { seq: 11 } });
    line(0).hear('not JSON');
    line(0).close();
    expect(to.connected).toHaveBeenLastCalledWith(false);
    vi.advanceTimersByTime(500);
    line(1).open();
    expect(line(1).said).toEqual([{ subscribe: ['jobs', 'events'], after: 12 }]);
    // The newer greeting must not hide what the answer to `after` still brings.
    line(1).hear({ type: 'hello', seq: 15 });
    line(1).hear({ type: 'event', seq: 13, event: { seq: 13 } });
    expect(to.event).toHaveBeenLastCalledWith({ seq: 13 });
  });

  it('tries ever more rarely, and at once when the network comes back', () => {
    openLive(listener());
    line(0).close();
    vi.advanceTimersByTime(500);
    line(1).close();
    vi.advanceTimersByTime(400);
    expect(Line.made).toHaveLength(2);
    online?.();
    expect(Line.made).toHaveLength(3);
    online?.();
    expect(Line.made).toHaveLength(3);
  });

  it('ends when it is told to', () => {
    const close = openLive(listener());
    line(0).open();
    close();
    vi.advanceTimersByTime(60_000);
    expect(Line.made).toHaveLength(1);
    expect(online).toBeUndefined();
  });
});
