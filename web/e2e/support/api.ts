/** What a test prepares without the browser: the same requests that a program would send. */

import { foods, foodSpec, spec, visits } from './data';
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

  /** A classifier of foods with a version that serves. */
  async trainedOnFoods(key: string): Promise<string> {
    await this.upload(key, foods(), 'Foods');
    await this.createModel(foodSpec(key, key));
    return this.train(key, { alias: '1.0.0', reason: 'first' });
  }
}
