-- What happens by the clock.
CREATE TABLE schedules (
    workspace {text} NOT NULL,
    id {text} NOT NULL,
    task {text} NOT NULL,
    model {text} NOT NULL,
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
    FOREIGN KEY (workspace, model) REFERENCES models (workspace, model)
) {strict};
CREATE INDEX schedules_due ON schedules (next_at) WHERE paused = 0;
CREATE INDEX schedules_by_model ON schedules (workspace, model);
