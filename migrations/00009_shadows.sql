-- +goose Up
-- A parser in the shadow is asked about arriving errors and answers nothing: what
-- it would have said is kept beside what was said.

CREATE TABLE shadows (
    id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT shadows_pkey PRIMARY KEY,
    network     text NOT NULL,
    name        text NOT NULL,
    revision_id bigint NOT NULL,
    after       text NOT NULL, -- the live parser that it would stand behind, '' for first
    why         text NOT NULL,
    started_by  bigint CONSTRAINT shadows_started_by_fkey REFERENCES users,
    started_at  timestamptz NOT NULL DEFAULT now(),
    ended_at    timestamptz,
    CONSTRAINT shadows_revision_fkey
        FOREIGN KEY (network, revision_id, name) REFERENCES parser_revisions (network, id, name)
);
CREATE UNIQUE INDEX shadows_running_key ON shadows (network, name) WHERE ended_at IS NULL;

-- Written with the event, so that both are there or neither.
CREATE TABLE shadow_matches (
    shadow_id bigint NOT NULL CONSTRAINT shadow_matches_shadow_fkey REFERENCES shadows,
    event_id  uuid NOT NULL,
    reason    text NOT NULL,    -- that was given, '' for unparsed
    parser    text NOT NULL,    -- that gave it
    wins      boolean NOT NULL, -- it would have answered: no earlier parser did
    CONSTRAINT shadow_matches_pkey PRIMARY KEY (shadow_id, event_id)
);
