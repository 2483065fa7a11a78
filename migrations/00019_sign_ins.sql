-- +goose Up
-- When the next sign-in of an address, or of a name from an address, is due.
-- Keys are keyed hashes: what was typed as a name may be a password.
CREATE TABLE sign_in_paces (
    key      bytea CONSTRAINT sign_in_paces_pkey PRIMARY KEY,
    due_at   timestamptz NOT NULL,
    tries    integer NOT NULL,
    CONSTRAINT sign_in_paces_key_check CHECK (octet_length(key) = 32)
);
CREATE INDEX sign_in_paces_due_idx ON sign_in_paces (due_at);
