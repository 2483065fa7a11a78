-- +goose Up
-- Grouping. A shape is put into a cluster of its own when it is first seen. Later
-- the grouping takes it up, which finds out which shapes say the same: their
-- group. People move shapes between clusters, and what they decided holds.

-- One row per network: who holds it groups.
CREATE TABLE groupings (
    network text CONSTRAINT groupings_pkey PRIMARY KEY CONSTRAINT groupings_network_fkey REFERENCES networks,
    version integer NOT NULL,         -- of the rules that its groups are made by
    splits  bigint NOT NULL DEFAULT 0 -- counts up whenever splits or cuts change
);

-- A cluster is seen when its shapes are; so the times move with the shapes.
ALTER TABLE shapes
    ADD first_seen_at timestamptz,
    ADD last_seen_at  timestamptz,
    ADD version       integer NOT NULL DEFAULT 1, -- of the rules that made it
    ADD place         bigint, -- in the order in which the grouping took shapes up, NULL before
    ADD group_id      bigint, -- NULL before
    -- grouped: it goes where its group goes. The others stay in the cluster that
    -- people put them into: leading draws its group after it, apart does not, and
    -- split holds the errors of one value.
    ADD placed        text NOT NULL DEFAULT 'grouped',
    ADD CONSTRAINT shapes_seen_check CHECK (first_seen_at <= last_seen_at),
    ADD CONSTRAINT shapes_placed_check CHECK (placed IN ('grouped', 'leading', 'apart', 'split'));
UPDATE shapes s SET first_seen_at = c.first_seen_at, last_seen_at = c.last_seen_at FROM clusters c WHERE c.id = s.cluster_id;
CREATE SEQUENCE shape_places;
CREATE INDEX shapes_waiting_idx ON shapes (network, hash) WHERE place IS NULL;
CREATE INDEX shapes_place_idx ON shapes (network, place);
CREATE INDEX shapes_group_idx ON shapes (network, group_id);

ALTER TABLE clusters
    DROP COLUMN first_seen_at,
    DROP COLUMN last_seen_at,
    ALTER founding_hash DROP NOT NULL, -- people make clusters too
    ADD created_at  timestamptz NOT NULL DEFAULT now(),
    ADD group_id    bigint, -- of the one group that makes up the cluster, NULL when people had a hand in it
    ADD merged_into bigint, -- where its id leads now
    -- Of an ignored cluster: since when, and what ends that.
    ADD ignored_at          timestamptz,
    ADD ignored_until       timestamptz,
    ADD ignored_to_events   bigint, -- so many errors have come since
    ADD ignored_to_profiles bigint, -- so many profiles have had one since
    ADD ignored_above       bigint, -- more than so many errors came in a day
    ADD CONSTRAINT clusters_merged_into_fkey FOREIGN KEY (network, merged_into) REFERENCES clusters (network, id),
    ADD CONSTRAINT clusters_merged_check CHECK ((state = 'merged') = (merged_into IS NOT NULL)),
    ADD CONSTRAINT clusters_ignored_check CHECK ((state = 'ignored') = (ignored_at IS NOT NULL));
CREATE INDEX clusters_group_idx ON clusters (network, group_id);
CREATE INDEX clusters_merged_into_idx ON clusters (merged_into);
CREATE INDEX clusters_ignored_idx ON clusters (id) WHERE state = 'ignored';

-- The errors of a cluster that have one value in one masked place are split off
-- to a shape of their own.
CREATE TABLE splits (
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT splits_pkey PRIMARY KEY,
    network    text NOT NULL,
    cluster_id bigint NOT NULL, -- where they came from
    template   text NOT NULL,   -- of that cluster then
    mask       integer NOT NULL, -- of the template, from 0
    value      text NOT NULL,
    hash       bigint NOT NULL, -- of the shape that they have now
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT splits_cluster_fkey FOREIGN KEY (network, cluster_id) REFERENCES clusters (network, id),
    CONSTRAINT splits_hash_key UNIQUE (network, hash),
    CONSTRAINT splits_shape_fkey FOREIGN KEY (network, hash) REFERENCES shapes (network, hash)
);
CREATE INDEX splits_cluster_idx ON splits (cluster_id);

-- The shapes of its cluster that a split applies to.
CREATE TABLE cuts (
    network  text NOT NULL,
    hash     bigint NOT NULL,
    split_id bigint NOT NULL CONSTRAINT cuts_split_fkey REFERENCES splits,
    CONSTRAINT cuts_pkey PRIMARY KEY (network, hash, split_id),
    CONSTRAINT cuts_shape_fkey FOREIGN KEY (network, hash) REFERENCES shapes (network, hash)
);

-- Shapes whose stored errors are to be given their shapes anew.
CREATE TABLE reshapes (
    network    text NOT NULL,
    hash       bigint NOT NULL,
    splits     bigint NOT NULL, -- what must be known of groupings.splits to do it
    cursor     uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    created_at timestamptz NOT NULL DEFAULT now(),
    resume_at  timestamptz NOT NULL DEFAULT now(), -- not to be taken up before
    CONSTRAINT reshapes_pkey PRIMARY KEY (network, hash),
    CONSTRAINT reshapes_shape_fkey FOREIGN KEY (network, hash) REFERENCES shapes (network, hash)
);

-- The history of one thing, such as a cluster.
CREATE INDEX audit_subject_idx ON audit (subject, id);
