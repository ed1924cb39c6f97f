-- The first schema. Every row that belongs to somebody carries its workspace.
-- Moments are microseconds UTC; truth is 0 or 1; documents are JSON texts.

CREATE TABLE workspaces (
    id {text} NOT NULL PRIMARY KEY,
    title {text} NOT NULL,
    created_at {int} NOT NULL
) {strict};
INSERT INTO workspaces (id, title, created_at) VALUES ('default', 'Default', {now_micros});

-- Numbers given out in the order in which their transactions commit: the row stays locked until then.
CREATE TABLE counters (
    name {text} NOT NULL PRIMARY KEY,
    value {int} NOT NULL
) {strict};
INSERT INTO counters (name, value) VALUES ('event', 0), ('job', 0);

CREATE TABLE users (
    id {text} NOT NULL PRIMARY KEY,
    workspace {text} NOT NULL REFERENCES workspaces (id),
    username {text} NOT NULL,
    username_folded {text} NOT NULL UNIQUE,
    password_hash {text} NOT NULL,
    tier {text} NOT NULL,
    is_active {int} NOT NULL,
    must_change_password {int} NOT NULL,
    created_at {int} NOT NULL,
    last_sign_in_at {int}
) {strict};

CREATE TABLE sessions (
    secret_hash {text} NOT NULL PRIMARY KEY,
    workspace {text} NOT NULL REFERENCES workspaces (id),
    user_id {text} NOT NULL REFERENCES users (id),
    created_at {int} NOT NULL,
    last_seen_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    ip {text},
    user_agent {text}
) {strict};
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE tokens (
    id {text} NOT NULL PRIMARY KEY,
    workspace {text} NOT NULL REFERENCES workspaces (id),
    user_id {text} NOT NULL REFERENCES users (id),
    name {text} NOT NULL,
    prefix {text} NOT NULL,
    secret_hash {text} NOT NULL UNIQUE,
    created_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    last_used_at {int},
    revoked_at {int}
) {strict};
CREATE INDEX tokens_by_user ON tokens (user_id, created_at);

CREATE TABLE datasets (
    workspace {text} NOT NULL REFERENCES workspaces (id),
    dataset {text} NOT NULL,
    title {text} NOT NULL,
    last_number {int} NOT NULL,
    created_at {int} NOT NULL,
    deleted_at {int},
    PRIMARY KEY (workspace, dataset)
) {strict};

CREATE TABLE dataset_versions (
    id {text} NOT NULL PRIMARY KEY,
    workspace {text} NOT NULL,
    dataset {text} NOT NULL,
    number {int} NOT NULL,
    row_count {int} NOT NULL,
    sha256 {text} NOT NULL,
    bytes {int} NOT NULL,
    facts {text} NOT NULL,
    created_at {int} NOT NULL,
    created_by {text},
    UNIQUE (workspace, dataset, number),
    FOREIGN KEY (workspace, dataset) REFERENCES datasets (workspace, dataset)
) {strict};

CREATE TABLE models (
    workspace {text} NOT NULL REFERENCES workspaces (id),
    model {text} NOT NULL,
    spec {text} NOT NULL,
    revision {int} NOT NULL,
    -- Counts the switches, over deletions too, so that no generation comes twice.
    generation {int} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    deleted_at {int},
    PRIMARY KEY (workspace, model)
) {strict};

CREATE TABLE versions (
    workspace {text} NOT NULL,
    model {text} NOT NULL,
    id {text} NOT NULL,
    -- 1, 2, 3 ... within the model: the order in which versions came.
    number {int} NOT NULL,
    alias {text},
    state {text} NOT NULL,
    job {text} NOT NULL,
    dataset_version {text} NOT NULL,
    spec {text} NOT NULL,
    -- Unsigned 64 bits as decimal text: no integer column holds them all.
    seed {text} NOT NULL,
    report {text},
    artifact_sha256 {text},
    artifact_bytes {int},
    error {text},
    reason {text},
    code_version {text} NOT NULL,
    created_at {int} NOT NULL,
    PRIMARY KEY (workspace, model, id),
    UNIQUE (workspace, model, number),
    FOREIGN KEY (workspace, model) REFERENCES models (workspace, model)
) {strict};
CREATE UNIQUE INDEX versions_by_alias ON versions (workspace, model, alias) WHERE alias IS NOT NULL;

CREATE TABLE decisions (
    id {text} NOT NULL PRIMARY KEY,
    workspace {text} NOT NULL,
    model {text} NOT NULL,
    number {int} NOT NULL,
    kind {text} NOT NULL,
    version {text} NOT NULL,
    previous {text},
    reason {text} NOT NULL,
    evidence {text} NOT NULL,
    decided_by {text} NOT NULL,
    decided_at {int} NOT NULL,
    UNIQUE (workspace, model, number),
    FOREIGN KEY (workspace, model) REFERENCES models (workspace, model)
) {strict};

CREATE TABLE deployments (
    workspace {text} NOT NULL,
    model {text} NOT NULL,
    generation {int} NOT NULL,
    version {text} NOT NULL,
    since_at {int} NOT NULL,
    until_at {int},
    decision {text} NOT NULL REFERENCES decisions (id),
    PRIMARY KEY (workspace, model, generation),
    FOREIGN KEY (workspace, model, version) REFERENCES versions (workspace, model, id)
) {strict};
-- One version serves, whatever happens.
CREATE UNIQUE INDEX deployments_open ON deployments (workspace, model) WHERE until_at IS NULL;

CREATE TABLE jobs (
    id {text} NOT NULL PRIMARY KEY,
    workspace {text} NOT NULL REFERENCES workspaces (id),
    number {int} NOT NULL UNIQUE,
    kind {text} NOT NULL,
    model {text},
    payload {text} NOT NULL,
    single_flight {text},
    state {text} NOT NULL,
    stage {text},
    progress_ppm {int} NOT NULL,
    attempt {int} NOT NULL,
    worker {text},
    lease_until {int},
    cancel_requested {int} NOT NULL,
    limit_seconds {int} NOT NULL,
    owner {text} NOT NULL,
    log_lines {int} NOT NULL,
    created_at {int} NOT NULL,
    started_at {int},
    finished_at {int},
    result {text},
    error {text}
) {strict};
CREATE UNIQUE INDEX jobs_single_flight ON jobs (workspace, single_flight) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_queued ON jobs (number) WHERE state = 'queued';
CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_by_workspace ON jobs (workspace, number);
CREATE INDEX jobs_by_model ON jobs (workspace, model, number);

CREATE TABLE job_log (
    job {text} NOT NULL REFERENCES jobs (id),
    line {int} NOT NULL,
    workspace {text} NOT NULL,
    written_at {int} NOT NULL,
    body {text} NOT NULL,
    PRIMARY KEY (job, line)
) {strict};

CREATE TABLE events (
    seq {int} NOT NULL PRIMARY KEY,
    workspace {text} NOT NULL REFERENCES workspaces (id),
    happened_at {int} NOT NULL,
    kind {text} NOT NULL,
    subject_type {text} NOT NULL,
    subject_id {text} NOT NULL,
    model {text},
    job {text},
    user_id {text},
    actor {text} NOT NULL,
    source {text} NOT NULL,
    ip {text},
    user_agent {text},
    request_id {text},
    data {text} NOT NULL
) {strict};
CREATE INDEX events_by_workspace ON events (workspace, seq);
CREATE INDEX events_by_kind ON events (workspace, kind, seq);
CREATE INDEX events_by_model ON events (workspace, model, seq);
CREATE INDEX events_by_actor ON events (workspace, actor, seq);

CREATE TABLE answers (
    workspace {text} NOT NULL REFERENCES workspaces (id),
    request_key {text} NOT NULL,
    fingerprint {text} NOT NULL,
    taken_at {int} NOT NULL,
    status {int},
    body {blob},
    PRIMARY KEY (workspace, request_key)
) {strict};
CREATE INDEX answers_by_age ON answers (taken_at);

-- Parts of the prediction log that were moved into the object store. One part holds several workspaces;
-- the second table says how much of it is whose.
CREATE TABLE prediction_segments (
    id {text} NOT NULL PRIMARY KEY,
    sha256 {text} NOT NULL,
    bytes {int} NOT NULL,
    records {int} NOT NULL,
    from_at {int} NOT NULL,
    to_at {int} NOT NULL,
    sealed_at {int} NOT NULL
) {strict};

CREATE TABLE prediction_segment_parts (
    workspace {text} NOT NULL,
    model {text} NOT NULL,
    segment {text} NOT NULL REFERENCES prediction_segments (id),
    records {int} NOT NULL,
    PRIMARY KEY (workspace, model, segment)
) {strict};
