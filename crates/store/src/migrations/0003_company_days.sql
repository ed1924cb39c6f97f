-- What single days are for a workspace, whatever a country's calendar says.
CREATE TABLE company_days (
    workspace {text} NOT NULL REFERENCES workspaces (id),
    country {text} NOT NULL,
    -- YYYY-MM-DD, so that texts are ordered as dates are.
    day {text} NOT NULL,
    kind {text} NOT NULL,
    note {text},
    set_at {int} NOT NULL,
    set_by {text},
    PRIMARY KEY (workspace, country, day)
) {strict};
