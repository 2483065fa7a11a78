-- +goose Up
-- A network may ask for a second person: then what would be its next version
-- waits here, whole, until somebody else than its author approves it.
ALTER TABLE networks ADD needs_approval boolean NOT NULL DEFAULT false;

CREATE TABLE proposals (
    id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT proposals_pkey PRIMARY KEY,
    network     text NOT NULL,
    base        integer NOT NULL, -- the version that it would follow
    action      text NOT NULL,    -- for the audit log
    subject     text NOT NULL,    -- the parser
    why         text NOT NULL,
    trial       json,
    proposed_by bigint CONSTRAINT proposals_proposed_by_fkey REFERENCES users,
    proposed_at timestamptz NOT NULL DEFAULT now(),
    state       text NOT NULL DEFAULT 'waiting',
    decided_by  bigint CONSTRAINT proposals_decided_by_fkey REFERENCES users,
    decided_at  timestamptz,
    version     integer, -- that it became
    CONSTRAINT proposals_base_fkey FOREIGN KEY (network, base) REFERENCES ruleset_versions (network, version),
    CONSTRAINT proposals_version_fkey FOREIGN KEY (network, version) REFERENCES ruleset_versions (network, version),
    CONSTRAINT proposals_state_check CHECK (state IN ('waiting', 'approved', 'withdrawn', 'replaced')),
    CONSTRAINT proposals_decided_check CHECK ((state = 'waiting') = (decided_at IS NULL)),
    CONSTRAINT proposals_approved_check CHECK ((state = 'approved') = (version IS NOT NULL)),
    CONSTRAINT proposals_other_check CHECK (state <> 'approved' OR decided_by <> proposed_by)
);
-- An edit takes the place of what it edits, and with it what was approved.
CREATE UNIQUE INDEX proposals_waiting_key ON proposals (network, subject) WHERE state = 'waiting';

CREATE TABLE proposal_entries (
    proposal_id bigint NOT NULL CONSTRAINT proposal_entries_proposal_fkey REFERENCES proposals,
    network     text NOT NULL,
    name        text NOT NULL,
    revision_id bigint NOT NULL,
    position    integer,                  -- NULL for a retired parser
    after       text NOT NULL DEFAULT '', -- of a retired parser
    CONSTRAINT proposal_entries_pkey PRIMARY KEY (proposal_id, name),
    CONSTRAINT proposal_entries_revision_fkey
        FOREIGN KEY (network, revision_id, name) REFERENCES parser_revisions (network, id, name)
);
