-- +goose Up

-- What statistics read of a ballot, in the order of the log: without the containers, which are
-- a thousand times as much.
CREATE INDEX ballot_cast ON ballot (idx, voter, cast_at);
