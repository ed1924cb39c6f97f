/** What a test prepares without the browser: the same requests that a program would send. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dayFromNow, foods, foodSpec, spec, visits } from './data';
import { PASSWORD, type Server } from './server';

export interface Job {
  id: string;
  state: string;
  result: { version: string } | null;
  error: string | null;
}

export class Api {
  readonly #server: Server;
  #token = '';
  constructor(server: Server) {
    this.#server = server;
  }

  async signIn(): Promise<this> {
    const body = JSON.stringify({ username: 'admin', password: PASSWORD });
    const { token } = await this.#ask<{ token: string }>('POST', '/auth/login', body);
    this.#token = token;
    return this;
  }

  async #ask<T>(
    method: string,
    path: string,
    body?: string | FormData,
    type = 'application/json',
  ): Promise<T> {
    const answer = await fetch(`${this.#server.url}/api/v1${path}`, {
      method,
      ...(body === undefined ? {} : { body }),
      headers: {
        ...(typeof body === 'string' ? { 'Content-Type': type } : {}),
        ...(this.#token ? { Authorization: `Bearer ${this.#token}` } : {}),
      },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  async upload(key: string, text: string, title = ''): Promise<void> {
    const form = new FormData();
    form.append('key', key);
    if (title) form.append('title', title);
    form.append('file', new Blob([text]), `${key}.csv`);
    await this.#ask('POST', '/datasets', form);
  }

  async createModel(yaml: string): Promise<void> {
    await this.#ask('POST', '/models', yaml, 'application/yaml');
  }

  /** Starts a training and answers its job. */
  async startTraining(
    model: string,
    more: { alias?: string; reason?: string } = {},
  ): Promise<string> {
    const body = JSON.stringify({ model_key: model, ...more });
    return (await this.#ask<{ job_id: string }>('POST', '/train', body)).job_id;
  }

  /** Trains and answers the version that it made. */
  async train(model: string, more: { alias?: string; reason?: string } = {}): Promise<string> {
    const body = JSON.stringify({ model_key: model, ...more });
    const job = await this.#ask<Job>('POST', '/train?wait=60', body);
    if (job.state !== 'completed' || !job.result) {
      throw new Error(`the training of ${model} did not end well: ${JSON.stringify(job)}`);
    }
    return job.result.version;
  }

  /** A model with its data and a version that serves. */
  async trained(key: string): Promise<string> {
    await this.upload(key, visits(), `Visits ${key}`);
    await this.createModel(spec(key, key));
    return this.train(key, { alias: '1.0.0', reason: 'first' });
  }

  /**
   * A model with a past on watch: trained on rows up to forty days ago, its dataset then grown to yesterday by days
   * on which twice as many came, and thirty-nine forecasts a tenth over what turned out to be true.
   */
  async watched(key: string): Promise<void> {
    const from = dayFromNow(-200);
    await this.upload(key, visits(160, from), `Visits ${key}`);
    await this.createModel(spec(key, key));
    await this.train(key, { alias: '1.0.0', reason: 'first' });
    await this.upload(
      key,
      visits(200, from, (visits, day) => (day < 160 ? visits : 2 * visits)),
    );
    await this.drifted(key);
    await this.measured(key);
  }

  async drifted(key: string): Promise<void> {
    await this.#ask('POST', '/drift/check?wait=60', JSON.stringify({ model_key: key }));
  }

  async measured(key: string): Promise<void> {
    const asked = JSON.stringify({ model_key: key });
    interface Answer {
      series: { series: string[]; points: { date: string; value: number }[] }[];
    }
    let series: Answer['series'] = [];
    // The serving version goes on with new rows soon after they came.
    for (let tries = 0; tries < 60; tries += 1) {
      ({ series } = await this.#ask<Answer>('POST', '/forecast', asked));
      if ((series[0]?.points[0]?.date ?? '') >= dayFromNow(0)) break;
      await new Promise((again) => setTimeout(again, 500));
    }
    const items = series.flatMap(({ series, points }) =>
      points.map(({ date, value }) => ({ series, date, value: value / 1.1 })),
    );
    await this.#ask('POST', '/actuals', JSON.stringify({ model_key: key, items }));
    await this.#ask('POST', '/monitoring/performance/calculate-daily?wait=60', asked);
  }

  /** A source whose file is none, asked until it has failed. */
  async brokenSource(key: string): Promise<void> {
    const folder = join(this.#server.dataDir, 'incoming', key);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'day.csv'), 'date,branch,y\n2026-01-01,north\n');
    const files = { location: `file://${folder}` };
    const source = { key, dataset: key, keys: ['branch'], time: 'date', cron: '0 2 1 1 *', files };
    await this.#ask('POST', '/sources', JSON.stringify(source));
    await this.#ask('POST', `/sources/${key}/sync`, '{}');
  }

  /** A classifier of foods with a version that serves. */
  async trainedOnFoods(key: string): Promise<string> {
    await this.upload(key, foods(), 'Foods');
    await this.createModel(foodSpec(key, key));
    return this.train(key, { alias: '1.0.0', reason: 'first' });
  }
}
