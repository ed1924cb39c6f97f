/** What the server says when it refuses: RFC 9457 problem documents, and failures below HTTP. */

import type { Refused } from './types';

/** One field that is wrong, by JSON pointer. */
export interface FieldProblem {
  pointer: string;
  message: string;
}

/** Any request that did not succeed. `status` is 0 where no answer came. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string | null;
  readonly fields: FieldProblem[];
  readonly jobId: string | null;
  readonly refused: Refused | null;
  readonly retryAfter: number | null;
  /** What the second step of signing in takes. */
  readonly challenge: string | null;

  constructor(
    status: number,
    code: string,
    detail: string,
    more: Partial<
      Pick<ApiError, 'requestId' | 'fields' | 'jobId' | 'refused' | 'retryAfter' | 'challenge'>
    > = {},
  ) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.requestId = more.requestId ?? null;
    this.fields = more.fields ?? [];
    this.jobId = more.jobId ?? null;
    this.refused = more.refused ?? null;
    this.retryAfter = more.retryAfter ?? null;
    this.challenge = more.challenge ?? null;
  }

  /** The first message for a field, e.g. `/model_key`. */
  field(pointer: string): string | undefined {
    return this.fields.find((f) => f.pointer === pointer)?.message;
  }
}

const record = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Turns an answer's status, body text and headers into an error. Never throws: a proxy may answer HTML. */
export function problemFrom(
  status: number,
  body: string,
  header: (name: string) => string | null = () => null,
): ApiError {
  let problem: Record<string, unknown> = {};
  try {
    problem = record(JSON.parse(body)) ?? {};
  } catch {
    // Not a problem document; the status has to do.
  }
  const fields = Array.isArray(problem['errors'])
    ? problem['errors'].flatMap((item: unknown) => {
        const field = record(item);
        const message = text(field?.['message']);
        return message === null ? [] : [{ pointer: text(field?.['pointer']) ?? '', message }];
      })
    : [];
  const after = Number(header('retry-after'));
  return new ApiError(
    status,
    text(problem['code']) ?? `http_${status}`,
    text(problem['detail']) ?? text(problem['title']) ?? `status ${status}`,
    {
      requestId: text(problem['instance']) ?? header('x-request-id'),
      fields,
      jobId: text(problem['job_id']),
      refused: record(problem['refused']) ? (problem['refused'] as unknown as Refused) : null,
      retryAfter: Number.isFinite(after) && after > 0 ? after : null,
      challenge: text(problem['challenge']),
    },
  );
}

/** The same for anything thrown on the way: no connection, or a request that we ended ourselves. */
export function errorFrom(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof DOMException && thrown.name === 'AbortError') {
    return new ApiError(0, 'aborted', 'the request was given up');
  }
  return new ApiError(0, 'network', thrown instanceof Error ? thrown.message : String(thrown));
}
