-- +goose Up

-- What officials asked of the collectors. "hash" is SHA-256 over the hash of the line
-- before (zeros for the first) and "entry": a line that was removed or changed shows.
CREATE TABLE journal (
    number BIGINT PRIMARY KEY CHECK (number >= 1),
    entry  BYTEA  NOT NULL,
    hash   BYTEA  NOT NULL
);

-- One row, the end of the chain. Its lock makes the writers of all processes wait for each other.
CREATE TABLE journal_end (
    id    BIGINT PRIMARY KEY CHECK (id = 1),
    lines BIGINT NOT NULL CHECK (lines >= 0),
    hash  BYTEA
);
INSERT INTO journal_end (id, lines, hash) VALUES (1, 0, NULL);
