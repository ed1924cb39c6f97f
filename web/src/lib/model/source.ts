/** What a person says of a source, as the server takes it. */

import type { Source, SourceDefinition } from '../api/types';

export interface SourceDraft {
  key: string;
  dataset: string;
  kind: 'files' | 'http' | 'sql';
  location: string;
  pattern: string;
  url: string;
  database: string;
  query: string;
  watermark: string;
  keys: string;
  time: string;
  cron: string;
  timezone: string;
}

export const emptySource = (timezone: string): SourceDraft => ({
  key: '',
  dataset: '',
  kind: 'files',
  location: '',
  pattern: '',
  url: '',
  database: '',
  query: '',
  watermark: '',
  keys: '',
  time: '',
  cron: '0 2 * * *',
  timezone,
});

/** The definition; the key is the table's where none is given. */
export function definitionOf(draft: SourceDraft): SourceDefinition {
  const said = Object.fromEntries(
    Object.entries(draft).map(([name, value]) => [name, value.trim()]),
  ) as unknown as SourceDraft;
  const { kind, location, pattern, url, database, query, watermark, time, cron, timezone } = said;
  const keys = said.keys.split(',').map((key) => key.trim());
  return {
    key: said.key || said.dataset,
    dataset: said.dataset,
    keys: keys.filter((key) => key !== ''),
    ...(time ? { time } : {}),
    ...(cron ? { cron } : {}),
    ...(timezone ? { timezone } : {}),
    ...(kind === 'files' ? { files: { location, pattern: pattern || null, s3: null } } : {}),
    ...(kind === 'http' ? { http: { url, headers: {} } } : {}),
    ...(kind === 'sql' ? { sql: { url: database, query, watermark: watermark || null } } : {}),
  };
}

/** Where it reads from, in one line. */
export function placeOf({ files, http, sql }: Pick<Source, 'files' | 'http' | 'sql'>): string {
  if (files) return [files.location, files.pattern].filter(Boolean).join(' · ');
  return http?.url ?? sql?.url ?? '';
}
