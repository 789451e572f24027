-- +goose Up
-- What a backlog was left as, beside its items: by which run, and a note of the
-- caller in JSON.
CREATE TABLE outcome (
    backlog  TEXT  NOT NULL PRIMARY KEY,
    run      TEXT  NOT NULL,
    note     TEXT  NOT NULL
);
