import { describe, expect, it } from 'vitest';
import { ApiError, errorFrom, problemFrom } from '../../src/lib/api/errors';

const headers = (of: Record<string, string>) => (name: string) => of[name] ?? null;

describe('a problem document', () => {
  it('becomes an error with every part of it', () => {
    const error = problemFrom(
      422,
      JSON.stringify({
        type: 'about:blank',
        title: 'Unprocessable',
        status: 422,
        code: 'bad_rows',
        detail: '2 rows do not parse',
        instance: 'req-7',
        errors: [{ pointer: '/data/target', message: 'there is no column `y`' }],
        job_id: 'j1',
        refused: { rows: 2, first: [], reasons: [['not a number', 2]] },
      }),
    );
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 422,
      code: 'bad_rows',
      detail: '2 rows do not parse',
      message: '2 rows do not parse',
      requestId: 'req-7',
      jobId: 'j1',
      refused: { rows: 2, reasons: [['not a number', 2]] },
      retryAfter: null,
    });
    expect(error.field('/data/target')).toBe('there is no column `y`');
    expect(error.field('/horizon')).toBeUndefined();
  });
  it('may leave out all but its title', () => {
    expect(problemFrom(404, '{"title":"Not found"}')).toMatchObject({
      code: 'http_404',
      detail: 'Not found',
      fields: [],
      refused: null,
    });
  });
  it('may hold nonsense', () => {
    const error = problemFrom(
      422,
      JSON.stringify({
        code: 5,
        errors: [null, 'x', { pointer: 3, message: 'm' }, {}],
        refused: [],
      }),
    );
    expect(error.code).toBe('http_422');
    expect(error.fields).toEqual([{ pointer: '', message: 'm' }]);
    expect(error.refused).toBeNull();
  });
});

describe('another answer', () => {
  it.each(['<html>Bad gateway</html>', '', '[1,2]', 'null'])('%j still is an error', (body) => {
    expect(problemFrom(502, body)).toMatchObject({ code: 'http_502', detail: 'status 502' });
  });
  it('tells by its headers when to come again, and its number', () => {
    const error = problemFrom(429, '', headers({ 'retry-after': '17', 'x-request-id': 'r9' }));
    expect(error).toMatchObject({ retryAfter: 17, requestId: 'r9' });
    expect(problemFrom(429, '', headers({ 'retry-after': 'soon' })).retryAfter).toBeNull();
  });
});

describe('a failure below HTTP', () => {
  it('is a missing network, or a request that was given up', () => {
    expect(errorFrom(new TypeError('Failed to fetch'))).toMatchObject({
      status: 0,
      code: 'network',
    });
    expect(errorFrom(new DOMException('x', 'AbortError')).code).toBe('aborted');
    expect(errorFrom('odd').detail).toBe('odd');
  });
  it('leaves an error as it is', () => {
    const error = new ApiError(409, 'exists', 'there is one');
    expect(errorFrom(error)).toBe(error);
  });
});
