import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** The answer to each request in turn, and the requests as they were sent. */
let answers: (Response | Error)[] = [];
let sent: Request[] = [];
beforeEach(() => {
  answers = [];
  sent = [];
  vi.resetModules();
  vi.stubGlobal('fetch', (request: Request) => {
    sent.push(request);
    const answer = answers.shift();
    return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer);
  });
  // Outside a browser an address without a host has no meaning.
  const Plain = Request;
  vi.stubGlobal(
    'Request',
    class extends Plain {
      constructor(input: string, init?: RequestInit) {
        super(new URL(input, 'http://vakhta.test'), init);
      }
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' },
  });
const problem = (status: number, code: string) => json(status, { code, detail: code, status });

describe('requests', () => {
  it('leave out filters that are empty', async () => {
    const { listJobs } = await import('../../src/lib/api');
    answers.push(json(200, { items: [], next_cursor: null }));
    await listJobs({ kind: '', state: 'running', model: null, limit: 50, cursor: undefined });
    expect(new URL(sent[0]?.url ?? '').search).toBe('?state=running&limit=50');
  });
  it('send a spec as YAML and a choice without an empty reason', async () => {
    const { applySpec, deploy } = await import('../../src/lib/api');
    answers.push(json(200, { items: [] }), json(200, {}));
    await applySpec('model_key: a\n');
    expect(sent[0]?.headers.get('content-type')).toBe('application/yaml');
    expect(sent[0]?.url).toMatch(/\/api\/v1\/models\?apply=true$/);
    expect(await sent[0]?.text()).toBe('model_key: a\n');
    await deploy('a', 'v1', '');
    expect(await sent[1]?.json()).toEqual({ version: 'v1' });
  });
  it('send a file after what is said about it', async () => {
    const { inspectFile } = await import('../../src/lib/api');
    answers.push(json(200, {}));
    await inspectFile(new Blob(['a;b\n']), 'x.csv', { delimiter: ';' });
    const form = await sent[0]?.formData();
    expect([...(form?.keys() ?? [])]).toEqual(['options', 'file']);
    expect(form?.get('options')).toBe('{"delimiter":";"}');
    expect((form?.get('file') as File).name).toBe('x.csv');
  });
});

describe('refusals', () => {
  it('are thrown as errors', async () => {
    const { getModel } = await import('../../src/lib/api');
    answers.push(problem(404, 'not_found'), new TypeError('Failed to fetch'));
    await expect(getModel('nowhere')).rejects.toMatchObject({ status: 404, code: 'not_found' });
    await expect(getModel('offline')).rejects.toMatchObject({ status: 0, code: 'network' });
  });
  it('tell that the session ended, but not while signing in', async () => {
    const { getModel, signIn, whenSignedOut } = await import('../../src/lib/api');
    const ended = vi.fn();
    whenSignedOut(ended);
    answers.push(problem(401, 'bad_credentials'), problem(401, 'unauthorised'));
    await expect(signIn('admin', 'wrong')).rejects.toMatchObject({ code: 'bad_credentials' });
    expect(ended).not.toHaveBeenCalled();
    await expect(getModel('a')).rejects.toMatchObject({ status: 401 });
    expect(ended).toHaveBeenCalledOnce();
  });
  it('name a request that was given up', async () => {
    const { listModels } = await import('../../src/lib/api');
    answers.push(new DOMException('x', 'AbortError'));
    await expect(listModels()).rejects.toMatchObject({ code: 'aborted' });
  });
});
