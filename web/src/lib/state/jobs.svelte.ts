/**
 * Jobs that run now, and who listens to what happens. Fed by the live line; by polling while that is
 * down. Pages read `active`, or `watch` one job or the events.
 */

import { type AuditEvent, type Job, listJobs } from '../api';
import { openLive } from '../api/live';

const POLL_MS = 3_000;

export const isOver = (job: Job): boolean =>
  job.state === 'completed' || job.state === 'failed' || job.state === 'cancelled';

type Heard = (event: AuditEvent) => void;
type Changed = (job: Job) => void;
type Logged = (jobId: string) => void;

class Jobs {
  #byId = $state<Record<string, Job>>({});
  connected = $state(false);
  active = $derived(
    Object.values(this.#byId)
      .filter((job) => !isOver(job))
      .sort((a, b) => a.created_at.localeCompare(b.created_at)),
  );
  #heard = new Set<Heard>();
  #changed = new Set<Changed>();
  #logged = new Set<Logged>();
  #again = new Set<() => void>();
  #close: (() => void) | null = null;
  #poll: ReturnType<typeof setInterval> | undefined;

  start(): void {
    if (this.#close) return;
    this.#close = openLive({
      job: (job) => this.take(job),
      event: (event) => this.#heard.forEach((tell) => tell(event)),
      log: (id) => this.#logged.forEach((tell) => tell(id)),
      resync: () => this.#catchUp(),
      connected: (is) => {
        // What happened while the line was down was missed by the pages too.
        if (is && !this.connected) this.#catchUp();
        this.connected = is;
      },
    });
    this.#poll = setInterval(() => {
      if (!this.connected && !document.hidden) this.#catchUp();
    }, POLL_MS);
    void this.refresh();
  }

  stop(): void {
    this.#close?.();
    this.#close = null;
    clearInterval(this.#poll);
    this.#byId = {};
    this.connected = false;
  }

  #catchUp(): void {
    void this.refresh();
    this.#again.forEach((read) => read());
  }

  /** Reads the jobs that are under way; one that is gone from there has ended. */
  async refresh(): Promise<void> {
    try {
      const [running, queued] = await Promise.all([
        listJobs({ state: 'running', limit: 100 }),
        listJobs({ state: 'queued', limit: 100 }),
      ]);
      const now: Record<string, Job> = {};
      for (const job of [...running.items, ...queued.items]) now[job.id] = job;
      for (const job of Object.values(now)) this.#changed.forEach((tell) => tell(job));
      this.#byId = now;
    } catch {
      // The next poll tries again; the page's own requests show what is wrong.
    }
  }

  take(job: Job): void {
    const known = this.#byId[job.id];
    // Messages may cross an answer to a request: never go back from an end.
    if (known && isOver(known) && !isOver(job)) return;
    this.#byId[job.id] = job;
    this.#changed.forEach((tell) => tell(job));
  }

  get(id: string): Job | undefined {
    return this.#byId[id];
  }

  ofModel(model: string): Job | undefined {
    return this.active.find((job) => job.model === model && job.kind !== 'predict');
  }

  onEvent(tell: Heard): () => void {
    this.#heard.add(tell);
    return () => this.#heard.delete(tell);
  }
  onJob(tell: Changed): () => void {
    this.#changed.add(tell);
    return () => this.#changed.delete(tell);
  }
  onLog(tell: Logged): () => void {
    this.#logged.add(tell);
    return () => this.#logged.delete(tell);
  }
  /** Called when live news was missed and lists must be read again. */
  onCatchUp(read: () => void): () => void {
    this.#again.add(read);
    return () => this.#again.delete(read);
  }
}

export const jobs = new Jobs();
