-- +goose Up
-- A trial of a condition that asks for a code, a subcode or a type looks up the
-- errors that have it.

CREATE INDEX events_code_idx ON events (network, code, id) WHERE code <> '';
CREATE INDEX events_subcode_idx ON events (network, subcode, id) WHERE subcode <> '';
CREATE INDEX events_error_type_idx ON events (network, error_type, id) WHERE error_type <> '';
