-- What a version's training rows were like, and the reports on later ones.
ALTER TABLE versions ADD COLUMN profile_sha256 {text};
ALTER TABLE versions ADD COLUMN profile_bytes {int};

-- One row a place: a report is made again of more rows until its days are over.
CREATE TABLE drift_reports (
    workspace {text} NOT NULL,
    model {text} NOT NULL,
    version {text} NOT NULL,
    slot {text} NOT NULL,
    id {text} NOT NULL,
    series {text} NOT NULL,
    -- YYYY-MM-DD, so that texts are ordered as dates are.
    from_day {text} NOT NULL,
    to_day {text} NOT NULL,
    complete {int} NOT NULL,
    standing {text} NOT NULL,
    reason {text},
    row_count {int} NOT NULL,
    drifted {text} NOT NULL,
    confirmed {text} NOT NULL,
    broken {text} NOT NULL,
    job {text} NOT NULL,
    retrain {text},
    made_at {int} NOT NULL,
    detail {text} NOT NULL,
    PRIMARY KEY (workspace, model, version, slot),
    UNIQUE (workspace, id),
    FOREIGN KEY (workspace, model) REFERENCES models (workspace, model)
) {strict};
CREATE INDEX drift_reports_by_day ON drift_reports (workspace, to_day, id);
