-- An account's second factor, apart from the account: no list of accounts reads it. Its secret is encrypted where the
-- server was given a key for that.
CREATE TABLE second_factors (
    user_id {text} NOT NULL PRIMARY KEY REFERENCES users (id),
    secret {text} NOT NULL,
    made_at {int} NOT NULL,
    confirmed_at {int},
    last_step {int}
) {strict};

CREATE TABLE recovery_codes (
    user_id {text} NOT NULL REFERENCES users (id),
    code_hash {text} NOT NULL,
    used_at {int},
    PRIMARY KEY (user_id, code_hash)
) {strict};

-- Accounts that a provider signs in, by the name that the provider has for them.
CREATE TABLE identities (
    issuer {text} NOT NULL,
    subject {text} NOT NULL,
    user_id {text} NOT NULL UNIQUE REFERENCES users (id),
    linked_at {int} NOT NULL,
    PRIMARY KEY (issuer, subject)
) {strict};

-- Keys that the server made for itself and all its processes share.
CREATE TABLE server_keys (
    name {text} NOT NULL PRIMARY KEY,
    secret {text} NOT NULL,
    made_at {int} NOT NULL
) {strict};
