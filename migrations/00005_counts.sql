-- +goose Up
-- Counts kept beside the events, so that no page counts millions of rows, and
-- what could not be used.

-- Events by the hour in which they occurred. An empty reason is "unparsed",
-- or for reconnected events none. arrived is by the verdict on arrival and is
-- never rewritten; current is by the verdict of now.
CREATE TABLE hourly_counts (
    hour      timestamptz NOT NULL,
    network   text NOT NULL CONSTRAINT hourly_counts_network_fkey REFERENCES networks,
    source_id bigint NOT NULL CONSTRAINT hourly_counts_source_fkey REFERENCES sources,
    type      text NOT NULL,
    reason    text NOT NULL,
    parser    text NOT NULL,
    arrived   bigint NOT NULL,
    current   bigint NOT NULL,
    CONSTRAINT hourly_counts_pkey PRIMARY KEY (hour, network, source_id, type, reason, parser),
    CONSTRAINT hourly_counts_hour_check CHECK (date_trunc('hour', hour, 'UTC') = hour),
    CONSTRAINT hourly_counts_arrived_check CHECK (arrived >= 0),
    CONSTRAINT hourly_counts_current_check CHECK (current >= 0)
);
CREATE INDEX hourly_counts_parser_idx ON hourly_counts (network, parser, hour);

-- What sources left out, by day.
CREATE TABLE source_gaps (
    source_id bigint NOT NULL CONSTRAINT source_gaps_source_fkey REFERENCES sources,
    field     text NOT NULL,
    day       date NOT NULL,
    events    bigint NOT NULL,
    CONSTRAINT source_gaps_pkey PRIMARY KEY (source_id, field, day),
    CONSTRAINT source_gaps_events_check CHECK (events > 0)
);

-- What was sent and can't be used, kept to be mended and replayed. The same
-- bytes sent again are kept once.
CREATE TABLE quarantine (
    id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT quarantine_pkey PRIMARY KEY,
    source_id   bigint NOT NULL CONSTRAINT quarantine_source_fkey REFERENCES sources,
    raw         bytea NOT NULL,
    digest      bytea NOT NULL GENERATED ALWAYS AS (sha256(raw)) STORED,
    field       text NOT NULL,
    problem     text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    replayed_at timestamptz,
    CONSTRAINT quarantine_digest_key UNIQUE (source_id, digest)
);
