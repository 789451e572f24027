-- +goose Up
-- Each source of a backlog as it was last read: a cursor, and its items in JSON.
-- Without the cursor the items are no use but to be compared with. Two backlogs
-- may read one source in two ways.
DROP TABLE source_cursor;

CREATE TABLE kept (
    backlog  TEXT   NOT NULL,
    source   TEXT   NOT NULL,
    scope    TEXT   NOT NULL,
    cursor   TEXT   NOT NULL,
    whole    BIGINT NOT NULL,
    PRIMARY KEY (backlog, source)
);

CREATE TABLE kept_item (
    backlog  TEXT   NOT NULL,
    source   TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    item     TEXT   NOT NULL,
    PRIMARY KEY (backlog, source, id)
);
