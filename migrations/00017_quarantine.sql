-- +goose Up
-- How an entry in quarantine ends, replays of many entries, and what each
-- source sent by the hour of arrival.

-- The replay of all entries of a kind, which runs in the background.
CREATE TABLE replays (
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT replays_pkey PRIMARY KEY,
    source_id  bigint NOT NULL CONSTRAINT replays_source_fkey REFERENCES sources,
    field      text NOT NULL,
    problem    text NOT NULL,
    actor      text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    entries    bigint NOT NULL,
    accepted   bigint NOT NULL DEFAULT 0, -- became events
    duplicates bigint NOT NULL DEFAULT 0, -- had been sent again meanwhile
    refused    bigint NOT NULL DEFAULT 0, -- can't be used as yet
    CONSTRAINT replays_entries_check CHECK (accepted + duplicates + refused <= entries)
);

ALTER TABLE quarantine
    ADD COLUMN times            bigint NOT NULL DEFAULT 1, -- how often the same bytes came
    ADD COLUMN last_received_at timestamptz,
    ADD COLUMN tried_at         timestamptz, -- when a replay last found that it can't be used as yet
    ADD COLUMN replay_id        bigint CONSTRAINT quarantine_replay_fkey REFERENCES replays, -- that it waits for
    ADD COLUMN ended            text,
    ADD COLUMN ended_at         timestamptz,
    ADD COLUMN event_id         uuid; -- that came of it

UPDATE quarantine
SET last_received_at = received_at, ended_at = replayed_at, ended = CASE WHEN replayed_at IS NOT NULL THEN 'replayed' END;

ALTER TABLE quarantine
    DROP COLUMN replayed_at,
    ALTER COLUMN last_received_at SET NOT NULL,
    DROP CONSTRAINT quarantine_digest_key,
    ADD CONSTRAINT quarantine_times_check CHECK (times > 0),
    ADD CONSTRAINT quarantine_received_check CHECK (received_at <= last_received_at),
    ADD CONSTRAINT quarantine_ended_check CHECK (ended IN ('replayed', 'sent-again', 'expired', 'discarded')),
    ADD CONSTRAINT quarantine_ended_at_check CHECK ((ended IS NULL) = (ended_at IS NULL)),
    ADD CONSTRAINT quarantine_event_check CHECK (event_id IS NULL OR ended IN ('replayed', 'sent-again'));

-- The same bytes sent again count on the open entry. Once it has ended they
-- make a new one.
CREATE UNIQUE INDEX quarantine_digest_idx ON quarantine (source_id, digest) WHERE ended IS NULL;
CREATE INDEX quarantine_event_idx ON quarantine (source_id, source_event_id) WHERE ended IS NULL AND source_event_id <> '';
CREATE INDEX quarantine_kind_idx ON quarantine (source_id, field, problem) WHERE ended IS NULL;
CREATE INDEX quarantine_replay_idx ON quarantine (replay_id) WHERE ended IS NULL AND replay_id IS NOT NULL;
CREATE INDEX quarantine_network_idx ON quarantine (id) WHERE ended IS NULL AND field = 'network';
CREATE INDEX quarantine_last_received_idx ON quarantine (last_received_at) WHERE ended IS NULL;
CREATE INDEX quarantine_ended_idx ON quarantine (ended_at) WHERE ended IS NOT NULL;

-- What became of all that a source sent, by the hour of arrival: accepted,
-- duplicates and quarantined add up to it. What became an event later, by a
-- replay, is counted by the hour of that.
CREATE TABLE source_counts (
    source_id     bigint NOT NULL CONSTRAINT source_counts_source_fkey REFERENCES sources,
    hour          timestamptz NOT NULL,
    accepted      bigint NOT NULL,
    duplicates    bigint NOT NULL,
    quarantined   bigint NOT NULL,
    replayed      bigint NOT NULL,
    last_heard_at timestamptz, -- null when there were replays only
    CONSTRAINT source_counts_pkey PRIMARY KEY (source_id, hour),
    CONSTRAINT source_counts_hour_check CHECK (date_trunc('hour', hour, 'UTC') = hour),
    CONSTRAINT source_counts_sent_check CHECK (accepted >= 0 AND duplicates >= 0 AND quarantined >= 0 AND replayed >= 0)
);
CREATE INDEX source_counts_hour_idx ON source_counts (hour);

-- Duplicates of the past are not known.
INSERT INTO source_counts (source_id, hour, accepted, duplicates, quarantined, replayed, last_heard_at)
SELECT source_id, date_trunc('hour', at, 'UTC'), sum(accepted), 0, sum(quarantined), 0, max(at)
FROM (
    SELECT source_id, uuid_time(id) AS at, 1 AS accepted, 0 AS quarantined FROM events
    UNION ALL SELECT source_id, received_at, 0, 1 FROM quarantine
) AS each
GROUP BY 1, 2;

-- Gaps are counted by the hour of arrival, so that they have the windows of the
-- counts above. Those of the past stand at the beginning of their day.
ALTER TABLE source_gaps ALTER COLUMN day TYPE timestamptz USING day::timestamp AT TIME ZONE 'UTC';
ALTER TABLE source_gaps RENAME COLUMN day TO hour;
ALTER TABLE source_gaps ADD CONSTRAINT source_gaps_hour_check CHECK (date_trunc('hour', hour, 'UTC') = hour);
