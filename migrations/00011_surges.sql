-- +goose Up
-- When it was noticed that a cluster had reached many profiles within an hour
-- of being seen first.

ALTER TABLE clusters ADD surged_at timestamptz;
CREATE INDEX shapes_first_seen_idx ON shapes (first_seen_at);
