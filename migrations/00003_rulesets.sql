-- +goose Up
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

-- A run of a ruleset version over stored events. It looks at unparsed events
-- and at those that one of parsers decided: no others can change. A network has
-- one at a time: a new one takes over what an unfinished one had left.
CREATE TABLE reparses (
    id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT reparses_pkey PRIMARY KEY,
    network     text NOT NULL,
    ruleset     integer NOT NULL,
    parsers     text[] NOT NULL,
    state       text NOT NULL DEFAULT 'waiting',
    total       bigint NOT NULL DEFAULT 0,
    done        bigint NOT NULL DEFAULT 0,
    changed     bigint NOT NULL DEFAULT 0,
    cursor      uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    created_at  timestamptz NOT NULL DEFAULT now(),
    resume_at   timestamptz NOT NULL DEFAULT now(), -- not to be taken up before
    finished_at timestamptz,
    CONSTRAINT reparses_ruleset_fkey
        FOREIGN KEY (network, ruleset) REFERENCES ruleset_versions (network, version),
    CONSTRAINT reparses_state_check CHECK (state IN ('waiting', 'running', 'done', 'superseded')),
    CONSTRAINT reparses_finished_check CHECK ((state IN ('done', 'superseded')) = (finished_at IS NOT NULL)),
    CONSTRAINT reparses_done_check CHECK (0 <= changed AND changed <= done)
);
CREATE UNIQUE INDEX reparses_unfinished_key ON reparses (network) WHERE finished_at IS NULL;
