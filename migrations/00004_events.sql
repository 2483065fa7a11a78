-- +goose Up
-- Profiles, clusters and events. An event's id is a UUIDv7: its first 48 bits
-- are the milliseconds of its arrival, so the order of ids is the order of
-- arrival, and one month of ids is one partition.

CREATE TABLE profiles (
    id             text CONSTRAINT profiles_pkey PRIMARY KEY,
    network        text NOT NULL CONSTRAINT profiles_network_fkey REFERENCES networks,
    name           text NOT NULL DEFAULT '',
    folded_name    text NOT NULL DEFAULT '', -- in one case, for look-up
    owner_id       text NOT NULL DEFAULT '',
    credential_id  text NOT NULL DEFAULT '',
    state          text NOT NULL DEFAULT 'connected',
    since          timestamptz NOT NULL,
    state_event_id uuid, -- the newest event that said what the state is
    state_at       timestamptz,
    last_event_id  uuid,
    last_event_at  timestamptz,
    CONSTRAINT profiles_id_check CHECK (char_length(id) BETWEEN 1 AND 255),
    CONSTRAINT profiles_name_check CHECK (char_length(name) <= 255),
    CONSTRAINT profiles_owner_id_check CHECK (char_length(owner_id) <= 255),
    CONSTRAINT profiles_credential_id_check CHECK (char_length(credential_id) <= 255),
    CONSTRAINT profiles_state_check CHECK (state IN ('connected', 'disconnected')),
    CONSTRAINT profiles_state_event_check
        CHECK ((state_event_id IS NULL) = (state_at IS NULL) AND (state = 'connected' OR state_at IS NOT NULL))
);
CREATE INDEX profiles_id_prefix_idx ON profiles (id text_pattern_ops);
CREATE INDEX profiles_folded_name_idx ON profiles (folded_name text_pattern_ops) WHERE folded_name <> '';
CREATE INDEX profiles_owner_id_idx ON profiles (owner_id) WHERE owner_id <> '';
CREATE INDEX profiles_credential_id_idx ON profiles (credential_id) WHERE credential_id <> '';

-- A cluster is founded by a shape. Shapes point at clusters and events at
-- shapes, so that merging two clusters rewrites shapes and no events.
CREATE TABLE clusters (
    id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT clusters_pkey PRIMARY KEY,
    network       text NOT NULL CONSTRAINT clusters_network_fkey REFERENCES networks,
    founding_hash bigint NOT NULL,
    template      text NOT NULL,
    state         text NOT NULL DEFAULT 'open',
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    CONSTRAINT clusters_founding_hash_key UNIQUE (network, founding_hash),
    CONSTRAINT clusters_network_id_key UNIQUE (network, id),
    CONSTRAINT clusters_state_check CHECK (state IN ('open', 'ignored', 'merged')),
    CONSTRAINT clusters_seen_check CHECK (first_seen_at <= last_seen_at)
);
CREATE INDEX clusters_last_seen_idx ON clusters (network, last_seen_at);
CREATE INDEX clusters_first_seen_idx ON clusters (first_seen_at);

CREATE TABLE shapes (
    network    text NOT NULL,
    hash       bigint NOT NULL,
    template   text NOT NULL,
    cluster_id bigint NOT NULL,
    CONSTRAINT shapes_pkey PRIMARY KEY (network, hash),
    CONSTRAINT shapes_cluster_fkey FOREIGN KEY (network, cluster_id) REFERENCES clusters (network, id)
);
CREATE INDEX shapes_cluster_idx ON shapes (cluster_id);

-- +goose StatementBegin
CREATE FUNCTION uuid_from_time(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (lpad(to_hex(greatest(floor(extract(epoch FROM at) * 1000), 0)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION uuid_time(id uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT to_timestamp(('x0000' || translate(left(id::text, 13), '-', ''))::bit(64)::bigint / 1000.0)
$$;
-- +goose StatementEnd

CREATE TABLE events (
    id              uuid NOT NULL,
    source_id       bigint NOT NULL CONSTRAINT events_source_fkey REFERENCES sources,
    source_event_id text NOT NULL,
    network         text NOT NULL CONSTRAINT events_network_fkey REFERENCES networks,
    profile_id      text NOT NULL CONSTRAINT events_profile_id_fkey REFERENCES profiles,
    type            text NOT NULL,
    occurred_at     timestamptz NOT NULL,
    operation       text NOT NULL,
    filled          text[] NOT NULL,
    scrubbed        text[] NOT NULL,
    -- the error and its facts
    raw             bytea,
    cleaned         text NOT NULL,
    format          text NOT NULL,
    status          integer NOT NULL,
    code            text NOT NULL,
    subcode         text NOT NULL,
    error_type      text NOT NULL,
    message         text NOT NULL,
    shape_hash      bigint, -- stays when a parser explains the event later
    -- the verdict of now
    reason          text,
    parser          text NOT NULL,
    ruleset         integer NOT NULL,
    evidence        json NOT NULL, -- not jsonb: values may hold \u0000
    -- the verdict on arrival, never rewritten
    arrival_reason  text,
    arrival_parser  text NOT NULL,
    arrival_ruleset integer NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (id),
    CONSTRAINT events_type_check CHECK (type IN ('disconnected', 'failed', 'reconnected')),
    -- Lets a period of occurrence bound the ids to look through, from below.
    CONSTRAINT events_occurred_at_check CHECK (occurred_at <= uuid_time(id) + interval '1 day'),
    CONSTRAINT events_raw_check CHECK ((raw IS NULL) = (type = 'reconnected')),
    CONSTRAINT events_format_check CHECK (format IN ('json', 'text', 'html', 'empty')),
    CONSTRAINT events_status_check CHECK (status BETWEEN 0 AND 999),
    CONSTRAINT events_reason_fkey FOREIGN KEY (network, reason) REFERENCES reasons (network, id),
    CONSTRAINT events_arrival_reason_fkey FOREIGN KEY (network, arrival_reason) REFERENCES reasons (network, id),
    CONSTRAINT events_shape_fkey FOREIGN KEY (network, shape_hash) REFERENCES shapes (network, hash),
    CONSTRAINT events_parser_check CHECK ((reason IS NULL) = (parser = '')),
    CONSTRAINT events_arrival_parser_check CHECK ((arrival_reason IS NULL) = (arrival_parser = '')),
    CONSTRAINT events_reconnected_check CHECK (type <> 'reconnected' OR (reason IS NULL AND shape_hash IS NULL)),
    -- Every unparsed error is in exactly one cluster.
    CONSTRAINT events_shape_check CHECK (reason IS NOT NULL OR type = 'reconnected' OR shape_hash IS NOT NULL)
) PARTITION BY RANGE (id);
CREATE INDEX events_network_idx ON events (network, id);
CREATE INDEX events_reason_idx ON events (network, reason, id);
CREATE INDEX events_profile_id_idx ON events (profile_id, occurred_at, id);
CREATE INDEX events_shape_idx ON events (network, shape_hash, id);
CREATE INDEX events_unparsed_idx ON events (network, shape_hash, occurred_at, profile_id)
    WHERE reason IS NULL AND shape_hash IS NOT NULL;
CREATE INDEX events_occurred_at_idx ON events USING brin (occurred_at);

-- Makes the partition of one month unless it is there. Attaching takes a
-- weaker lock than creating it in place, so readers don't wait.
-- +goose StatementBegin
CREATE FUNCTION make_event_partition(month timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first timestamptz := date_trunc('month', month, 'UTC');
    next  timestamptz := date_trunc('month', first + interval '32 days', 'UTC');
    part  text := 'events_' || to_char(first AT TIME ZONE 'UTC', 'YYYY_MM');
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('make_event_partition'));
    IF to_regclass(part) IS NULL THEN
        EXECUTE format('CREATE TABLE %I (LIKE events INCLUDING ALL)', part);
        EXECUTE format('ALTER TABLE events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            part, uuid_from_time(first), uuid_from_time(next));
    END IF;
END
$$;
-- +goose StatementEnd

-- A unique constraint can't span partitions by another key, hence a table.
CREATE TABLE event_keys (
    source_id       bigint NOT NULL CONSTRAINT event_keys_source_fkey REFERENCES sources,
    source_event_id text NOT NULL,
    event_id        uuid NOT NULL,
    CONSTRAINT event_keys_pkey PRIMARY KEY (source_id, source_event_id),
    CONSTRAINT event_keys_source_event_id_check CHECK (char_length(source_event_id) BETWEEN 1 AND 255)
);

-- Verdicts that a later ruleset version replaced.
CREATE TABLE verdicts (
    event_id    uuid NOT NULL,
    ruleset     integer NOT NULL,
    reason      text CONSTRAINT verdicts_reason_fkey REFERENCES reasons,
    parser      text NOT NULL,
    evidence    json NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT verdicts_pkey PRIMARY KEY (event_id, ruleset)
);
