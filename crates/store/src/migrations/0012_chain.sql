-- The history is chained: each event of a workspace holds its number, its hash, and the seals of what may be erased.
-- Events that are older than this keep empty ones.
ALTER TABLE events ADD COLUMN chain_number {int};
ALTER TABLE events ADD COLUMN chain_hash {text};
ALTER TABLE events ADD COLUMN actor_salt {text};
ALTER TABLE events ADD COLUMN actor_digest {text};
ALTER TABLE events ADD COLUMN origin_salt {text};
ALTER TABLE events ADD COLUMN origin_digest {text};
ALTER TABLE events ADD COLUMN data_salt {text};
ALTER TABLE events ADD COLUMN data_digest {text};

-- The end of each chain, and how many events are older than it.
CREATE TABLE event_chains (
    workspace {text} NOT NULL PRIMARY KEY REFERENCES workspaces (id),
    number {int} NOT NULL,
    hash {text} NOT NULL,
    older {int} NOT NULL
) {strict};
INSERT INTO event_chains (workspace, number, hash, older)
    SELECT workspace, 0, '0000000000000000000000000000000000000000000000000000000000000000', COUNT(*)
    FROM events GROUP BY workspace;

-- By address, and by account: who asks what is kept of him, or to be erased.
CREATE INDEX events_by_ip ON events (workspace, ip, seq);
CREATE INDEX events_by_user ON events (user_id, seq);

{append_only_events}
