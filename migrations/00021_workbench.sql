-- +goose Up
-- The version of the built-in networks, reasons and parsers that this database
-- has. It only grows: a program with older ones leaves them as they are.
CREATE TABLE catalogue (
    one     boolean NOT NULL DEFAULT true CONSTRAINT catalogue_pkey PRIMARY KEY,
    version integer NOT NULL,
    digest  text NOT NULL,
    CONSTRAINT catalogue_one_check CHECK (one),
    CONSTRAINT catalogue_version_check CHECK (version >= 0)
);
INSERT INTO catalogue (version, digest) VALUES (0, '');

-- Parsers that somebody is writing, as the form of the workbench sends them.
CREATE TABLE drafts (
    user_id  bigint NOT NULL CONSTRAINT drafts_user_id_fkey REFERENCES users,
    id       text NOT NULL,
    network  text NOT NULL CONSTRAINT drafts_network_fkey REFERENCES networks,
    parser   text NOT NULL, -- the live parser that is edited, '' for a new one
    name     text NOT NULL,
    form     text NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT drafts_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT drafts_id_check CHECK (id ~ '^[A-Z2-7]{26}$')
);

-- Pinned samples change with the version that a proposal becomes, not before.
ALTER TABLE proposals
    ADD pins uuid[] NOT NULL DEFAULT '{}',       -- events that its parser must match
    ADD left_out bigint[] NOT NULL DEFAULT '{}'; -- pins that are removed with it
