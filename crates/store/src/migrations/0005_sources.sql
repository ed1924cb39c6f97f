-- Where rows come from by themselves, and schedules of theirs.
CREATE TABLE sources (
    workspace {text} NOT NULL REFERENCES workspaces (id),
    source {text} NOT NULL,
    dataset {text} NOT NULL,
    definition {text} NOT NULL,
    cron {text} NOT NULL,
    timezone {text} NOT NULL,
    revision {int} NOT NULL,
    seen {text} NOT NULL,
    last_run {int} NOT NULL,
    created_at {int} NOT NULL,
    created_by {text},
    PRIMARY KEY (workspace, source)
) {strict};

CREATE TABLE source_runs (
    workspace {text} NOT NULL,
    source {text} NOT NULL,
    number {int} NOT NULL,
    run {text} NOT NULL,
    PRIMARY KEY (workspace, source, number),
    FOREIGN KEY (workspace, source) REFERENCES sources (workspace, source)
) {strict};

-- A schedule is about a model or a source from now on: SQLite changes no column in place.
CREATE TABLE schedules_of_all (
    workspace {text} NOT NULL,
    id {text} NOT NULL,
    task {text} NOT NULL,
    model {text},
    source {text},
    cron {text} NOT NULL,
    timezone {text} NOT NULL,
    origin {text} NOT NULL,
    paused {int} NOT NULL,
    next_at {int} NOT NULL,
    last_due_at {int},
    last_at {int},
    last_job {text},
    last_joined {int},
    created_at {int} NOT NULL,
    created_by {text},
    PRIMARY KEY (workspace, id),
    CHECK ((model IS NULL) <> (source IS NULL)),
    FOREIGN KEY (workspace, model) REFERENCES models (workspace, model),
    FOREIGN KEY (workspace, source) REFERENCES sources (workspace, source)
) {strict};
INSERT INTO schedules_of_all (workspace, id, task, model, cron, timezone, origin, paused, next_at, last_due_at,
    last_at, last_job, last_joined, created_at, created_by)
    SELECT workspace, id, task, model, cron, timezone, origin, paused, next_at, last_due_at,
        last_at, last_job, last_joined, created_at, created_by FROM schedules;
DROP TABLE schedules;
ALTER TABLE schedules_of_all RENAME TO schedules;
CREATE INDEX schedules_due ON schedules (next_at) WHERE paused = 0;
CREATE INDEX schedules_by_model ON schedules (workspace, model);
CREATE INDEX schedules_by_source ON schedules (workspace, source);
