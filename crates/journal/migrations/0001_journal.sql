-- The journal. Written so that SQLite and PostgreSQL both take it: BYTEA is PostgreSQL's type for bytes, and SQLite keeps
-- bytes as bytes under any name. Rows are only ever added; see sqlite/append_only.sql.

-- An act: the very bytes that were hashed, and their RFC 6962 leaf hash (base64). The leaf could be computed again from
-- the body; it is kept so that a changed byte is found at its position, and not only known to be somewhere.
CREATE TABLE acts (
    position BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    leaf TEXT NOT NULL
);

-- Report files, by the SHA-256 of their bytes in lower-case hexadecimal. Each is named by at least one act.
CREATE TABLE blobs (
    sha256 TEXT PRIMARY KEY,
    bytes BYTEA NOT NULL
);

-- The signed checkpoint made with each append, and one of the empty journal. The inner hashes of the tree are not kept:
-- they are computed from the acts when the journal is opened, in less time than it takes to read them.
CREATE TABLE checkpoints (
    size BIGINT PRIMARY KEY,
    note TEXT NOT NULL
);
