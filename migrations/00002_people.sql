-- +goose Up
-- Who may do what: people with roles, services with tokens, and the record of
-- what was done. Secrets are kept as hashes only.

CREATE TABLE users (
    id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT users_pkey PRIMARY KEY,
    name          text NOT NULL CONSTRAINT users_name_key UNIQUE,
    role          text NOT NULL,
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    disabled_at   timestamptz,
    CONSTRAINT users_name_check CHECK (char_length(name) BETWEEN 1 AND 100),
    CONSTRAINT users_role_check CHECK (role IN ('engineer', 'support', 'pm', 'admin'))
);

CREATE TABLE sessions (
    id_hash    bytea CONSTRAINT sessions_pkey PRIMARY KEY,
    user_id    bigint NOT NULL CONSTRAINT sessions_user_fkey REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_user_idx ON sessions (user_id);
CREATE INDEX sessions_expires_idx ON sessions (expires_at);

CREATE TABLE sources (
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT sources_pkey PRIMARY KEY,
    name       text NOT NULL CONSTRAINT sources_name_key UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sources_name_check CHECK (char_length(name) BETWEEN 1 AND 100)
);

CREATE TABLE tokens (
    hash       bytea CONSTRAINT tokens_pkey PRIMARY KEY,
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT tokens_id_key UNIQUE,
    source_id  bigint NOT NULL CONSTRAINT tokens_source_fkey REFERENCES sources,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by bigint CONSTRAINT tokens_created_by_fkey REFERENCES users,
    revoked_at timestamptz,
    CONSTRAINT tokens_hash_check CHECK (octet_length(hash) = 32)
);
CREATE INDEX tokens_source_idx ON tokens (source_id);

-- The actor's name is kept beside the id: the record must read the same when
-- the user has another name, and what the machine did has no user.
CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_pkey PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    user_id bigint CONSTRAINT audit_user_fkey REFERENCES users,
    actor   text NOT NULL,
    action  text NOT NULL,
    subject text NOT NULL,
    details json NOT NULL DEFAULT '{}'
);
