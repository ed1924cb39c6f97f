import { expect, it } from 'vitest';
import { linkOf } from '../src/routes/events/link';

const event = (
  kind: string,
  subject_type: string,
  subject_id: string,
  model: string | null = null,
) => linkOf({ kind, subject_type, subject_id, model, job: null } as Parameters<typeof linkOf>[0]);

it('an event leads to what it is about, where that has a page', () => {
  expect(event('model.created', 'model', 'sales')).toBe('/models/sales');
  expect(event('dataset.uploaded', 'dataset', 'a b')).toBe('/datasets/a%20b');
  expect(event('job.failed', 'job', 'j1')).toBe('/jobs/j1');
  expect(event('version.deployed', 'version', 'v1', 'sales')).toBe(
    '/models/sales?tab=versions&version=v1',
  );
  expect(event('version.deployed', 'version', 'v1')).toBeNull();
  expect(event('model.deleted', 'model', 'sales')).toBeNull();
  expect(event('user.signed_in', 'user', 'u1')).toBeNull();
});
