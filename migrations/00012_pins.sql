-- +goose Up
-- Real errors that a parser must match, must not match, or is known to miss. They
-- keep the error itself, so that they outlive its event.
CREATE TABLE pins (
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pins_pkey PRIMARY KEY,
    network    text NOT NULL CONSTRAINT pins_network_fkey REFERENCES networks,
    parser     text NOT NULL,
    kind       text NOT NULL,
    status     integer NOT NULL,
    raw        bytea NOT NULL,
    event_id   uuid NOT NULL, -- where it came from, which may be gone
    why        text NOT NULL,
    state      text NOT NULL,
    created_by bigint CONSTRAINT pins_created_by_fkey REFERENCES users,
    created_at timestamptz NOT NULL DEFAULT now(),
    decided_by bigint CONSTRAINT pins_decided_by_fkey REFERENCES users,
    decided_at timestamptz,
    CONSTRAINT pins_parser_check CHECK (parser ~ '^[a-z0-9][a-z0-9-]{0,99}$'),
    CONSTRAINT pins_kind_check CHECK (kind IN ('must-match', 'must-not-match', 'known-gap')),
    -- proposed: somebody says that the explanation is wrong, and nobody looked yet.
    CONSTRAINT pins_state_check CHECK (state IN ('proposed', 'pinned', 'dismissed', 'removed'))
);
CREATE UNIQUE INDEX pins_event_key ON pins (network, parser, event_id) WHERE state IN ('proposed', 'pinned');
