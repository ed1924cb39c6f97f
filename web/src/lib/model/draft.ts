/** What the wizard begins with: a table's own key and title, and the roles that its columns seem to have. */

import type { DatasetDetail } from '../api/types';
import type { Task } from './measures';
import { recordRolesFrom } from './record-roles';
import { type Draft, rolesFrom } from './spec';

/** Names given before for the same table are kept. */
export function draftFrom(data: DatasetDetail, task: Task, before: Draft | null = null): Draft {
  const columns = data.columns_detail;
  const named = before?.dataset === data.key ? before : null;
  return {
    task,
    key: named?.key ?? data.key,
    titleRu: named?.titleRu ?? '',
    titleEn: named?.titleEn ?? (data.title && data.title !== data.key ? data.title : ''),
    dataset: data.key,
    columns: columns.map((column) => column.name),
    roles: task === 'forecast' ? rolesFrom(columns, data.guess) : recordRolesFrom(columns, task),
    frequency: data.guess?.frequency ?? '',
    missing: 'zero',
    horizon: null,
    country: '',
    engine: 'auto',
    threshold: null,
  };
}
