-- +goose Up
-- Trials of candidates over all stored errors of a window, which run in the
-- background.

CREATE TABLE trials (
    id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT trials_pkey PRIMARY KEY,
    network     text NOT NULL CONSTRAINT trials_network_fkey REFERENCES networks,
    base        integer NOT NULL, -- the version of the ruleset that it is made on
    candidate   json NOT NULL,
    window_from timestamptz NOT NULL,
    state       text NOT NULL DEFAULT 'waiting',
    total       bigint NOT NULL DEFAULT 0,
    done        bigint NOT NULL DEFAULT 0,
    takes       integer NOT NULL DEFAULT 0, -- how often a process took it up
    beat_at     timestamptz, -- when the process that runs it was last heard of
    result      json,
    problem     text NOT NULL DEFAULT '', -- why it failed
    created_by  bigint CONSTRAINT trials_created_by_fkey REFERENCES users,
    created_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CONSTRAINT trials_state_check CHECK (state IN ('waiting', 'running', 'done', 'cancelled', 'failed')),
    CONSTRAINT trials_finished_check CHECK ((state IN ('done', 'cancelled', 'failed')) = (finished_at IS NOT NULL)),
    CONSTRAINT trials_result_check CHECK ((state = 'done') = (result IS NOT NULL))
);
CREATE INDEX trials_unfinished_idx ON trials (id) WHERE finished_at IS NULL;
