/** The page of what an event is about, where it has one. */

import type { AuditEvent } from '../../lib/api';

export function linkOf(
  event: Pick<AuditEvent, 'kind' | 'subject_type' | 'subject_id' | 'model' | 'job'>,
): string | null {
  if (event.kind.endsWith('.deleted')) return null;
  const id = encodeURIComponent(event.subject_id);
  switch (event.subject_type) {
    case 'model':
      return `/models/${id}`;
    case 'dataset':
      return `/datasets/${id}`;
    case 'job':
      return `/jobs/${id}`;
    case 'version':
      return event.model ? `/models/${event.model}?tab=versions&version=${id}` : null;
    default:
      return null;
  }
}
