-- What turned out to be true, the answers that wait for it, and the daily rows made of both.
-- Sized for tens of millions of answers and actuals a database.

-- One row a model; every change below is made while it is locked, so that changes of one model come one by one.
CREATE TABLE watch_state (
    workspace {text} NOT NULL,
    model {text} NOT NULL,
    stamp {int} NOT NULL,
    dataset_version {text},
    PRIMARY KEY (workspace, model),
    FOREIGN KEY (workspace, model) REFERENCES models (workspace, model)
) {strict};

CREATE TABLE actuals (
    workspace {text} NOT NULL,
    model {text} NOT NULL,
    answer_key {text} NOT NULL,
    revision {int} NOT NULL,
    number {float},
    label {text},
    source {text} NOT NULL,
    taken_at {int} NOT NULL,
    PRIMARY KEY (workspace, model, answer_key)
) {strict};

-- What was said before it was corrected.
CREATE TABLE former_actuals (
    workspace {text} NOT NULL,
    model {text} NOT NULL,
    answer_key {text} NOT NULL,
    revision {int} NOT NULL,
    number {float},
    label {text},
    source {text} NOT NULL,
    taken_at {int} NOT NULL,
    PRIMARY KEY (workspace, model, answer_key, revision)
) {strict};

-- How much of the prediction log was taken in.
CREATE TABLE log_taken (
    workspace {text} NOT NULL,
    model {text} NOT NULL,
    segment {text} NOT NULL,
    records {int} NOT NULL,
    PRIMARY KEY (workspace, model, segment)
) {strict};

-- Of each key and version the answer that counts.
CREATE TABLE logged_answers (
    workspace {text} NOT NULL,
    model {text} NOT NULL,
    answer_key {text} NOT NULL,
    version {text} NOT NULL,
    -- YYYY-MM-DD, so that texts are ordered as dates are.
    day {text} NOT NULL,
    served {int} NOT NULL,
    answered_at {int} NOT NULL,
    request {text} NOT NULL,
    segment {text} NOT NULL,
    step {int},
    number {float},
    label {text},
    detail {text} NOT NULL,
    PRIMARY KEY (workspace, model, answer_key, version)
) {strict};
CREATE INDEX logged_answers_by_day ON logged_answers (workspace, model, day, answer_key, version);

CREATE TABLE days_due (
    workspace {text} NOT NULL,
    model {text} NOT NULL,
    day {text} NOT NULL,
    stamp {int} NOT NULL,
    PRIMARY KEY (workspace, model, day)
) {strict};

CREATE TABLE daily_metrics (
    workspace {text} NOT NULL,
    model {text} NOT NULL,
    scope {text} NOT NULL,
    day {text} NOT NULL,
    version {text} NOT NULL,
    role {text} NOT NULL,
    segment {text} NOT NULL,
    bucket {int} NOT NULL,
    answers {int} NOT NULL,
    scored {int} NOT NULL,
    sums {text} NOT NULL,
    PRIMARY KEY (workspace, model, scope, day, version, role, segment, bucket)
) {strict};
