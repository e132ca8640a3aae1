-- The subset of SQL that PostgreSQL and SQLite both run: no sequences and
-- no arrays. Numbers are BIGINT, bytes are BYTEA, times are seconds of Unix time.

-- +goose Up

-- One row. To change the log is to update this row first, so its lock serialises
-- every writer of every process. "phase" says what may be appended, "roll" counts the
-- versions of the voter roll that were logged: a ballot judged by an older one is refused.
CREATE TABLE head (
    id    BIGINT PRIMARY KEY CHECK (id = 1),
    size  BIGINT NOT NULL CHECK (size >= 0),
    phase TEXT   NOT NULL CHECK (phase IN ('setup', 'open', 'closed', 'settled')),
    rolls BIGINT NOT NULL
);
INSERT INTO head (id, size, phase, rolls) VALUES (1, 0, 'setup', 0);

-- The leaves of the log, as the public entry bundles show them.
CREATE TABLE entry (
    idx  BIGINT PRIMARY KEY CHECK (idx >= 0),
    leaf BYTEA  NOT NULL
);

-- The hashes of the tree, at the positions of tlog.StoredHashIndex.
CREATE TABLE node (
    id   BIGINT PRIMARY KEY,
    hash BYTEA  NOT NULL
);

-- Every state of the log that was signed: two roots for one size cannot be stored.
-- "final" is true once the note carries what the policy asks of a checkpoint.
CREATE TABLE checkpoint (
    size  BIGINT  PRIMARY KEY,
    root  BYTEA   NOT NULL,
    note  BYTEA   NOT NULL,
    final BOOLEAN NOT NULL
);

-- The sealed ballot box.
CREATE TABLE ballot (
    idx       BIGINT PRIMARY KEY REFERENCES entry (idx),
    voter     TEXT   NOT NULL,
    ballot    BYTEA  NOT NULL UNIQUE,
    envelope  BYTEA  NOT NULL UNIQUE,
    container BYTEA  NOT NULL,
    evidence  BYTEA,              -- about the signer's certificate; NULL: none yet
    bound     BYTEA  NOT NULL,    -- hash of the evidence in the leaf: zeros if there was none
    good      BOOLEAN NOT NULL,   -- whether the evidence says that the certificate was good
    cast_at   BIGINT NOT NULL,
    looks     BIGINT NOT NULL
);
CREATE INDEX ballot_voter ON ballot (voter, idx);
CREATE INDEX ballot_unsettled ON ballot (idx) WHERE evidence IS NULL;

-- Revocation lists of eID issuers that evidence refers to, by their SHA-256.
CREATE TABLE revocation_list (
    hash BYTEA PRIMARY KEY,
    body BYTEA NOT NULL
);

-- Documents that the collector itself wrote and whose hashes are in the log.
CREATE TABLE document (
    name TEXT  PRIMARY KEY,
    body BYTEA NOT NULL
);

-- Challenges that were answered, until they expire: each is good for one answer.
CREATE TABLE answered (
    challenge BYTEA  PRIMARY KEY,
    expires   BIGINT NOT NULL
);
