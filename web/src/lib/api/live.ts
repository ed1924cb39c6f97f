/**
 * The live line: a WebSocket that resumes where it stopped. It tells what it hears and whether it is
 * connected; polling while it is not is the listener's part.
 */

import type { AuditEvent, Job } from './types';
import { BASE } from './http';

export interface LiveListener {
  job(job: Job): void;
  event(event: AuditEvent): void;
  /** A job wrote to its log; read the new lines by `jobLog`. */
  log(jobId: string): void;
  /** Too much was missed: read everything again. */
  resync(): void;
  connected(is: boolean): void;
}

const LONGEST_WAIT_MS = 15_000;

/** Milliseconds before the n-th try to connect again: doubles to 15 s, spread so that clients do not return as one. */
export function backoff(attempt: number, chance: number): number {
  const full = Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.min(attempt, 6));
  return Math.round(full * (0.5 + chance / 2));
}

type Message = Record<string, unknown>;

/** Hands one message from the server to the listener; answers its sequence number where it has one. */
export function dispatch(message: Message, listener: LiveListener): number | null {
  const seq = typeof message['seq'] === 'number' ? message['seq'] : null;
  switch (message['type']) {
    case 'job':
      listener.job(message['job'] as Job);
      break;
    case 'event':
      listener.event(message['event'] as AuditEvent);
      break;
    case 'job_log': {
      const id = message['job_id'] ?? message['job'];
      if (typeof id === 'string') listener.log(id);
      break;
    }
    case 'resync':
      listener.resync();
      break;
  }
  return seq;
}

/** Opens the line and keeps it open until the returned function is called. */
export function openLive(listener: LiveListener): () => void {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let last: number | null = null;
  let closed = false;

  function connect(): void {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    socket = new WebSocket(`${scheme}//${location.host}${BASE}/ws`);
    socket.onopen = () => {
      attempt = 0;
      const after = last === null ? {} : { after: last };
      socket?.send(JSON.stringify({ subscribe: ['jobs', 'events'], ...after }));
      listener.connected(true);
    };
    socket.onmessage = (received: MessageEvent<string>) => {
      let message: Message;
      try {
        message = JSON.parse(received.data) as Message;
      } catch {
        return;
      }
      const seq = dispatch(message, listener);
      if (seq !== null) last = Math.max(last ?? 0, seq);
    };
    socket.onclose = () => {
      listener.connected(false);
      if (closed) return;
      timer = setTimeout(connect, backoff(attempt, Math.random()));
      attempt += 1;
    };
  }

  const wake = () => {
    if (closed || socket?.readyState === WebSocket.OPEN) return;
    if (socket?.readyState === WebSocket.CONNECTING) return;
    clearTimeout(timer);
    attempt = 0;
    connect();
  };
  window.addEventListener('online', wake);
  connect();

  return () => {
    closed = true;
    clearTimeout(timer);
    window.removeEventListener('online', wake);
    socket?.close();
  };
}
