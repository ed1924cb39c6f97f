-- A deleted account keeps its row, so that the history goes on naming it; its name becomes free.
ALTER TABLE users ADD COLUMN deleted_at {int};
-- Permissions as a JSON list; nothing for all that the owner may do.
ALTER TABLE tokens ADD COLUMN scopes {text};

-- Accounts that were let into a workspace other than their home, with their role there.
CREATE TABLE members (
    workspace {text} NOT NULL REFERENCES workspaces (id),
    user_id {text} NOT NULL REFERENCES users (id),
    role {text} NOT NULL,
    set_at {int} NOT NULL,
    PRIMARY KEY (workspace, user_id)
) {strict};
CREATE INDEX members_by_user ON members (user_id);
