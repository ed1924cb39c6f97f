/** One request to the server: typed by its description, JSON in, an answer or an {@link ApiError} out. */

import createClient, { type Middleware } from 'openapi-fetch';
import { ApiError, errorFrom, problemFrom } from './errors';
import { clock } from '../state/clock.svelte';
import type { paths } from './schema';
import type { Answer } from './types';

export const BASE = '/api/v1';

let onSignedOut: () => void = () => {};

/** Says what to do when the server no longer knows this session. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

const problems: Middleware = {
  async onResponse({ response, schemaPath }) {
    clock.heard(response.headers.get('x-vakhta-time'));
    if (response.ok) return;
    const problem = problemFrom(response.status, await response.text(), (name) =>
      response.headers.get(name),
    );
    // A wrong password is also 401, and is no reason to leave the page.
    if (problem.status === 401 && !schemaPath.startsWith('/auth/')) onSignedOut();
    throw problem;
  },
  onError: ({ error }) => errorFrom(error),
};

export const client = createClient<paths>({
  baseUrl: BASE,
  credentials: 'same-origin',
  headers: { Accept: 'application/json' },
});
client.use(problems);

/** The body of a successful answer. */
export async function body<T>(request: Promise<{ data?: T }>): Promise<Answer<T>> {
  try {
    return (await request).data as Answer<T>;
  } catch (thrown) {
    throw errorFrom(thrown);
  }
}

/** Sends a form with progress, which `fetch` cannot report. `onSent` hears bytes sent and in all. */
export function sendForm<T>(
  path: string,
  form: FormData,
  onSent: (sent: number, total: number) => void,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', BASE + path);
    request.setRequestHeader('Accept', 'application/json');
    request.upload.onprogress = (e) => onSent(e.loaded, e.total);
    request.onerror = () => reject(new ApiError(0, 'network', 'the connection broke'));
    request.onabort = () => reject(new ApiError(0, 'aborted', 'the request was given up'));
    request.onload = () => {
      const text = request.responseText;
      if (request.status < 200 || request.status >= 300) {
        if (request.status === 401) onSignedOut();
        reject(problemFrom(request.status, text, (name) => request.getResponseHeader(name)));
        return;
      }
      try {
        resolve(JSON.parse(text) as T);
      } catch {
        reject(new ApiError(request.status, 'bad_answer', 'the answer is not JSON'));
      }
    };
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(form);
  });
}
