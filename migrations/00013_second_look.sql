-- +goose Up
-- Events are committed in another order than they arrive in, so a run over stored
-- events that follows their ids passes some over. Those that a replica still
-- decided by the old ruleset are found by looking a second time at what arrived
-- since shortly before the run was made.
ALTER TABLE reparses ADD second_look boolean NOT NULL DEFAULT false;
