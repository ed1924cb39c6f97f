-- Alerts, who is told of them, and what is owed to those.
CREATE TABLE alerts (
    workspace {text} NOT NULL REFERENCES workspaces (id),
    id {text} NOT NULL,
    -- The order in which they came.
    number {int} NOT NULL,
    rule {text} NOT NULL,
    subject {text} NOT NULL,
    model {text},
    state {text} NOT NULL,
    severity {text} NOT NULL,
    -- Whether it is looked at again: not over, or resolved by a person while it still was so.
    live {int} NOT NULL,
    resolved_at {int},
    revision {int} NOT NULL,
    alert {text} NOT NULL,
    PRIMARY KEY (workspace, id)
) {strict};
CREATE UNIQUE INDEX alerts_open ON alerts (workspace, rule, subject) WHERE state <> 'resolved';
CREATE INDEX alerts_by_number ON alerts (workspace, number);
CREATE INDEX alerts_live ON alerts (workspace) WHERE live = 1;
INSERT INTO counters (name, value) VALUES ('alert', 0), ('delivery', 0);

CREATE TABLE alert_rules (
    workspace {text} NOT NULL PRIMARY KEY REFERENCES workspaces (id),
    rules {text} NOT NULL
) {strict};

CREATE TABLE alert_silences (
    workspace {text} NOT NULL REFERENCES workspaces (id),
    id {text} NOT NULL,
    starts_at {int} NOT NULL,
    ends_at {int} NOT NULL,
    silence {text} NOT NULL,
    PRIMARY KEY (workspace, id)
) {strict};
CREATE INDEX alert_silences_by_end ON alert_silences (workspace, ends_at);

CREATE TABLE alert_channels (
    workspace {text} NOT NULL REFERENCES workspaces (id),
    id {text} NOT NULL,
    name {text} NOT NULL,
    channel {text} NOT NULL,
    PRIMARY KEY (workspace, id),
    UNIQUE (workspace, name)
) {strict};

-- Apart, so that no list of channels can hold one.
CREATE TABLE alert_channel_secrets (
    workspace {text} NOT NULL,
    channel {text} NOT NULL,
    name {text} NOT NULL,
    secret {text} NOT NULL,
    PRIMARY KEY (workspace, channel, name),
    FOREIGN KEY (workspace, channel) REFERENCES alert_channels (workspace, id)
) {strict};

CREATE TABLE alert_deliveries (
    workspace {text} NOT NULL REFERENCES workspaces (id),
    id {text} NOT NULL,
    number {int} NOT NULL,
    channel {text} NOT NULL,
    grouped {text} NOT NULL,
    kind {text} NOT NULL,
    state {text} NOT NULL,
    attempts {int} NOT NULL,
    alerts {text} NOT NULL,
    created_at {int} NOT NULL,
    -- While an attempt is under way: when it is taken for dead.
    next_at {int} NOT NULL,
    ended_at {int},
    error {text},
    PRIMARY KEY (workspace, id)
) {strict};
CREATE INDEX alert_deliveries_by_number ON alert_deliveries (workspace, number);
CREATE INDEX alert_deliveries_due ON alert_deliveries (next_at) WHERE state = 'waiting';
CREATE INDEX alert_deliveries_waiting ON alert_deliveries (workspace, channel, grouped, number) WHERE state = 'waiting';
CREATE INDEX alert_deliveries_ended ON alert_deliveries (ended_at);
