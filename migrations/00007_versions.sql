-- +goose Up
-- A version may leave parsers out and still keep them: they are retired, and can
-- be brought back to the place that they had.

CREATE TABLE ruleset_retired (
    network     text NOT NULL,
    version     integer NOT NULL,
    name        text NOT NULL,
    revision_id bigint NOT NULL,
    after       text NOT NULL, -- the parser that it stood behind, '' when it was first
    CONSTRAINT ruleset_retired_pkey PRIMARY KEY (network, version, name),
    CONSTRAINT ruleset_retired_version_fkey
        FOREIGN KEY (network, version) REFERENCES ruleset_versions (network, version),
    CONSTRAINT ruleset_retired_revision_fkey
        FOREIGN KEY (network, revision_id, name) REFERENCES parser_revisions (network, id, name)
);

-- The built-in parsers that the service knew of, as a fingerprint. A version that
-- was rolled back holds others, and must not be put right by the next start.
ALTER TABLE ruleset_versions ADD builtins text NOT NULL DEFAULT '';
