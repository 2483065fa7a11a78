-- +goose Up
-- What the catalogue files say exists, kept here so that keys can point at it.
-- The service brings both tables up to date when it starts.

CREATE TABLE networks (
    name text CONSTRAINT networks_pkey PRIMARY KEY,
    CONSTRAINT networks_name_check CHECK (name ~ '^[a-z][a-z0-9-]{0,62}$')
);

CREATE TABLE reasons (
    id       text CONSTRAINT reasons_pkey PRIMARY KEY,
    network  text NOT NULL CONSTRAINT reasons_network_fkey REFERENCES networks,
    cause    text NOT NULL,
    category text NOT NULL,
    CONSTRAINT reasons_id_check CHECK (id = network || '.' || cause),
    CONSTRAINT reasons_cause_check CHECK (cause ~ '^[a-z][a-z0-9-]{0,62}$'),
    CONSTRAINT reasons_category_check
        CHECK (category IN ('reconnect', 'access', 'content', 'limit', 'platform', 'app')),
    CONSTRAINT reasons_network_id_key UNIQUE (network, id)
);
