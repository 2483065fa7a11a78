-- The schema that all steps together give, one table after another by name.
-- It is here to be read: make generate writes it, make check compares it.
-- Left out are the partitions of events, which are like events itself, and the
-- table in which goose keeps the steps that were taken.

CREATE SEQUENCE shapes_seq AS bigint;

CREATE FUNCTION make_event_partition(month timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE
    first timestamptz := date_trunc('month', month, 'UTC');
    next  timestamptz := date_trunc('month', first + interval '32 days', 'UTC');
    part  text := 'events_' || to_char(first AT TIME ZONE 'UTC', 'YYYY_MM');
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('make_event_partition'));
    IF to_regclass(part) IS NULL THEN
        EXECUTE format('CREATE TABLE %I (LIKE events INCLUDING ALL)', part);
        -- Pages count from indexes alone, which needs to know what all transactions see.
        EXECUTE format('ALTER TABLE %I SET (autovacuum_vacuum_insert_scale_factor = 0.02)', part);
        EXECUTE format('ALTER TABLE events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            part, uuid_from_time(first), uuid_from_time(next));
    END IF;
END
$function$;

CREATE FUNCTION uuid_from_time(at timestamp with time zone)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
    SELECT (lpad(to_hex(greatest(floor(extract(epoch FROM at) * 1000), 0)::bigint), 12, '0') || repeat('0', 20))::uuid
$function$;

CREATE FUNCTION uuid_time(id uuid)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
    SELECT to_timestamp(('x0000' || translate(left(id::text, 13), '-', ''))::bit(64)::bigint / 1000.0)
$function$;

CREATE TABLE audit (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    at timestamp with time zone NOT NULL DEFAULT now(),
    user_id bigint,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    details json NOT NULL DEFAULT '{}'::json,
    CONSTRAINT audit_pkey PRIMARY KEY (id),
    CONSTRAINT audit_user_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX audit_subject_idx ON audit USING btree (subject, id);

CREATE TABLE catalog (
    one boolean NOT NULL DEFAULT true,
    version integer NOT NULL,
    digest text NOT NULL,
    CONSTRAINT catalog_pkey PRIMARY KEY (one),
    CONSTRAINT catalog_one_check CHECK (one),
    CONSTRAINT catalog_version_check CHECK (version >= 0)
);

CREATE TABLE clusters (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    network text NOT NULL,
    initial_hash bigint,
    template text NOT NULL,
    state text NOT NULL DEFAULT 'open'::text,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    group_id bigint,
    merged_into bigint,
    ignored_at timestamp with time zone,
    ignored_until timestamp with time zone,
    ignored_to_events bigint,
    ignored_to_profiles bigint,
    ignored_above bigint,
    spiked_at timestamp with time zone,
    CONSTRAINT clusters_pkey PRIMARY KEY (id),
    CONSTRAINT clusters_initial_hash_key UNIQUE (network, initial_hash),
    CONSTRAINT clusters_network_id_key UNIQUE (network, id),
    CONSTRAINT clusters_merged_into_fkey FOREIGN KEY (network, merged_into) REFERENCES clusters(network, id),
    CONSTRAINT clusters_network_fkey FOREIGN KEY (network) REFERENCES networks(name),
    CONSTRAINT clusters_ignored_check CHECK ((state = 'ignored'::text) = (ignored_at IS NOT NULL)),
    CONSTRAINT clusters_merged_check CHECK ((state = 'merged'::text) = (merged_into IS NOT NULL)),
    CONSTRAINT clusters_state_check CHECK (state = ANY (ARRAY['open'::text, 'ignored'::text, 'merged'::text]))
);
CREATE INDEX clusters_group_idx ON clusters USING btree (network, group_id);
CREATE INDEX clusters_ignored_idx ON clusters USING btree (id) WHERE (state = 'ignored'::text);
CREATE INDEX clusters_merged_into_idx ON clusters USING btree (merged_into);

CREATE TABLE drafts (
    user_id bigint NOT NULL,
    id text NOT NULL,
    network text NOT NULL,
    parser text NOT NULL,
    name text NOT NULL,
    form text NOT NULL,
    saved_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT drafts_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT drafts_network_fkey FOREIGN KEY (network) REFERENCES networks(name),
    CONSTRAINT drafts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id),
    CONSTRAINT drafts_id_check CHECK (id ~ '^[A-Z2-7]{26}$'::text)
);

CREATE TABLE event_keys (
    source_id bigint NOT NULL,
    source_event_id text NOT NULL,
    event_id uuid NOT NULL,
    CONSTRAINT event_keys_pkey PRIMARY KEY (source_id, source_event_id),
    CONSTRAINT event_keys_source_fkey FOREIGN KEY (source_id) REFERENCES sources(id),
    CONSTRAINT event_keys_source_event_id_check CHECK (char_length(source_event_id) >= 1 AND char_length(source_event_id) <= 255)
);

CREATE TABLE events (
    id uuid NOT NULL,
    source_id bigint NOT NULL,
    source_event_id text NOT NULL,
    network text NOT NULL,
    profile_id text NOT NULL,
    type text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    operation text NOT NULL,
    defaulted text[] NOT NULL,
    scrubbed text[] NOT NULL,
    raw bytea,
    cleaned text,
    format text NOT NULL,
    status integer NOT NULL,
    code text NOT NULL,
    subcode text NOT NULL,
    error_type text NOT NULL,
    message text NOT NULL,
    shape_hash bigint,
    reason text,
    parser text NOT NULL,
    ruleset integer NOT NULL,
    evidence json NOT NULL,
    arrival_reason text,
    arrival_parser text NOT NULL,
    arrival_ruleset integer NOT NULL,
    mended text[] NOT NULL DEFAULT '{}'::text[],
    worked_at timestamp with time zone,
    worked_profile_id text,
    CONSTRAINT events_pkey PRIMARY KEY (id),
    CONSTRAINT events_arrival_reason_fkey FOREIGN KEY (network, arrival_reason) REFERENCES reasons(network, id),
    CONSTRAINT events_network_fkey FOREIGN KEY (network) REFERENCES networks(name),
    CONSTRAINT events_profile_id_fkey FOREIGN KEY (profile_id) REFERENCES profiles(id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT events_reason_fkey FOREIGN KEY (network, reason) REFERENCES reasons(network, id),
    CONSTRAINT events_shape_fkey FOREIGN KEY (network, shape_hash) REFERENCES shapes(network, hash),
    CONSTRAINT events_source_fkey FOREIGN KEY (source_id) REFERENCES sources(id),
    CONSTRAINT events_arrival_parser_check CHECK ((arrival_reason IS NULL) = (arrival_parser = ''::text)),
    CONSTRAINT events_format_check CHECK (format = ANY (ARRAY['json'::text, 'text'::text, 'html'::text, 'empty'::text])),
    CONSTRAINT events_no_error_check CHECK ((type <> ALL (ARRAY['reconnected'::text, 'succeeded'::text])) OR reason IS NULL AND shape_hash IS NULL),
    CONSTRAINT events_occurred_at_check CHECK (occurred_at <= (uuid_time(id) + '1 day'::interval)),
    CONSTRAINT events_parser_check CHECK ((reason IS NULL) = (parser = ''::text)),
    CONSTRAINT events_raw_check CHECK ((raw IS NULL) = (type = ANY (ARRAY['reconnected'::text, 'succeeded'::text]))),
    CONSTRAINT events_shape_check CHECK (reason IS NOT NULL OR (type = ANY (ARRAY['reconnected'::text, 'succeeded'::text])) OR shape_hash IS NOT NULL),
    CONSTRAINT events_status_check CHECK (status >= 0 AND status <= 999),
    CONSTRAINT events_type_check CHECK (type = ANY (ARRAY['disconnected'::text, 'failed'::text, 'reconnected'::text, 'succeeded'::text])),
    CONSTRAINT events_worked_check CHECK ((worked_at IS NULL) = (worked_profile_id IS NULL) AND (worked_at IS NULL OR type = 'disconnected'::text))
) PARTITION BY RANGE (id);
CREATE INDEX events_code_idx ON events USING btree (network, code, id) WHERE (code <> ''::text);
CREATE INDEX events_network_idx ON events USING btree (network, id);
CREATE INDEX events_occurred_at_idx ON events USING brin (occurred_at);
CREATE INDEX events_profile_id_idx ON events USING btree (profile_id, occurred_at, id);
CREATE INDEX events_reason_idx ON events USING btree (network, reason, id);
CREATE INDEX events_shape_idx ON events USING btree (network, shape_hash, id) WHERE (shape_hash IS NOT NULL);
CREATE INDEX events_states_idx ON events USING btree (profile_id, occurred_at, id) WHERE (type = ANY (ARRAY['disconnected'::text, 'reconnected'::text]));
CREATE INDEX events_subcode_idx ON events USING btree (network, subcode, id) WHERE (subcode <> ''::text);
CREATE INDEX events_succeeded_idx ON events USING btree (profile_id, occurred_at, id) WHERE (type = 'succeeded'::text);
CREATE INDEX events_unparsed_idx ON events USING btree (network, shape_hash, occurred_at, profile_id) WHERE ((reason IS NULL) AND (shape_hash IS NOT NULL));
CREATE INDEX events_worked_idx ON events USING btree (occurred_at) WHERE (worked_at IS NOT NULL);

CREATE TABLE groupings (
    network text NOT NULL,
    version integer NOT NULL,
    splits bigint NOT NULL DEFAULT 0,
    CONSTRAINT groupings_pkey PRIMARY KEY (network),
    CONSTRAINT groupings_network_fkey FOREIGN KEY (network) REFERENCES networks(name)
);

CREATE TABLE hash_keys (
    id boolean NOT NULL DEFAULT true,
    key bytea NOT NULL DEFAULT (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
    CONSTRAINT hash_keys_pkey PRIMARY KEY (id),
    CONSTRAINT hash_keys_id_check CHECK (id),
    CONSTRAINT hash_keys_key_check CHECK (octet_length(key) = 32)
);

CREATE TABLE hourly_counts (
    hour timestamp with time zone NOT NULL,
    network text NOT NULL,
    source_id bigint NOT NULL,
    type text NOT NULL,
    reason text NOT NULL,
    parser text NOT NULL,
    arrived bigint NOT NULL,
    current bigint NOT NULL,
    CONSTRAINT hourly_counts_pkey PRIMARY KEY (hour, network, source_id, type, reason, parser),
    CONSTRAINT hourly_counts_network_fkey FOREIGN KEY (network) REFERENCES networks(name),
    CONSTRAINT hourly_counts_source_fkey FOREIGN KEY (source_id) REFERENCES sources(id),
    CONSTRAINT hourly_counts_arrived_check CHECK (arrived >= 0),
    CONSTRAINT hourly_counts_current_check CHECK (current >= 0),
    CONSTRAINT hourly_counts_hour_check CHECK (date_trunc('hour'::text, hour, 'UTC'::text) = hour)
);
CREATE INDEX hourly_counts_outage_idx ON hourly_counts USING btree (hour) WHERE (reason = (network || '.platform-outage'::text));
CREATE INDEX hourly_counts_parser_idx ON hourly_counts USING btree (network, parser, hour);

CREATE TABLE impact_parts (
    day timestamp with time zone NOT NULL,
    network text NOT NULL,
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    level smallint NOT NULL DEFAULT 0,
    made_at timestamp with time zone NOT NULL DEFAULT now(),
    lists bytea NOT NULL,
    CONSTRAINT impact_parts_pkey PRIMARY KEY (day, network, id),
    CONSTRAINT impact_parts_network_fkey FOREIGN KEY (network) REFERENCES networks(name),
    CONSTRAINT impact_parts_day_check CHECK (date_trunc('day'::text, day, 'UTC'::text) = day)
);

CREATE TABLE jobs (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    key text NOT NULL DEFAULT ''::text,
    state text NOT NULL DEFAULT 'waiting'::text,
    attempts integer NOT NULL DEFAULT 0,
    scheduled_at timestamp with time zone NOT NULL DEFAULT now(),
    heartbeat_at timestamp with time zone,
    total bigint NOT NULL DEFAULT 0,
    done bigint NOT NULL DEFAULT 0,
    problem text NOT NULL DEFAULT ''::text,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    finished_at timestamp with time zone,
    CONSTRAINT jobs_pkey PRIMARY KEY (id),
    CONSTRAINT jobs_attempts_check CHECK (attempts >= 0),
    CONSTRAINT jobs_finished_check CHECK ((state = ANY (ARRAY['done'::text, 'cancelled'::text, 'failed'::text])) = (finished_at IS NOT NULL)),
    CONSTRAINT jobs_kind_check CHECK (kind = ANY (ARRAY['reparse'::text, 'regrouping'::text, 'trial'::text, 'replay'::text])),
    CONSTRAINT jobs_running_check CHECK (state <> 'running'::text OR attempts > 0 AND heartbeat_at IS NOT NULL),
    CONSTRAINT jobs_state_check CHECK (state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'cancelled'::text, 'failed'::text]))
);
CREATE INDEX jobs_due_idx ON jobs USING btree (kind, scheduled_at, id) WHERE (finished_at IS NULL);
CREATE UNIQUE INDEX jobs_unfinished_key ON jobs USING btree (kind, key) WHERE ((finished_at IS NULL) AND (key <> ''::text));

CREATE TABLE missing_fields (
    source_id bigint NOT NULL,
    field text NOT NULL,
    hour timestamp with time zone NOT NULL,
    events bigint NOT NULL,
    kind text NOT NULL,
    samples uuid[] NOT NULL DEFAULT '{}'::uuid[],
    CONSTRAINT missing_fields_pkey PRIMARY KEY (source_id, kind, field, hour),
    CONSTRAINT missing_fields_source_fkey FOREIGN KEY (source_id) REFERENCES sources(id),
    CONSTRAINT missing_fields_events_check CHECK (events > 0),
    CONSTRAINT missing_fields_hour_check CHECK (date_trunc('hour'::text, hour, 'UTC'::text) = hour),
    CONSTRAINT missing_fields_kind_check CHECK (kind = ANY (ARRAY['missing'::text, 'mended'::text, 'found'::text, 'unknown'::text, 'unavailable'::text, 'refused'::text]))
);

CREATE TABLE networks (
    name text NOT NULL,
    needs_approval boolean NOT NULL DEFAULT false,
    CONSTRAINT networks_pkey PRIMARY KEY (name),
    CONSTRAINT networks_name_check CHECK (name ~ '^[a-z][a-z0-9-]{0,62}$'::text)
);

CREATE TABLE parser_revisions (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    network text NOT NULL,
    name text NOT NULL,
    reason text NOT NULL,
    condition text NOT NULL DEFAULT ''::text,
    func text NOT NULL DEFAULT ''::text,
    origin text NOT NULL,
    created_by bigint,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT parser_revisions_pkey PRIMARY KEY (id),
    CONSTRAINT parser_revisions_network_id_name_key UNIQUE (network, id, name),
    CONSTRAINT parser_revisions_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
    CONSTRAINT parser_revisions_reason_fkey FOREIGN KEY (network, reason) REFERENCES reasons(network, id),
    CONSTRAINT parser_revisions_condition_check CHECK ((condition = ''::text) <> (func = ''::text)),
    CONSTRAINT parser_revisions_name_check CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,99}$'::text),
    CONSTRAINT parser_revisions_origin_check CHECK (origin = ANY (ARRAY['builtin'::text, 'dashboard'::text]))
);

CREATE TABLE pins (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    network text NOT NULL,
    parser text NOT NULL,
    kind text NOT NULL,
    status integer NOT NULL,
    raw bytea NOT NULL,
    event_id uuid NOT NULL,
    why text NOT NULL,
    state text NOT NULL,
    created_by bigint,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    decided_by bigint,
    decided_at timestamp with time zone,
    CONSTRAINT pins_pkey PRIMARY KEY (id),
    CONSTRAINT pins_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
    CONSTRAINT pins_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES users(id),
    CONSTRAINT pins_network_fkey FOREIGN KEY (network) REFERENCES networks(name),
    CONSTRAINT pins_kind_check CHECK (kind = ANY (ARRAY['must-match'::text, 'must-not-match'::text, 'known-gap'::text])),
    CONSTRAINT pins_parser_check CHECK (parser ~ '^[a-z0-9][a-z0-9-]{0,99}$'::text),
    CONSTRAINT pins_state_check CHECK (state = ANY (ARRAY['disputed'::text, 'pinned'::text, 'dismissed'::text, 'removed'::text]))
);
CREATE UNIQUE INDEX pins_event_key ON pins USING btree (network, parser, event_id) WHERE (state = ANY (ARRAY['disputed'::text, 'pinned'::text]));

CREATE TABLE profiles (
    id text NOT NULL,
    network text NOT NULL,
    name text NOT NULL DEFAULT ''::text,
    folded_name text NOT NULL DEFAULT ''::text,
    owner_id text NOT NULL DEFAULT ''::text,
    credential_id text NOT NULL DEFAULT ''::text,
    state text NOT NULL DEFAULT 'connected'::text,
    since timestamp with time zone NOT NULL,
    state_event_id uuid,
    state_at timestamp with time zone,
    last_event_id uuid,
    last_event_at timestamp with time zone,
    error_event_id uuid,
    error_at timestamp with time zone,
    worked_at timestamp with time zone,
    number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT profiles_pkey PRIMARY KEY (id),
    CONSTRAINT profiles_network_fkey FOREIGN KEY (network) REFERENCES networks(name),
    CONSTRAINT profiles_credential_id_check CHECK (char_length(credential_id) <= 255),
    CONSTRAINT profiles_error_event_check CHECK ((error_event_id IS NULL) = (error_at IS NULL)),
    CONSTRAINT profiles_id_check CHECK (char_length(id) >= 1 AND char_length(id) <= 255),
    CONSTRAINT profiles_name_check CHECK (char_length(name) <= 255),
    CONSTRAINT profiles_owner_id_check CHECK (char_length(owner_id) <= 255),
    CONSTRAINT profiles_state_check CHECK (state = ANY (ARRAY['connected'::text, 'disconnected'::text])),
    CONSTRAINT profiles_state_event_check CHECK ((state_event_id IS NULL) = (state_at IS NULL) AND (state = 'connected'::text OR state_at IS NOT NULL))
);
CREATE INDEX profiles_credential_id_idx ON profiles USING btree (credential_id) WHERE (credential_id <> ''::text);
CREATE INDEX profiles_folded_name_idx ON profiles USING btree (folded_name text_pattern_ops) WHERE (folded_name <> ''::text);
CREATE INDEX profiles_id_prefix_idx ON profiles USING btree (id text_pattern_ops);
CREATE INDEX profiles_owner_id_idx ON profiles USING btree (owner_id) WHERE (owner_id <> ''::text);

CREATE TABLE proposal_entries (
    proposal_id bigint NOT NULL,
    network text NOT NULL,
    name text NOT NULL,
    revision_id bigint NOT NULL,
    "position" integer,
    after text NOT NULL DEFAULT ''::text,
    CONSTRAINT proposal_entries_pkey PRIMARY KEY (proposal_id, name),
    CONSTRAINT proposal_entries_proposal_fkey FOREIGN KEY (proposal_id) REFERENCES proposals(id),
    CONSTRAINT proposal_entries_revision_fkey FOREIGN KEY (network, revision_id, name) REFERENCES parser_revisions(network, id, name)
);

CREATE TABLE proposals (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    network text NOT NULL,
    base integer NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    why text NOT NULL,
    trial json,
    proposed_by bigint,
    proposed_at timestamp with time zone NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'waiting'::text,
    decided_by bigint,
    decided_at timestamp with time zone,
    version integer,
    pins uuid[] NOT NULL DEFAULT '{}'::uuid[],
    left_out bigint[] NOT NULL DEFAULT '{}'::bigint[],
    CONSTRAINT proposals_pkey PRIMARY KEY (id),
    CONSTRAINT proposals_base_fkey FOREIGN KEY (network, base) REFERENCES ruleset_versions(network, version),
    CONSTRAINT proposals_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES users(id),
    CONSTRAINT proposals_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES users(id),
    CONSTRAINT proposals_version_fkey FOREIGN KEY (network, version) REFERENCES ruleset_versions(network, version),
    CONSTRAINT proposals_approved_check CHECK ((state = 'approved'::text) = (version IS NOT NULL)),
    CONSTRAINT proposals_decided_check CHECK ((state = 'waiting'::text) = (decided_at IS NULL)),
    CONSTRAINT proposals_other_check CHECK (state <> 'approved'::text OR decided_by <> proposed_by),
    CONSTRAINT proposals_state_check CHECK (state = ANY (ARRAY['waiting'::text, 'approved'::text, 'withdrawn'::text, 'replaced'::text]))
);
CREATE UNIQUE INDEX proposals_waiting_key ON proposals USING btree (network, subject) WHERE (state = 'waiting'::text);

CREATE TABLE quarantine (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    source_id bigint NOT NULL,
    raw bytea NOT NULL,
    digest bytea NOT NULL GENERATED ALWAYS AS (sha256(raw)) STORED,
    field text NOT NULL,
    problem text NOT NULL,
    received_at timestamp with time zone NOT NULL DEFAULT now(),
    source_event_id text NOT NULL DEFAULT ''::text,
    profile_id text NOT NULL DEFAULT ''::text,
    network text NOT NULL DEFAULT ''::text,
    times bigint NOT NULL DEFAULT 1,
    last_received_at timestamp with time zone NOT NULL,
    tried_at timestamp with time zone,
    replay_at timestamp with time zone,
    tries integer NOT NULL DEFAULT 0,
    replay_id bigint,
    ended text,
    ended_at timestamp with time zone,
    event_id uuid,
    CONSTRAINT quarantine_pkey PRIMARY KEY (id),
    CONSTRAINT quarantine_replay_fkey FOREIGN KEY (replay_id) REFERENCES replays(id),
    CONSTRAINT quarantine_source_fkey FOREIGN KEY (source_id) REFERENCES sources(id),
    CONSTRAINT quarantine_ended_at_check CHECK ((ended IS NULL) = (ended_at IS NULL)),
    CONSTRAINT quarantine_ended_check CHECK (ended = ANY (ARRAY['replayed'::text, 'sent-again'::text, 'expired'::text, 'discarded'::text])),
    CONSTRAINT quarantine_event_check CHECK (event_id IS NULL OR (ended = ANY (ARRAY['replayed'::text, 'sent-again'::text]))),
    CONSTRAINT quarantine_network_check CHECK (char_length(network) <= 255),
    CONSTRAINT quarantine_profile_id_check CHECK (char_length(profile_id) <= 255),
    CONSTRAINT quarantine_received_check CHECK (received_at <= last_received_at),
    CONSTRAINT quarantine_source_event_id_check CHECK (char_length(source_event_id) <= 255),
    CONSTRAINT quarantine_times_check CHECK (times > 0)
);
CREATE UNIQUE INDEX quarantine_digest_idx ON quarantine USING btree (source_id, digest) WHERE (ended IS NULL);
CREATE INDEX quarantine_ended_idx ON quarantine USING btree (ended_at) WHERE (ended IS NOT NULL);
CREATE INDEX quarantine_event_idx ON quarantine USING btree (source_id, source_event_id) WHERE ((ended IS NULL) AND (source_event_id <> ''::text));
CREATE INDEX quarantine_kind_idx ON quarantine USING btree (source_id, field, problem) WHERE (ended IS NULL);
CREATE INDEX quarantine_last_received_idx ON quarantine USING btree (last_received_at) WHERE (ended IS NULL);
CREATE INDEX quarantine_network_idx ON quarantine USING btree (id) WHERE ((ended IS NULL) AND (field = 'network'::text));
CREATE INDEX quarantine_replay_at_idx ON quarantine USING btree (replay_at) WHERE ((ended IS NULL) AND (replay_at IS NOT NULL));
CREATE INDEX quarantine_replay_idx ON quarantine USING btree (replay_id) WHERE ((ended IS NULL) AND (replay_id IS NOT NULL));

CREATE TABLE reasons (
    id text NOT NULL,
    network text NOT NULL,
    cause text NOT NULL,
    category text NOT NULL,
    CONSTRAINT reasons_pkey PRIMARY KEY (id),
    CONSTRAINT reasons_network_id_key UNIQUE (network, id),
    CONSTRAINT reasons_network_fkey FOREIGN KEY (network) REFERENCES networks(name),
    CONSTRAINT reasons_category_check CHECK (category = ANY (ARRAY['reconnect'::text, 'access'::text, 'content'::text, 'limit'::text, 'platform'::text, 'app'::text])),
    CONSTRAINT reasons_cause_check CHECK (cause ~ '^[a-z][a-z0-9-]{0,62}$'::text),
    CONSTRAINT reasons_id_check CHECK (id = ((network || '.'::text) || cause))
);

CREATE TABLE regroupings (
    id bigint NOT NULL,
    network text NOT NULL,
    hash bigint NOT NULL,
    splits bigint NOT NULL,
    cursor uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,
    CONSTRAINT regroupings_pkey PRIMARY KEY (id),
    CONSTRAINT regroupings_job_fkey FOREIGN KEY (id) REFERENCES jobs(id) ON DELETE CASCADE,
    CONSTRAINT regroupings_shape_fkey FOREIGN KEY (network, hash) REFERENCES shapes(network, hash)
);

CREATE TABLE reparses (
    id bigint NOT NULL,
    network text NOT NULL,
    ruleset integer NOT NULL,
    parsers text[] NOT NULL,
    changed bigint NOT NULL DEFAULT 0,
    cursor uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,
    second_look boolean NOT NULL DEFAULT false,
    CONSTRAINT reparses_pkey PRIMARY KEY (id),
    CONSTRAINT reparses_job_fkey FOREIGN KEY (id) REFERENCES jobs(id) ON DELETE CASCADE,
    CONSTRAINT reparses_ruleset_fkey FOREIGN KEY (network, ruleset) REFERENCES ruleset_versions(network, version),
    CONSTRAINT reparses_changed_check CHECK (changed >= 0)
);

CREATE TABLE replays (
    id bigint NOT NULL,
    source_id bigint NOT NULL,
    field text NOT NULL,
    problem text NOT NULL,
    actor text NOT NULL,
    entries bigint NOT NULL,
    accepted bigint NOT NULL DEFAULT 0,
    duplicates bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0,
    CONSTRAINT replays_pkey PRIMARY KEY (id),
    CONSTRAINT replays_job_fkey FOREIGN KEY (id) REFERENCES jobs(id) ON DELETE CASCADE,
    CONSTRAINT replays_source_fkey FOREIGN KEY (source_id) REFERENCES sources(id),
    CONSTRAINT replays_entries_check CHECK ((accepted + duplicates + refused) <= entries)
);

CREATE TABLE ruleset_entries (
    network text NOT NULL,
    version integer NOT NULL,
    "position" integer NOT NULL,
    revision_id bigint NOT NULL,
    name text NOT NULL,
    CONSTRAINT ruleset_entries_pkey PRIMARY KEY (network, version, "position"),
    CONSTRAINT ruleset_entries_name_key UNIQUE (network, version, name),
    CONSTRAINT ruleset_entries_revision_fkey FOREIGN KEY (network, revision_id, name) REFERENCES parser_revisions(network, id, name),
    CONSTRAINT ruleset_entries_version_fkey FOREIGN KEY (network, version) REFERENCES ruleset_versions(network, version),
    CONSTRAINT ruleset_entries_position_check CHECK ("position" >= 0)
);

CREATE TABLE ruleset_retired (
    network text NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    revision_id bigint NOT NULL,
    after text NOT NULL,
    CONSTRAINT ruleset_retired_pkey PRIMARY KEY (network, version, name),
    CONSTRAINT ruleset_retired_revision_fkey FOREIGN KEY (network, revision_id, name) REFERENCES parser_revisions(network, id, name),
    CONSTRAINT ruleset_retired_version_fkey FOREIGN KEY (network, version) REFERENCES ruleset_versions(network, version)
);

CREATE TABLE ruleset_versions (
    network text NOT NULL,
    version integer NOT NULL,
    live boolean NOT NULL,
    created_by bigint,
    why text NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    trial json,
    builtins text NOT NULL DEFAULT ''::text,
    CONSTRAINT ruleset_versions_pkey PRIMARY KEY (network, version),
    CONSTRAINT ruleset_versions_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
    CONSTRAINT ruleset_versions_network_fkey FOREIGN KEY (network) REFERENCES networks(name),
    CONSTRAINT ruleset_versions_version_check CHECK (version > 0)
);
CREATE UNIQUE INDEX ruleset_versions_live_key ON ruleset_versions USING btree (network) WHERE live;

CREATE TABLE sessions (
    id_hash bytea NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT sessions_pkey PRIMARY KEY (id_hash),
    CONSTRAINT sessions_user_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX sessions_expires_idx ON sessions USING btree (expires_at);
CREATE INDEX sessions_user_idx ON sessions USING btree (user_id);

CREATE TABLE shadow_matches (
    shadow_id bigint NOT NULL,
    event_id uuid NOT NULL,
    reason text NOT NULL,
    parser text NOT NULL,
    wins boolean NOT NULL,
    CONSTRAINT shadow_matches_pkey PRIMARY KEY (shadow_id, event_id),
    CONSTRAINT shadow_matches_shadow_fkey FOREIGN KEY (shadow_id) REFERENCES shadows(id)
);

CREATE TABLE shadows (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    network text NOT NULL,
    name text NOT NULL,
    revision_id bigint NOT NULL,
    after text NOT NULL,
    why text NOT NULL,
    started_by bigint,
    started_at timestamp with time zone NOT NULL DEFAULT now(),
    ended_at timestamp with time zone,
    CONSTRAINT shadows_pkey PRIMARY KEY (id),
    CONSTRAINT shadows_revision_fkey FOREIGN KEY (network, revision_id, name) REFERENCES parser_revisions(network, id, name),
    CONSTRAINT shadows_started_by_fkey FOREIGN KEY (started_by) REFERENCES users(id)
);
CREATE UNIQUE INDEX shadows_running_key ON shadows USING btree (network, name) WHERE (ended_at IS NULL);

CREATE TABLE shapes (
    network text NOT NULL,
    hash bigint NOT NULL,
    template text NOT NULL,
    cluster_id bigint NOT NULL,
    first_seen_at timestamp with time zone,
    last_seen_at timestamp with time zone,
    version integer NOT NULL DEFAULT 1,
    seq bigint,
    group_id bigint,
    leaf bigint,
    placement text NOT NULL DEFAULT 'grouped'::text,
    CONSTRAINT shapes_pkey PRIMARY KEY (network, hash),
    CONSTRAINT shapes_cluster_fkey FOREIGN KEY (network, cluster_id) REFERENCES clusters(network, id),
    CONSTRAINT shapes_placement_check CHECK (placement = ANY (ARRAY['grouped'::text, 'anchor'::text, 'detached'::text, 'split'::text])),
    CONSTRAINT shapes_seen_check CHECK (first_seen_at <= last_seen_at)
);
CREATE INDEX shapes_cluster_idx ON shapes USING btree (cluster_id);
CREATE INDEX shapes_first_seen_idx ON shapes USING btree (first_seen_at);
CREATE INDEX shapes_group_idx ON shapes USING btree (network, group_id);
CREATE INDEX shapes_leaf_idx ON shapes USING btree (network, leaf, seq);
CREATE INDEX shapes_waiting_idx ON shapes USING btree (network, hash) WHERE (seq IS NULL);

CREATE TABLE sign_in_paces (
    key bytea NOT NULL,
    due_at timestamp with time zone NOT NULL,
    tries integer NOT NULL,
    CONSTRAINT sign_in_paces_pkey PRIMARY KEY (key),
    CONSTRAINT sign_in_paces_key_check CHECK (octet_length(key) = 32)
);
CREATE INDEX sign_in_paces_due_idx ON sign_in_paces USING btree (due_at);

CREATE TABLE source_counts (
    source_id bigint NOT NULL,
    hour timestamp with time zone NOT NULL,
    accepted bigint NOT NULL,
    duplicates bigint NOT NULL,
    quarantined bigint NOT NULL,
    replayed bigint NOT NULL,
    last_heard_at timestamp with time zone,
    CONSTRAINT source_counts_pkey PRIMARY KEY (source_id, hour),
    CONSTRAINT source_counts_source_fkey FOREIGN KEY (source_id) REFERENCES sources(id),
    CONSTRAINT source_counts_hour_check CHECK (date_trunc('hour'::text, hour, 'UTC'::text) = hour),
    CONSTRAINT source_counts_sent_check CHECK (accepted >= 0 AND duplicates >= 0 AND quarantined >= 0 AND replayed >= 0)
);
CREATE INDEX source_counts_hour_idx ON source_counts USING btree (hour);

CREATE TABLE sources (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT sources_pkey PRIMARY KEY (id),
    CONSTRAINT sources_name_key UNIQUE (name),
    CONSTRAINT sources_name_check CHECK (char_length(name) >= 1 AND char_length(name) <= 100)
);

CREATE TABLE spells (
    profile_id text NOT NULL,
    began_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL,
    reason text NOT NULL,
    ended_at timestamp with time zone,
    ended_event_id uuid,
    CONSTRAINT spells_pkey PRIMARY KEY (profile_id, began_at, event_id),
    CONSTRAINT spells_ended_check CHECK ((ended_at IS NULL) = (ended_event_id IS NULL)),
    CONSTRAINT spells_order_check CHECK (ended_at >= began_at)
);

CREATE TABLE split_shapes (
    network text NOT NULL,
    hash bigint NOT NULL,
    split_id bigint NOT NULL,
    CONSTRAINT split_shapes_pkey PRIMARY KEY (network, hash, split_id),
    CONSTRAINT split_shapes_shape_fkey FOREIGN KEY (network, hash) REFERENCES shapes(network, hash),
    CONSTRAINT split_shapes_split_fkey FOREIGN KEY (split_id) REFERENCES splits(id)
);

CREATE TABLE splits (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    network text NOT NULL,
    cluster_id bigint NOT NULL,
    template text NOT NULL,
    mask integer NOT NULL,
    value text NOT NULL,
    hash bigint NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT splits_pkey PRIMARY KEY (id),
    CONSTRAINT splits_hash_key UNIQUE (network, hash),
    CONSTRAINT splits_cluster_fkey FOREIGN KEY (network, cluster_id) REFERENCES clusters(network, id),
    CONSTRAINT splits_shape_fkey FOREIGN KEY (network, hash) REFERENCES shapes(network, hash)
);
CREATE INDEX splits_cluster_idx ON splits USING btree (cluster_id);

CREATE TABLE tokens (
    hash bytea NOT NULL,
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    source_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    created_by bigint,
    revoked_at timestamp with time zone,
    CONSTRAINT tokens_pkey PRIMARY KEY (hash),
    CONSTRAINT tokens_id_key UNIQUE (id),
    CONSTRAINT tokens_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
    CONSTRAINT tokens_source_fkey FOREIGN KEY (source_id) REFERENCES sources(id),
    CONSTRAINT tokens_hash_check CHECK (octet_length(hash) = 32)
);
CREATE INDEX tokens_source_idx ON tokens USING btree (source_id);

CREATE TABLE trials (
    id bigint NOT NULL,
    network text NOT NULL,
    base integer NOT NULL,
    candidate json NOT NULL,
    window_from timestamp with time zone NOT NULL,
    result json,
    created_by bigint,
    CONSTRAINT trials_pkey PRIMARY KEY (id),
    CONSTRAINT trials_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id),
    CONSTRAINT trials_job_fkey FOREIGN KEY (id) REFERENCES jobs(id) ON DELETE CASCADE,
    CONSTRAINT trials_network_fkey FOREIGN KEY (network) REFERENCES networks(name)
);
CREATE INDEX trials_network_idx ON trials USING btree (network, id);

CREATE TABLE users (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    role text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT now(),
    disabled_at timestamp with time zone,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_name_key UNIQUE (name),
    CONSTRAINT users_name_check CHECK (char_length(name) >= 1 AND char_length(name) <= 100),
    CONSTRAINT users_role_check CHECK (role = ANY (ARRAY['engineer'::text, 'support'::text, 'pm'::text, 'admin'::text]))
);

CREATE TABLE verdicts (
    event_id uuid NOT NULL,
    ruleset integer NOT NULL,
    reason text,
    parser text NOT NULL,
    evidence json NOT NULL,
    replaced_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT verdicts_pkey PRIMARY KEY (event_id, ruleset),
    CONSTRAINT verdicts_reason_fkey FOREIGN KEY (reason) REFERENCES reasons(id)
);
