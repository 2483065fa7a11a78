-- +goose Up
-- The key of the keyed hashes that stand for ids which hold a secret. It is kept
-- here so that all replicas, and a database that was restored, join the same ids.
-- gen_random_uuid takes its 122 bits from the system's strong random source.
CREATE TABLE hash_keys (
    id  boolean NOT NULL DEFAULT true,
    key bytea   NOT NULL DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
    CONSTRAINT hash_keys_pkey PRIMARY KEY (id),
    CONSTRAINT hash_keys_id_check CHECK (id),
    CONSTRAINT hash_keys_key_check CHECK (octet_length(key) = 32)
);
INSERT INTO hash_keys DEFAULT VALUES;
