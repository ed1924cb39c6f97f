/** The shapes of the HTTP API that the pages use, taken from the generated description. */

import type { components } from './schema';

type Schemas = components['schemas'];

/**
 * A shape as the server answers it. The description calls a field that may be null optional; in
 * answers every field is written, null where there is nothing.
 */
export type Answer<T> = T extends object
  ? { [K in keyof T]-?: Answer<Exclude<T[K], undefined>> }
  : T;

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export type User = Answer<Schemas['User']>;
export type Tier = Schemas['Tier'];
export type Permission = Schemas['Permission'];
export type UserInfo = Answer<Schemas['UserInfo']>;
export type ApiToken = Answer<Schemas['ApiToken']>;
export type UserChanges = Schemas['UserChanges'];
export type ManagedUser = Answer<Schemas['ManagedUser']>;
export type Workspace = Answer<Schemas['Workspace']>;
export type Member = Answer<Schemas['Member']>;
export type NewToken = Answer<Schemas['MadeToken']>;

export type Cell = string | number | boolean | null;
export type ColumnKind = Schemas['ColumnKind'];
export type Column = Answer<Schemas['Column']>;
export type ReadAs = Answer<Schemas['ReadAs']>;
export type BadRow = Answer<Schemas['BadRow']>;
export type Refused = Answer<Schemas['Refused']>;
export type Frequency = Schemas['Frequency'];
export type Guess = Answer<Schemas['RoleGuess']>;
/** Values of a table are given as JSON holds them; the description leaves their type open. */
export type Inspection = Answer<Omit<Schemas['Inspection'], 'preview'>> & { preview: Cell[][] };
export type Dataset = Answer<Schemas['Dataset']>;
export type DatasetDetail = Answer<Schemas['DatasetDetail']>;
export type DatasetVersion = Answer<Schemas['DatasetVersion']>;
export type Preview = Answer<Omit<Schemas['Preview'], 'rows'>> & { rows: Cell[][] };

export type Metrics = Answer<Schemas['Metrics']>;
export type Fold = Answer<Schemas['Fold']>;
export type Quality = Answer<Schemas['Quality']>;
export type ClassQuality = Extract<Quality, { task: 'classification' }>;
export type NumberQuality = Extract<Quality, { task: 'regression' }>;
export type RecordsReport = Answer<Schemas['RecordsReport']>;
export type TrainingReport = Answer<Schemas['TrainingReport']>;
export type Model = Answer<Schemas['Model']>;
export type ModelDetail = Answer<Schemas['ModelDetail']>;
export type Notice = Answer<Schemas['Notice']>;
export type ModelChange = Answer<Schemas['ModelChange']>;
export type VersionState = Schemas['VersionState'];
export type Version = Answer<Schemas['Version']>;
export type VersionDetail = Answer<Schemas['VersionDetail']>;
export type Deployment = Answer<Schemas['Deployment']>;
export type Decision = Answer<Schemas['Decision']>;
export type SeriesForecast = Answer<Schemas['SeriesForecast']>;
export type Forecast = Answer<Schemas['Forecast']>;
export type SeriesKeys = Answer<Schemas['SeriesKeys']>;

export type SpecData = Schemas['SpecData'];
export type Explanation = Answer<Schemas['Explanation']>;
export type Prediction = Answer<Schemas['Prediction']>;
export type Interval = Answer<Schemas['Interval']>;
export type Predictions = Answer<Schemas['Predictions']>;

export type Performance = Answer<Schemas['PerformanceSummary']>;
export type LiveAccuracy = Answer<Schemas['LiveAccuracy']>;
export type LiveDay = Answer<Schemas['LiveDay']>;
export type LiveTrend = Answer<Schemas['LiveTrend']>;
export type Segments = Answer<Schemas['PerformanceSegments']>;
export type ErrorAnalysis = Answer<Schemas['ErrorAnalysis']>;
export type Miss = Answer<Schemas['Miss']>;
export type DriftReport = Answer<Schemas['DriftReport']>;
export type DriftReportFull = Answer<Schemas['DriftReportFull']>;
export type DriftFeature = Answer<Schemas['DriftFeature']>;
export type Source = Answer<Schemas['DataSource']>;
export type SourceDefinition = Schemas['SourceDefinition'];
export type SyncRun = Answer<Schemas['SyncRun']>;
export type Alert = Answer<Schemas['Alert']>;
export type AlertRule = Answer<Schemas['AlertRule']>;
export type RuleSettings = Schemas['RuleSettings'];
export type Channel = Answer<Schemas['Channel']>;
export type ChannelDefinition = Schemas['ChannelDefinition'];
export type Delivery = Answer<Schemas['Delivery']>;
export type Silence = Answer<Schemas['Silence']>;
export type NewSilence = Schemas['NewSilence'];

export type JobKind = Schemas['JobKind'];
export type JobState = Schemas['JobState'];
export type Job = Answer<Schemas['Job']>;
export type Schedule = Answer<Schemas['Schedule']>;
export type ScheduleChange = Schemas['ScheduleChange'];
export type JobLogLine = Answer<Schemas['JobLogLine']>;
export type Suspicion = Answer<Schemas['Suspicion']>;
export type AuditEvent = Answer<Schemas['Event']>;
export type Health = Answer<Schemas['Health']>;
export type About = Answer<Schemas['About']>;

/** What a caller says about a file instead of letting it be detected. */
export interface ReadOptions {
  format?: ReadAs['format'];
  encoding?: string;
  delimiter?: string;
  decimal?: string;
  dates?: string;
  text_columns?: string[];
  on_error?: 'refuse' | 'skip';
}
