-- What answers beside champions: former ones in probation, challengers. At most one of each a model.
CREATE TABLE arms (
    workspace {text} NOT NULL,
    model {text} NOT NULL,
    part {text} NOT NULL,
    version {text} NOT NULL,
    against {text} NOT NULL,
    mode {text} NOT NULL,
    days {int} NOT NULL,
    since_at {int} NOT NULL,
    step_since_at {int} NOT NULL,
    decision {text} NOT NULL REFERENCES decisions (id),
    PRIMARY KEY (workspace, model, part),
    FOREIGN KEY (workspace, model, version) REFERENCES versions (workspace, model, id),
    FOREIGN KEY (workspace, model, against) REFERENCES versions (workspace, model, id)
) {strict};

-- What champion and arms forecast by themselves each day, so that they are held against the same days.
CREATE TABLE trial_answers (
    workspace {text} NOT NULL,
    model {text} NOT NULL,
    -- YYYY-MM-DD, so that texts are ordered as dates are.
    day {text} NOT NULL,
    answer_key {text} NOT NULL,
    ahead {int} NOT NULL,
    version {text} NOT NULL,
    segment {text} NOT NULL,
    made_at {int} NOT NULL,
    number {float},
    PRIMARY KEY (workspace, model, day, answer_key, ahead, version)
) {strict};

-- Whether an answer was made in shadow of the one that callers were given.
ALTER TABLE logged_answers ADD COLUMN shadow {int} NOT NULL DEFAULT 0;
