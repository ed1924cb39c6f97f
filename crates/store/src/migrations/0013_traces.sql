-- Where each token came from, as networks: a new one is told.
CREATE TABLE token_networks (
    token {text} NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    workspace {text} NOT NULL,
    network {text} NOT NULL,
    first_seen_at {int} NOT NULL,
    PRIMARY KEY (token, network)
) {strict};

-- Whose a job is, by what door it was asked for, which one it tries once more, and until when it waits for its next
-- attempt.
ALTER TABLE jobs ADD COLUMN owner_user {text};
ALTER TABLE jobs ADD COLUMN owner_name {text};
ALTER TABLE jobs ADD COLUMN source {text};
ALTER TABLE jobs ADD COLUMN retry_of {text};
ALTER TABLE jobs ADD COLUMN not_before {int};
UPDATE jobs SET owner_user = {owner_user}, owner_name = {owner_name}, source = {owner_source};
CREATE INDEX jobs_by_user ON jobs (owner_user, number);

CREATE INDEX events_by_time ON events (workspace, happened_at);
