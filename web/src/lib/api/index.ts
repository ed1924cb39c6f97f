/** Every operation of the server that the pages use: one function each, named by intent. */

import { body, client, sendForm } from './http';
import { by, byId, type Filters, given, type QueryOf, type Signal, until } from './parts';
import type { components } from './schema';
import type * as T from './types';

export { ApiError, errorFrom, type FieldProblem } from './errors';
export { whenSignedOut } from './http';
export type { Filters } from './parts';
export type * from './types';

export const signIn = (username: string, password: string) =>
  body(client.POST('/auth/login', { body: { username, password } }));
export const signOut = () => body(client.POST('/auth/logout'));
export const userInfo = () => body(client.GET('/auth/user-info'));
export const changePassword = (current_password: string, new_password: string) =>
  body(client.PUT('/auth/profile/password', { body: { current_password, new_password } }));

/** Everything that the server keeps of oneself. */
export const exportProfile = () => body(client.GET('/auth/profile/export'));
export const deleteProfile = (current_password: string) =>
  body(client.DELETE('/auth/profile', { body: { current_password } }));

export const listTokens = (signal?: Signal) => body(client.GET('/auth/tokens', until(signal)));
export const createToken = (name: string, expires_in_days: number) =>
  body(client.POST('/auth/tokens', { body: { name, expires_in_days } }));
export const revokeToken = (id: string) =>
  body(client.POST('/auth/tokens/{id}/revoke', { params: byId(id) }));

export const listDatasets = (signal?: Signal) =>
  body(client.GET('/datasets', { params: { query: { limit: 500 } }, ...until(signal) }));
// openapi-fetch widens pairs to lists; where an answer holds pairs, its type is named.
export const getDataset = (key: string, signal?: Signal) =>
  body(
    client.GET('/datasets/{key}', { params: by(key), ...until(signal) }),
  ) as Promise<T.DatasetDetail>;
export const deleteDataset = (key: string) =>
  body(client.DELETE('/datasets/{key}', { params: by(key) }));
export const datasetVersions = (key: string, signal?: Signal) =>
  body(client.GET('/datasets/{key}/versions', { params: by(key), ...until(signal) }));
export const datasetPreview = (
  key: string,
  query: { limit: number; offset: number; version: number },
  signal?: Signal,
) =>
  body(
    client.GET('/datasets/{key}/preview', { params: { ...by(key), query }, ...until(signal) }),
  ) as Promise<T.Preview>;

/** Options first: a streaming reader has to know them before the file's first byte. */
function uploadForm(fields: Record<string, string>, options: T.ReadOptions): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
  form.append('options', JSON.stringify(options));
  return form;
}
/** Reads a file without keeping it. */
export function inspectFile(file: Blob, name: string, options: T.ReadOptions, signal?: Signal) {
  const form = uploadForm({}, options);
  form.append('file', file, name);
  return body(
    client.POST('/datasets/inspect', {
      body: form as unknown as components['schemas']['UploadForm'],
      bodySerializer: (whole) => whole as unknown as FormData,
      ...until(signal),
    }),
  ) as Promise<T.Inspection>;
}
/** Reads a file and keeps it as a new version of a dataset. */
export function uploadFile(
  file: File,
  about: { key: string; title: string; options: T.ReadOptions },
  onSent: (sent: number, total: number) => void,
  signal: AbortSignal,
): Promise<T.DatasetDetail> {
  const form = uploadForm({ key: about.key, title: about.title }, about.options);
  form.append('file', file, file.name);
  return sendForm<T.DatasetDetail>('/datasets', form, onSent, signal);
}

export const listSources = (signal?: Signal) =>
  body(client.GET('/sources', { params: { query: { limit: 500 } }, ...until(signal) })) as Promise<
    T.Page<T.Source>
  >;
export const createSource = (definition: T.SourceDefinition) =>
  body(client.POST('/sources', { body: definition }));
export const deleteSource = (key: string) =>
  body(client.DELETE('/sources/{key}', { params: by(key) }));
export const syncSource = (key: string) =>
  body(client.POST('/sources/{key}/sync', { params: by(key) }));
export const sourceRuns = (key: string, signal?: Signal) =>
  body(
    client.GET('/sources/{key}/runs', {
      params: { ...by(key), query: { limit: 50 } },
      ...until(signal),
    }),
  ) as Promise<T.Page<T.SyncRun>>;

export const listModels = (signal?: Signal) =>
  body(client.GET('/models', { params: { query: { limit: 500 } }, ...until(signal) }));
export const getModel = (key: string, signal?: Signal) =>
  body(client.GET('/models/{key}', { params: by(key), ...until(signal) }));
const asYaml = (text: string) => ({
  body: text,
  bodySerializer: (whole: unknown) => whole as string,
  headers: { 'Content-Type': 'application/yaml' },
});
export const createModel = (spec: string) => body(client.POST('/models', asYaml(spec)));
/** Creates or changes, as `vakhta apply` does. */
export const applySpec = (spec: string) =>
  body(client.POST('/models', { params: { query: { apply: true } }, ...asYaml(spec) }));
export const deleteModel = (key: string) =>
  body(client.DELETE('/models/{key}', { params: by(key) }));

export const listVersions = (key: string, signal?: Signal) =>
  body(
    client.GET('/models/{key}/versions', {
      params: { ...by(key), query: { limit: 200 } },
      ...until(signal),
    }),
  );
export const getVersion = (key: string, version: string, signal?: Signal) =>
  body(
    client.GET('/models/{key}/versions/{version}', {
      params: { path: { key, version } },
      ...until(signal),
    }),
  ) as Promise<T.VersionDetail>;
export const seriesKeys = (key: string, signal?: Signal) =>
  body(client.GET('/models/{key}/series', { params: by(key), ...until(signal) }));
const chosen = (version: string, reason: string) => (reason ? { version, reason } : { version });
export const deploy = (key: string, version: string, reason: string) =>
  body(client.POST('/models/{key}/deploy', { params: by(key), body: chosen(version, reason) }));
export const rollBack = (key: string, version: string, reason: string) =>
  body(client.POST('/models/{key}/rollback', { params: by(key), body: chosen(version, reason) }));
export const listDeployments = (key: string, signal?: Signal) =>
  body(client.GET('/models/{key}/deployments', { params: by(key), ...until(signal) }));
export const listDecisions = (key: string, signal?: Signal) =>
  body(client.GET('/models/{key}/decisions', { params: by(key), ...until(signal) }));

export const forecast = (
  model_key: string,
  series: string[],
  history: number,
  signal?: Signal,
): Promise<T.Forecast> =>
  body(
    client.POST('/forecast', {
      body: { model_key, history, ...(series.length > 0 ? { series: [series] } : {}) },
      ...until(signal),
    }),
  ) as Promise<T.Forecast>;
/** Asks a version about one record, and why it answers so. Columns that are not named are missing. */
export const predict = (
  model_key: string,
  version: string,
  record: Record<string, T.Cell>,
): Promise<T.Predictions> =>
  body(
    client.POST('/predict', {
      params: { query: { wait: 30 } },
      // The description leaves open what a record holds.
      body: { model_key, version, data: [record as Record<string, never>], explain: true, top: 5 },
    }),
  ) as Promise<T.Predictions>;
/** Asks a version about many records, in their order. */
export const predictMany = (
  model_key: string,
  version: string,
  records: Record<string, T.Cell>[],
  signal: AbortSignal,
): Promise<T.Predictions> =>
  body(
    client.POST('/predict', {
      params: { query: { wait: 60 } },
      body: { model_key, version, data: records as Record<string, never>[], explain: false },
      ...until(signal),
    }),
  ) as Promise<T.Predictions>;
export const train = (model_key: string, reason: string, alias: string) =>
  body(
    client.POST('/train', {
      body: { model_key, ...(reason ? { reason } : {}), ...(alias ? { alias } : {}) },
    }),
  ) as Promise<{ job_id: string }>;

const window = (model_key: string, days: number, signal: Signal) => ({
  params: { query: { model_key, days } },
  ...until(signal),
});
/** How a model did on live answers in the last days. */
export const performance = (model: string, days: number, signal?: Signal) =>
  body(client.GET('/monitoring/performance/summary', window(model, days, signal)));
export const performanceSegments = (model: string, days: number, signal?: Signal) =>
  body(client.GET('/monitoring/performance/segments', window(model, days, signal)));
export const performanceErrors = (model: string, days: number, signal?: Signal) =>
  body(client.GET('/monitoring/performance/errors', window(model, days, signal)));

export const listDriftReports = (model: string, days: number, signal?: Signal) =>
  body(client.GET('/drift/daily-reports', window(model, days, signal)));
export const driftReport = (id: string, signal?: Signal) =>
  body(client.GET('/drift/reports/{id}', { params: byId(id), ...until(signal) }));
/** Checks what was not reported on yet; the job that does it. */
export const checkDrift = (model_key: string) =>
  body(client.POST('/drift/check', { params: { query: { wait: 30 } }, body: { model_key } }));

export const listAlerts = (filters: Filters = {}, signal?: Signal) =>
  body(
    client.GET('/alerts', {
      params: { query: given<QueryOf<'/alerts'>>(filters) },
      ...until(signal),
    }),
  );
export const alertHealth = (signal?: Signal) => body(client.GET('/health/alerts', until(signal)));
export const acknowledgeAlert = (id: string, note: string) =>
  body(client.POST('/alerts/{id}/acknowledge', { params: byId(id), body: note ? { note } : {} }));
export const resolveAlert = (id: string) =>
  body(client.POST('/alerts/{id}/resolve', { params: byId(id) }));

export const listJobs = (filters: Filters = {}, signal?: Signal) =>
  body(
    client.GET('/jobs', { params: { query: given<QueryOf<'/jobs'>>(filters) }, ...until(signal) }),
  );
export const getJob = (id: string, signal?: Signal) =>
  body(client.GET('/jobs/{id}', { params: byId(id), ...until(signal) }));
export const cancelJob = (id: string) =>
  body(client.POST('/jobs/{id}/cancel', { params: byId(id) }));
/** Tries a job once more, as a new one. */
export const retryJob = (id: string) => body(client.POST('/jobs/{id}/retry', { params: byId(id) }));
export const listSchedules = (signal?: Signal) =>
  body(client.GET('/schedules', { params: { query: { limit: 500 } }, ...until(signal) }));
export const changeSchedule = (id: string, change: T.ScheduleChange) =>
  body(client.PUT('/schedules/{id}', { params: byId(id), body: change }));
export const runSchedule = (id: string) =>
  body(client.POST('/schedules/{id}/run', { params: byId(id) }));
export const jobLog = (id: string, after: number, signal?: Signal) =>
  body(
    client.GET('/jobs/{id}/logs', {
      params: { ...byId(id), query: { after } },
      ...until(signal),
    }),
  );

export const listEvents = (filters: Filters = {}, signal?: Signal) =>
  body(
    client.GET('/events', {
      params: { query: given<QueryOf<'/events'>>(filters) },
      ...until(signal),
    }),
  );
export const health = (signal?: Signal) => body(client.GET('/health', until(signal)));
export const about = (signal?: Signal) => body(client.GET('/about', until(signal)));
