-- +goose Up

-- Notices to voters that are not delivered yet: a row is written with its ballot and
-- deleted with the delivery, so that the queue tells nothing of those who were reached.
-- Who holds a notice is "taker", until "until"; times are seconds of Unix time.
CREATE TABLE notice (
    idx      BIGINT  PRIMARY KEY REFERENCES ballot (idx),
    due      BIGINT  NOT NULL,
    attempts BIGINT  NOT NULL,
    taker    TEXT    NOT NULL,
    until    BIGINT  NOT NULL,
    given_up BOOLEAN NOT NULL
);
CREATE INDEX notice_due ON notice (due) WHERE NOT given_up;

-- Whether the election has notices, as the first collector says: one row. A collector that
-- was told otherwise would take ballots whose voters are not told, so it does not start.
CREATE TABLE notice_policy (
    id       BIGINT  PRIMARY KEY CHECK (id = 1),
    notified BOOLEAN NOT NULL
);
