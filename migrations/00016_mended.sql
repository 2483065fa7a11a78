-- +goose Up
-- What sources sent in a form that could not be used: optional fields that were
-- mended, and what can be read of an entry in quarantine.

ALTER TABLE events ADD COLUMN mended text[] NOT NULL DEFAULT '{}'; -- names of fields

ALTER TABLE source_gaps
    ADD COLUMN kind text NOT NULL DEFAULT 'missing',
    ADD CONSTRAINT source_gaps_kind_check CHECK (kind IN ('missing', 'mended')),
    DROP CONSTRAINT source_gaps_pkey,
    ADD CONSTRAINT source_gaps_pkey PRIMARY KEY (source_id, kind, field, day);
ALTER TABLE source_gaps ALTER COLUMN kind DROP DEFAULT;

-- Empty where it could not be read. The network is as sent, so it may be an
-- unknown one.
ALTER TABLE quarantine
    ADD COLUMN source_event_id text NOT NULL DEFAULT '',
    ADD COLUMN profile_id      text NOT NULL DEFAULT '',
    ADD COLUMN network         text NOT NULL DEFAULT '',
    ADD CONSTRAINT quarantine_source_event_id_check CHECK (char_length(source_event_id) <= 255),
    ADD CONSTRAINT quarantine_profile_id_check CHECK (char_length(profile_id) <= 255),
    ADD CONSTRAINT quarantine_network_check CHECK (char_length(network) <= 255);
