-- +goose Up

-- The latest time of a ballot in the box, 0 for none: a clock that was set back is noticed
-- under the lock on the log.
ALTER TABLE head ADD COLUMN latest BIGINT NOT NULL DEFAULT 0;
UPDATE head SET latest = COALESCE((SELECT MAX(cast_at) FROM ballot), 0);
