-- +goose Up
-- Calls that went through are sent too, as a sampled sign of life. They have no
-- error, as reconnections have none.

-- Each partition also has a copy of its own of each check.
-- +goose StatementBegin
DO $$
DECLARE
    part regclass;
BEGIN
    FOR part IN SELECT 'events'::regclass UNION ALL SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'events'::regclass LOOP
        EXECUTE format('ALTER TABLE %s
            DROP CONSTRAINT IF EXISTS events_type_check, DROP CONSTRAINT IF EXISTS events_raw_check,
            DROP CONSTRAINT IF EXISTS events_reconnected_check, DROP CONSTRAINT IF EXISTS events_shape_check', part);
    END LOOP;
END
$$;
-- +goose StatementEnd
ALTER TABLE events
    ADD CONSTRAINT events_type_check CHECK (type IN ('disconnected', 'failed', 'reconnected', 'succeeded')),
    ADD CONSTRAINT events_raw_check CHECK ((raw IS NULL) = (type IN ('reconnected', 'succeeded'))),
    ADD CONSTRAINT events_no_error_check CHECK (type NOT IN ('reconnected', 'succeeded') OR (reason IS NULL AND shape_hash IS NULL)),
    -- Every unparsed error is in exactly one cluster.
    ADD CONSTRAINT events_shape_check CHECK (reason IS NOT NULL OR type IN ('reconnected', 'succeeded') OR shape_hash IS NOT NULL);

-- Of a disconnection: when the profile, or another one of its credential, was
-- first seen to work before either was connected again, and which one it was.
ALTER TABLE events
    ADD worked_at timestamptz,
    ADD worked_profile_id text,
    ADD CONSTRAINT events_worked_check
        CHECK ((worked_at IS NULL) = (worked_profile_id IS NULL) AND (worked_at IS NULL OR type = 'disconnected'));
CREATE INDEX events_states_idx ON events (profile_id, occurred_at, id) WHERE type IN ('disconnected', 'reconnected');
CREATE INDEX events_succeeded_idx ON events (profile_id, occurred_at, id) WHERE type = 'succeeded';
CREATE INDEX events_worked_idx ON events (occurred_at) WHERE worked_at IS NOT NULL;

-- The newest event that carries an error, and the newest that succeeded.
ALTER TABLE profiles
    ADD error_event_id uuid,
    ADD error_at timestamptz,
    ADD worked_at timestamptz,
    ADD CONSTRAINT profiles_error_event_check CHECK ((error_event_id IS NULL) = (error_at IS NULL));
-- Until now, all events but reconnections carried an error. One that is older than
-- the last reconnection is never asked for.
UPDATE profiles SET error_event_id = last_event_id, error_at = last_event_at
WHERE state = 'disconnected' OR state_event_id IS DISTINCT FROM last_event_id;
