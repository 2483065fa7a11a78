-- +goose Up

--
-- The catalogue
--

-- What the catalogue files say exists, kept here so that keys can point at it.
-- The service brings both tables up to date when it starts.
CREATE TABLE networks (
    name           text CONSTRAINT networks_pkey PRIMARY KEY,
    needs_approval boolean NOT NULL DEFAULT false, -- a second person must approve each change of the ruleset
    CONSTRAINT networks_name_check CHECK (name ~ '^[a-z][a-z0-9-]{0,62}$')
);

CREATE TABLE reasons (
    id       text CONSTRAINT reasons_pkey PRIMARY KEY,
    network  text NOT NULL CONSTRAINT reasons_network_fkey REFERENCES networks,
    cause    text NOT NULL,
    category text NOT NULL,
    CONSTRAINT reasons_id_check CHECK (id = network || '.' || cause),
    CONSTRAINT reasons_cause_check CHECK (cause ~ '^[a-z][a-z0-9-]{0,62}$'),
    CONSTRAINT reasons_category_check
        CHECK (category IN ('reconnect', 'access', 'content', 'limit', 'platform', 'app')),
    CONSTRAINT reasons_network_id_key UNIQUE (network, id)
);

-- The version of the built-in networks, reasons and parsers that this database
-- has. It only grows: a program with older ones leaves them as they are.
CREATE TABLE catalog (
    one     boolean NOT NULL DEFAULT true CONSTRAINT catalog_pkey PRIMARY KEY,
    version integer NOT NULL,
    digest  text NOT NULL,
    CONSTRAINT catalog_one_check CHECK (one),
    CONSTRAINT catalog_version_check CHECK (version >= 0)
);
INSERT INTO catalog (version, digest) VALUES (0, '');

--
-- People and services
--

-- People have roles, services have tokens. Secrets are kept as hashes only.
CREATE TABLE users (
    id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT users_pkey PRIMARY KEY,
    name          text NOT NULL CONSTRAINT users_name_key UNIQUE,
    role          text NOT NULL,
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    disabled_at   timestamptz,
    CONSTRAINT users_name_check CHECK (char_length(name) BETWEEN 1 AND 100),
    CONSTRAINT users_role_check CHECK (role IN ('engineer', 'support', 'pm', 'admin'))
);

CREATE TABLE sessions (
    id_hash    bytea CONSTRAINT sessions_pkey PRIMARY KEY,
    user_id    bigint NOT NULL CONSTRAINT sessions_user_fkey REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_user_idx ON sessions (user_id);
CREATE INDEX sessions_expires_idx ON sessions (expires_at);

-- When the next sign-in of an address, or of a name from an address, is due.
-- Keys are keyed hashes: what was typed as a name may be a password.
CREATE TABLE sign_in_paces (
    key      bytea CONSTRAINT sign_in_paces_pkey PRIMARY KEY,
    due_at   timestamptz NOT NULL,
    tries    integer NOT NULL,
    CONSTRAINT sign_in_paces_key_check CHECK (octet_length(key) = 32)
);
CREATE INDEX sign_in_paces_due_idx ON sign_in_paces (due_at);

-- The key of the keyed hashes that stand for ids which hold a secret. It is kept
-- here so that all replicas, and a database that was restored, join the same ids.
-- gen_random_uuid takes its 122 bits from the system's strong random source.
CREATE TABLE hash_keys (
    id  boolean NOT NULL DEFAULT true,
    key bytea   NOT NULL DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
    CONSTRAINT hash_keys_pkey PRIMARY KEY (id),
    CONSTRAINT hash_keys_id_check CHECK (id),
    CONSTRAINT hash_keys_key_check CHECK (octet_length(key) = 32)
);
INSERT INTO hash_keys DEFAULT VALUES;

CREATE TABLE sources (
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT sources_pkey PRIMARY KEY,
    name       text NOT NULL CONSTRAINT sources_name_key UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sources_name_check CHECK (char_length(name) BETWEEN 1 AND 100)
);

CREATE TABLE tokens (
    hash       bytea CONSTRAINT tokens_pkey PRIMARY KEY,
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT tokens_id_key UNIQUE,
    source_id  bigint NOT NULL CONSTRAINT tokens_source_fkey REFERENCES sources,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by bigint CONSTRAINT tokens_created_by_fkey REFERENCES users,
    revoked_at timestamptz,
    CONSTRAINT tokens_hash_check CHECK (octet_length(hash) = 32)
);
CREATE INDEX tokens_source_idx ON tokens (source_id);

-- The record of what was done. The actor's name is kept beside the id: the
-- record must read the same when the user has another name, and what the
-- machine did has no user.
CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_pkey PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    user_id bigint CONSTRAINT audit_user_fkey REFERENCES users,
    actor   text NOT NULL,
    action  text NOT NULL,
    subject text NOT NULL,
    details json NOT NULL DEFAULT '{}'
);
-- The history of one thing, such as a cluster.
CREATE INDEX audit_subject_idx ON audit (subject, id);

--
-- Background jobs
--

-- How far each job is. What it is about stands in a table of its kind, with the
-- same id.
CREATE TABLE jobs (
    id           bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT jobs_pkey PRIMARY KEY,
    kind         text NOT NULL,
    key          text NOT NULL DEFAULT '', -- one of a kind is unfinished at most, unless it is ''
    state        text NOT NULL DEFAULT 'waiting',
    attempts     integer NOT NULL DEFAULT 0, -- how often it was claimed; the fencing token of the claim
    scheduled_at timestamptz NOT NULL DEFAULT now(), -- not to be claimed before
    heartbeat_at timestamptz, -- of the process that claimed it
    total        bigint NOT NULL DEFAULT 0, -- 0 until it is known
    done         bigint NOT NULL DEFAULT 0,
    problem      text NOT NULL DEFAULT '', -- why it failed
    created_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    CONSTRAINT jobs_kind_check CHECK (kind IN ('reparse', 'regrouping', 'trial', 'replay')),
    CONSTRAINT jobs_state_check CHECK (state IN ('waiting', 'running', 'done', 'cancelled', 'failed')),
    CONSTRAINT jobs_finished_check CHECK ((state IN ('done', 'cancelled', 'failed')) = (finished_at IS NOT NULL)),
    CONSTRAINT jobs_running_check CHECK (state <> 'running' OR (attempts > 0 AND heartbeat_at IS NOT NULL)),
    CONSTRAINT jobs_attempts_check CHECK (attempts >= 0)
);
CREATE UNIQUE INDEX jobs_unfinished_key ON jobs (kind, key) WHERE finished_at IS NULL AND key <> '';
CREATE INDEX jobs_due_idx ON jobs (kind, scheduled_at, id) WHERE finished_at IS NULL;

--
-- Rulesets
--

-- A ruleset version is a whole ordered snapshot, built-in parsers included:
-- every replica loads the same from here, and an old version stays readable.
CREATE TABLE parser_revisions (
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT parser_revisions_pkey PRIMARY KEY,
    network    text NOT NULL,
    name       text NOT NULL,
    reason     text NOT NULL,
    condition  text NOT NULL DEFAULT '',
    func       text NOT NULL DEFAULT '',
    origin     text NOT NULL,
    created_by bigint CONSTRAINT parser_revisions_created_by_fkey REFERENCES users,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT parser_revisions_name_check CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,99}$'),
    CONSTRAINT parser_revisions_condition_check CHECK ((condition = '') <> (func = '')),
    CONSTRAINT parser_revisions_origin_check CHECK (origin IN ('builtin', 'dashboard')),
    -- A parser yields reasons of its own network only.
    CONSTRAINT parser_revisions_reason_fkey FOREIGN KEY (network, reason) REFERENCES reasons (network, id),
    CONSTRAINT parser_revisions_network_id_name_key UNIQUE (network, id, name)
);

CREATE TABLE ruleset_versions (
    network    text NOT NULL CONSTRAINT ruleset_versions_network_fkey REFERENCES networks,
    version    integer NOT NULL,
    live       boolean NOT NULL,
    created_by bigint CONSTRAINT ruleset_versions_created_by_fkey REFERENCES users,
    why        text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    trial      json,
    -- The built-in parsers that the service knew of, as a fingerprint. A version that
    -- was rolled back holds others, and must not be put right by the next start.
    builtins   text NOT NULL DEFAULT '',
    CONSTRAINT ruleset_versions_pkey PRIMARY KEY (network, version),
    CONSTRAINT ruleset_versions_version_check CHECK (version > 0)
);
CREATE UNIQUE INDEX ruleset_versions_live_key ON ruleset_versions (network) WHERE live;

CREATE TABLE ruleset_entries (
    network     text NOT NULL,
    version     integer NOT NULL,
    position    integer NOT NULL,
    revision_id bigint NOT NULL,
    name        text NOT NULL,
    CONSTRAINT ruleset_entries_pkey PRIMARY KEY (network, version, position),
    CONSTRAINT ruleset_entries_position_check CHECK (position >= 0),
    CONSTRAINT ruleset_entries_version_fkey
        FOREIGN KEY (network, version) REFERENCES ruleset_versions (network, version),
    -- Carries the network and the name, so that neither a foreign parser nor
    -- two of one name get into a version.
    CONSTRAINT ruleset_entries_revision_fkey
        FOREIGN KEY (network, revision_id, name) REFERENCES parser_revisions (network, id, name),
    CONSTRAINT ruleset_entries_name_key UNIQUE (network, version, name)
);

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

-- Where a network needs approval, what would be its next version waits here,
-- whole, until somebody else than its author approves it.
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
    -- Pinned samples change with the version that a proposal becomes, not before.
    pins        uuid[] NOT NULL DEFAULT '{}',   -- events that its parser must match
    left_out    bigint[] NOT NULL DEFAULT '{}', -- pins that are removed with it
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

-- Parsers that somebody is writing, as the form of the workbench sends them.
CREATE TABLE drafts (
    user_id  bigint NOT NULL CONSTRAINT drafts_user_id_fkey REFERENCES users,
    id       text NOT NULL,
    network  text NOT NULL CONSTRAINT drafts_network_fkey REFERENCES networks,
    parser   text NOT NULL, -- the live parser that is edited, '' for a new one
    name     text NOT NULL,
    form     text NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT drafts_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT drafts_id_check CHECK (id ~ '^[A-Z2-7]{26}$')
);

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
    -- disputed: somebody says that the explanation is wrong, and nobody looked yet.
    CONSTRAINT pins_state_check CHECK (state IN ('disputed', 'pinned', 'dismissed', 'removed'))
);
CREATE UNIQUE INDEX pins_event_key ON pins (network, parser, event_id) WHERE state IN ('disputed', 'pinned');

-- The job that runs a candidate over all stored errors of a window.
CREATE TABLE trials (
    id          bigint CONSTRAINT trials_pkey PRIMARY KEY CONSTRAINT trials_job_fkey REFERENCES jobs ON DELETE CASCADE,
    network     text NOT NULL CONSTRAINT trials_network_fkey REFERENCES networks,
    base        integer NOT NULL, -- the version of the ruleset that it is made on
    candidate   json NOT NULL,
    window_from timestamptz NOT NULL,
    result      json, -- of a trial that is done
    created_by  bigint CONSTRAINT trials_created_by_fkey REFERENCES users
);
CREATE INDEX trials_network_idx ON trials (network, id);

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

-- The job that runs a ruleset version over stored events. It looks at unparsed
-- events and at those that one of parsers decided: no others can change. Its key
-- is the network: a new one takes over what an unfinished one had left.
CREATE TABLE reparses (
    id          bigint CONSTRAINT reparses_pkey PRIMARY KEY CONSTRAINT reparses_job_fkey REFERENCES jobs ON DELETE CASCADE,
    network     text NOT NULL,
    ruleset     integer NOT NULL,
    parsers     text[] NOT NULL,
    changed     bigint NOT NULL DEFAULT 0,
    cursor      uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    -- Events are committed in another order than they arrive in, so a run that
    -- follows their ids passes some over. A second look finds those.
    second_look boolean NOT NULL DEFAULT false,
    CONSTRAINT reparses_ruleset_fkey FOREIGN KEY (network, ruleset) REFERENCES ruleset_versions (network, version),
    CONSTRAINT reparses_changed_check CHECK (changed >= 0)
);

--
-- Profiles, grouping and events
--

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
    error_event_id uuid, -- the newest event that carries an error
    error_at       timestamptz,
    worked_at      timestamptz, -- when the newest call that succeeded did
    number         bigint GENERATED ALWAYS AS IDENTITY, -- in the lists of impact_parts
    CONSTRAINT profiles_id_check CHECK (char_length(id) BETWEEN 1 AND 255),
    CONSTRAINT profiles_name_check CHECK (char_length(name) <= 255),
    CONSTRAINT profiles_owner_id_check CHECK (char_length(owner_id) <= 255),
    CONSTRAINT profiles_credential_id_check CHECK (char_length(credential_id) <= 255),
    CONSTRAINT profiles_state_check CHECK (state IN ('connected', 'disconnected')),
    CONSTRAINT profiles_state_event_check
        CHECK ((state_event_id IS NULL) = (state_at IS NULL) AND (state = 'connected' OR state_at IS NOT NULL)),
    CONSTRAINT profiles_error_event_check CHECK ((error_event_id IS NULL) = (error_at IS NULL))
) WITH (fillfactor = 70); -- nearly every event updates one, in place while there is room
CREATE INDEX profiles_id_prefix_idx ON profiles (id text_pattern_ops);
CREATE INDEX profiles_folded_name_idx ON profiles (folded_name text_pattern_ops) WHERE folded_name <> '';
CREATE INDEX profiles_owner_id_idx ON profiles (owner_id) WHERE owner_id <> '';
CREATE INDEX profiles_credential_id_idx ON profiles (credential_id) WHERE credential_id <> '';

-- One row per network: who holds it groups.
CREATE TABLE groupings (
    network text CONSTRAINT groupings_pkey PRIMARY KEY CONSTRAINT groupings_network_fkey REFERENCES networks,
    version integer NOT NULL,         -- of the rules that its groups are made by
    splits  bigint NOT NULL DEFAULT 0 -- their version: it goes up whenever splits or split_shapes change
);

-- A new shape makes a cluster, or people make one. Shapes point at clusters and
-- events at shapes, so that merging two clusters rewrites shapes and no events.
CREATE TABLE clusters (
    id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT clusters_pkey PRIMARY KEY,
    network       text NOT NULL CONSTRAINT clusters_network_fkey REFERENCES networks,
    initial_hash  bigint, -- of the shape that made it, NULL when people made it
    template      text NOT NULL,
    state         text NOT NULL DEFAULT 'open',
    created_at    timestamptz NOT NULL DEFAULT now(),
    group_id      bigint, -- of the group that owns the cluster, NULL when people changed the cluster
    merged_into   bigint, -- the cluster that its id leads to now
    -- Of an ignored cluster: since when, and what ends that.
    ignored_at          timestamptz,
    ignored_until       timestamptz,
    ignored_to_events   bigint, -- so many errors have come since
    ignored_to_profiles bigint, -- so many profiles have had one since
    ignored_above       bigint, -- more than so many errors came in a day
    -- When it was noticed that the cluster had reached many profiles within an
    -- hour of being seen first.
    spiked_at           timestamptz,
    CONSTRAINT clusters_initial_hash_key UNIQUE (network, initial_hash),
    CONSTRAINT clusters_network_id_key UNIQUE (network, id),
    CONSTRAINT clusters_merged_into_fkey FOREIGN KEY (network, merged_into) REFERENCES clusters (network, id),
    CONSTRAINT clusters_state_check CHECK (state IN ('open', 'ignored', 'merged')),
    CONSTRAINT clusters_merged_check CHECK ((state = 'merged') = (merged_into IS NOT NULL)),
    CONSTRAINT clusters_ignored_check CHECK ((state = 'ignored') = (ignored_at IS NOT NULL))
);
CREATE INDEX clusters_group_idx ON clusters (network, group_id);
CREATE INDEX clusters_merged_into_idx ON clusters (merged_into);
CREATE INDEX clusters_ignored_idx ON clusters (id) WHERE state = 'ignored';

-- A new shape gets a cluster of its own. The grouping reads it later, and finds
-- the group of shapes that say the same; they share a cluster from then on. Shapes
-- that people moved between clusters stay there. A cluster was last seen when the
-- last of its shapes was.
CREATE TABLE shapes (
    network       text NOT NULL,
    hash          bigint NOT NULL,
    template      text NOT NULL,
    cluster_id    bigint NOT NULL,
    first_seen_at timestamptz,
    last_seen_at  timestamptz,
    version       integer NOT NULL DEFAULT 1, -- of the rules that made it
    seq           bigint, -- the order in which the grouping read the shapes, NULL before it has
    group_id      bigint, -- NULL before
    leaf          bigint, -- the shapes that may share a group have one; NULL without a group
    -- grouped: the shape goes to the cluster of its group. The others stay in the
    -- cluster that people moved them to: an anchor decides the cluster of its group,
    -- a detached shape does not, and split holds the errors of a fixed value.
    placement     text NOT NULL DEFAULT 'grouped',
    CONSTRAINT shapes_pkey PRIMARY KEY (network, hash),
    CONSTRAINT shapes_cluster_fkey FOREIGN KEY (network, cluster_id) REFERENCES clusters (network, id),
    CONSTRAINT shapes_seen_check CHECK (first_seen_at <= last_seen_at),
    CONSTRAINT shapes_placement_check CHECK (placement IN ('grouped', 'anchor', 'detached', 'split'))
);
CREATE SEQUENCE shapes_seq;
CREATE INDEX shapes_cluster_idx ON shapes (cluster_id);
CREATE INDEX shapes_waiting_idx ON shapes (network, hash) WHERE seq IS NULL;
CREATE INDEX shapes_leaf_idx ON shapes (network, leaf, seq);
CREATE INDEX shapes_group_idx ON shapes (network, group_id);
CREATE INDEX shapes_first_seen_idx ON shapes (first_seen_at);

-- A split moves the errors of a cluster that have one value behind one mask to a
-- shape of their own.
CREATE TABLE splits (
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT splits_pkey PRIMARY KEY,
    network    text NOT NULL,
    cluster_id bigint NOT NULL, -- the cluster that they were in
    template   text NOT NULL,   -- of that cluster when it was split
    mask       integer NOT NULL, -- the index of the mask in the template, from 0
    value      text NOT NULL,
    hash       bigint NOT NULL, -- of the shape that they have now
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT splits_cluster_fkey FOREIGN KEY (network, cluster_id) REFERENCES clusters (network, id),
    CONSTRAINT splits_hash_key UNIQUE (network, hash),
    CONSTRAINT splits_shape_fkey FOREIGN KEY (network, hash) REFERENCES shapes (network, hash)
);
CREATE INDEX splits_cluster_idx ON splits (cluster_id);

-- The shapes of its cluster that a split applies to.
CREATE TABLE split_shapes (
    network  text NOT NULL,
    hash     bigint NOT NULL,
    split_id bigint NOT NULL CONSTRAINT split_shapes_split_fkey REFERENCES splits,
    CONSTRAINT split_shapes_pkey PRIMARY KEY (network, hash, split_id),
    CONSTRAINT split_shapes_shape_fkey FOREIGN KEY (network, hash) REFERENCES shapes (network, hash)
);

-- The job that computes the shapes of the stored unparsed errors of one shape
-- again. Its key is network/hash.
CREATE TABLE regroupings (
    id      bigint CONSTRAINT regroupings_pkey PRIMARY KEY CONSTRAINT regroupings_job_fkey REFERENCES jobs ON DELETE CASCADE,
    network text NOT NULL,
    hash    bigint NOT NULL,
    splits  bigint NOT NULL, -- the version of groupings.splits that must be known for it
    cursor  uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    CONSTRAINT regroupings_shape_fkey FOREIGN KEY (network, hash) REFERENCES shapes (network, hash)
);

-- An event's id is a UUIDv7: its first 48 bits are the milliseconds of its
-- arrival, so the order of ids is the order of arrival, and one month of ids is
-- one partition.

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

-- Reconnections, and calls that succeeded, carry no error. Profiles are made after
-- their first events, so that a transaction holds them for a short time only.
CREATE TABLE events (
    id              uuid NOT NULL,
    source_id       bigint NOT NULL CONSTRAINT events_source_fkey REFERENCES sources,
    source_event_id text NOT NULL,
    network         text NOT NULL CONSTRAINT events_network_fkey REFERENCES networks,
    profile_id      text NOT NULL CONSTRAINT events_profile_id_fkey REFERENCES profiles DEFERRABLE INITIALLY DEFERRED,
    type            text NOT NULL,
    occurred_at     timestamptz NOT NULL,
    operation       text NOT NULL,
    defaulted       text[] NOT NULL,
    scrubbed        text[] NOT NULL,
    -- the error and its facts
    raw             bytea,
    cleaned         text, -- NULL when the raw bytes are that text already
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
    mended          text[] NOT NULL DEFAULT '{}', -- names of optional fields that could not be used as sent
    -- Of a disconnection: when the profile, or another one of its credential, was
    -- first seen to work before either was connected again, and which one it was.
    worked_at         timestamptz,
    worked_profile_id text,
    CONSTRAINT events_pkey PRIMARY KEY (id),
    CONSTRAINT events_type_check CHECK (type IN ('disconnected', 'failed', 'reconnected', 'succeeded')),
    -- Lets a period of occurrence bound the ids to look through, from below.
    CONSTRAINT events_occurred_at_check CHECK (occurred_at <= uuid_time(id) + interval '1 day'),
    CONSTRAINT events_raw_check CHECK ((raw IS NULL) = (type IN ('reconnected', 'succeeded'))),
    CONSTRAINT events_format_check CHECK (format IN ('json', 'text', 'html', 'empty')),
    CONSTRAINT events_status_check CHECK (status BETWEEN 0 AND 999),
    CONSTRAINT events_reason_fkey FOREIGN KEY (network, reason) REFERENCES reasons (network, id),
    CONSTRAINT events_arrival_reason_fkey FOREIGN KEY (network, arrival_reason) REFERENCES reasons (network, id),
    CONSTRAINT events_shape_fkey FOREIGN KEY (network, shape_hash) REFERENCES shapes (network, hash),
    CONSTRAINT events_parser_check CHECK ((reason IS NULL) = (parser = '')),
    CONSTRAINT events_arrival_parser_check CHECK ((arrival_reason IS NULL) = (arrival_parser = '')),
    CONSTRAINT events_no_error_check CHECK (type NOT IN ('reconnected', 'succeeded') OR (reason IS NULL AND shape_hash IS NULL)),
    -- Every unparsed error is in exactly one cluster.
    CONSTRAINT events_shape_check CHECK (reason IS NOT NULL OR type IN ('reconnected', 'succeeded') OR shape_hash IS NOT NULL),
    CONSTRAINT events_worked_check
        CHECK ((worked_at IS NULL) = (worked_profile_id IS NULL) AND (worked_at IS NULL OR type = 'disconnected'))
) PARTITION BY RANGE (id);
CREATE INDEX events_network_idx ON events (network, id);
CREATE INDEX events_reason_idx ON events (network, reason, id);
CREATE INDEX events_profile_id_idx ON events (profile_id, occurred_at, id);
CREATE INDEX events_shape_idx ON events (network, shape_hash, id) WHERE shape_hash IS NOT NULL;
CREATE INDEX events_unparsed_idx ON events (network, shape_hash, occurred_at, profile_id)
    WHERE reason IS NULL AND shape_hash IS NOT NULL;
CREATE INDEX events_occurred_at_idx ON events USING brin (occurred_at);
-- A trial of a condition that asks for a code or a subcode looks up the errors that
-- have it. Types have no index: most errors of a network share a few.
CREATE INDEX events_code_idx ON events (network, code, id) WHERE code <> '';
CREATE INDEX events_subcode_idx ON events (network, subcode, id) WHERE subcode <> '';
CREATE INDEX events_states_idx ON events (profile_id, occurred_at, id) WHERE type IN ('disconnected', 'reconnected');
CREATE INDEX events_succeeded_idx ON events (profile_id, occurred_at, id) WHERE type = 'succeeded';
CREATE INDEX events_worked_idx ON events (occurred_at) WHERE worked_at IS NOT NULL;

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
        -- Pages count from indexes alone, which needs to know what all transactions see.
        EXECUTE format('ALTER TABLE %I SET (autovacuum_vacuum_insert_scale_factor = 0.02)', part);
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

-- Events by the hour in which they occurred, so that no page counts millions of
-- rows. An empty reason is "unparsed", or for reconnected events none. arrived
-- is by the verdict on arrival and is never rewritten; current is by the verdict
-- of now.
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
-- Outages are suspected by few rows of each hour.
CREATE INDEX hourly_counts_outage_idx ON hourly_counts (hour) WHERE reason = network || '.platform-outage';

-- When profiles were disconnected: from the event that began it to the next
-- reconnection. A row changes only while its profile's is locked. event_id has no
-- key, as in event_keys, nor has profile_id, since its profile is locked.
CREATE TABLE spells (
    profile_id     text NOT NULL,
    began_at       timestamptz NOT NULL,
    event_id       uuid NOT NULL, -- that began it
    reason         text NOT NULL, -- of that event now; an empty one is "unparsed"
    ended_at       timestamptz,   -- NULL while the profile is disconnected
    ended_event_id uuid,
    CONSTRAINT spells_pkey PRIMARY KEY (profile_id, began_at, event_id),
    CONSTRAINT spells_ended_check CHECK ((ended_at IS NULL) = (ended_event_id IS NULL)),
    CONSTRAINT spells_order_check CHECK (ended_at >= began_at)
) WITH (fillfactor = 80);

-- What errors did to profiles, by the day of occurrence: which profiles had errors,
-- and how long their spells took, as packed lists by reason. Each transaction adds
-- parts; a worker merges them, parts of one level into one of the next. What is
-- counted is the sum of all parts of a day, so it does not matter which are merged.
CREATE TABLE impact_parts (
    day     timestamptz NOT NULL,
    network text NOT NULL CONSTRAINT impact_parts_network_fkey REFERENCES networks,
    id      bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    level   smallint NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL DEFAULT now(),
    lists   bytea NOT NULL,
    CONSTRAINT impact_parts_pkey PRIMARY KEY (day, network, id),
    CONSTRAINT impact_parts_day_check CHECK (date_trunc('day', day, 'UTC') = day)
);
ALTER TABLE impact_parts ALTER COLUMN lists SET STORAGE EXTERNAL; -- they don't get smaller

--
-- What sources send
--

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

-- Fields that sources left out, or sent in a form that had to be mended, by the
-- hour of arrival, so that they have the windows of source_counts.
CREATE TABLE missing_fields (
    source_id bigint NOT NULL CONSTRAINT missing_fields_source_fkey REFERENCES sources,
    field     text NOT NULL,
    hour      timestamptz NOT NULL,
    events    bigint NOT NULL,
    kind      text NOT NULL,
    samples   uuid[] NOT NULL DEFAULT '{}', -- a few of the newest events
    CONSTRAINT missing_fields_pkey PRIMARY KEY (source_id, kind, field, hour),
    CONSTRAINT missing_fields_events_check CHECK (events > 0),
    CONSTRAINT missing_fields_kind_check CHECK (kind IN ('missing', 'mended', 'found', 'unknown', 'unavailable', 'refused')), -- the last four: look-ups in the directory
    CONSTRAINT missing_fields_hour_check CHECK (date_trunc('hour', hour, 'UTC') = hour)
);

-- The job that reads all entries in quarantine of one source with one problem again.
CREATE TABLE replays (
    id         bigint CONSTRAINT replays_pkey PRIMARY KEY CONSTRAINT replays_job_fkey REFERENCES jobs ON DELETE CASCADE,
    source_id  bigint NOT NULL CONSTRAINT replays_source_fkey REFERENCES sources,
    field      text NOT NULL,
    problem    text NOT NULL,
    actor      text NOT NULL,
    entries    bigint NOT NULL,
    accepted   bigint NOT NULL DEFAULT 0, -- became events
    duplicates bigint NOT NULL DEFAULT 0, -- had been sent again meanwhile
    refused    bigint NOT NULL DEFAULT 0, -- can't be used as yet
    CONSTRAINT replays_entries_check CHECK (accepted + duplicates + refused <= entries)
);

-- What was sent and can't be used, kept to be mended and replayed.
CREATE TABLE quarantine (
    id               bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT quarantine_pkey PRIMARY KEY,
    source_id        bigint NOT NULL CONSTRAINT quarantine_source_fkey REFERENCES sources,
    raw              bytea NOT NULL,
    digest           bytea NOT NULL GENERATED ALWAYS AS (sha256(raw)) STORED,
    field            text NOT NULL,
    problem          text NOT NULL,
    received_at      timestamptz NOT NULL DEFAULT now(),
    -- What can be read of the entry, '' where it could not be read. The network is
    -- as sent, so it may be an unknown one.
    source_event_id  text NOT NULL DEFAULT '',
    profile_id       text NOT NULL DEFAULT '',
    network          text NOT NULL DEFAULT '',
    times            bigint NOT NULL DEFAULT 1, -- how often the same bytes came
    last_received_at timestamptz NOT NULL,
    tried_at         timestamptz, -- when a replay last found that it can't be used as yet
    replay_at         timestamptz, -- when it is read again by itself; NULL: not by a time
    tries            integer NOT NULL DEFAULT 0, -- how often the directory did not know it again
    replay_id        bigint CONSTRAINT quarantine_replay_fkey REFERENCES replays, -- that it waits for
    ended            text,
    ended_at         timestamptz,
    event_id         uuid, -- that came of it
    CONSTRAINT quarantine_source_event_id_check CHECK (char_length(source_event_id) <= 255),
    CONSTRAINT quarantine_profile_id_check CHECK (char_length(profile_id) <= 255),
    CONSTRAINT quarantine_network_check CHECK (char_length(network) <= 255),
    CONSTRAINT quarantine_times_check CHECK (times > 0),
    CONSTRAINT quarantine_received_check CHECK (received_at <= last_received_at),
    CONSTRAINT quarantine_ended_check CHECK (ended IN ('replayed', 'sent-again', 'expired', 'discarded')),
    CONSTRAINT quarantine_ended_at_check CHECK ((ended IS NULL) = (ended_at IS NULL)),
    CONSTRAINT quarantine_event_check CHECK (event_id IS NULL OR ended IN ('replayed', 'sent-again'))
);
-- The same bytes sent again count on the open entry. Once it has ended they
-- make a new one.
CREATE UNIQUE INDEX quarantine_digest_idx ON quarantine (source_id, digest) WHERE ended IS NULL;
CREATE INDEX quarantine_event_idx ON quarantine (source_id, source_event_id) WHERE ended IS NULL AND source_event_id <> '';
CREATE INDEX quarantine_kind_idx ON quarantine (source_id, field, problem) WHERE ended IS NULL;
CREATE INDEX quarantine_replay_idx ON quarantine (replay_id) WHERE ended IS NULL AND replay_id IS NOT NULL;
CREATE INDEX quarantine_network_idx ON quarantine (id) WHERE ended IS NULL AND field = 'network';
CREATE INDEX quarantine_replay_at_idx ON quarantine (replay_at) WHERE ended IS NULL AND replay_at IS NOT NULL;
CREATE INDEX quarantine_last_received_idx ON quarantine (last_received_at) WHERE ended IS NULL;
CREATE INDEX quarantine_ended_idx ON quarantine (ended_at) WHERE ended IS NOT NULL;
