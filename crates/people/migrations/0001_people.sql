-- People and what belongs to them. SQLite and PostgreSQL both take it. Times are milliseconds since 1970 in UTC, days are
-- written 2026-11-23; both come from the caller. Tokens are kept as the SHA-256 of their text, in hexadecimal.
-- Everything personal in the whole program stands in these tables, and can be erased from them.

CREATE TABLE organisations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT,
    year BIGINT
);

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    -- The address in lower case: two people never share one.
    email_key TEXT NOT NULL UNIQUE,
    organisation TEXT REFERENCES organisations (id),
    language TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    -- The last time that they signed in.
    seen_at BIGINT
);

CREATE TABLE holdings (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    state TEXT,
    first_day TEXT NOT NULL,
    last_day TEXT
);
CREATE INDEX holdings_by_person ON holdings (person);

CREATE TABLE passwords (
    person TEXT PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE second_factors (
    person TEXT PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    secret TEXT NOT NULL,
    -- The time step of the last code that was taken: none is taken twice.
    last_step BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL
);

CREATE TABLE recovery_codes (
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (person, code)
);

-- Accounts at an identity provider, bound at an invitation.
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    bound_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_by_person ON identities (person);

-- Links sent by mail, each for one purpose: invitation, password-reset.
CREATE TABLE links (
    token TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX links_by_person ON links (person);

-- Sign-ins that wait for the second factor, or for its enrolment (then with the secret that is offered).
CREATE TABLE pending (
    token TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    stage TEXT NOT NULL,
    secret TEXT,
    tries BIGINT NOT NULL,
    address TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Sign-ins on their way to an identity provider and back: the hash of what the browser keeps, and of what travels.
CREATE TABLE journeys (
    token TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    -- The hash of the invitation that is being accepted, if one is.
    link TEXT,
    address TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    second_factor BIGINT NOT NULL,
    address TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person);

CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    verbs TEXT NOT NULL,
    states TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX tokens_by_person ON tokens (person);

-- Failed tries, by account and by address, each under the SHA-256 of its name.
CREATE TABLE throttles (
    gate TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    shut_until BIGINT NOT NULL
);

CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    -- What makes it the same job as another one: it is done once for each key.
    key TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    -- waiting, running, done, failed
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    worker TEXT,
    -- Until when the worker has it; afterwards another may take it.
    held_until BIGINT,
    error TEXT,
    made_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX jobs_by_state ON jobs (state, due_at);

-- Who did or read what. Opaque ids only. Each row's hash covers the row and the hash before it.
CREATE TABLE trail (
    position BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    person TEXT,
    verb TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    through TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX trail_by_person ON trail (person, position);
CREATE INDEX trail_by_subject ON trail (subject, position);
CREATE INDEX trail_by_time ON trail (at);

-- One row, which holds its writers in a row.
CREATE TABLE trail_end (
    one BIGINT PRIMARY KEY,
    position BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO trail_end (one, position, hash) VALUES (1, 0, '');
