-- +goose Up
-- Only TEXT and BIGINT: one file serves SQLite and PostgreSQL. Times are
-- milliseconds since 1970 in UTC, 0 where there is none; lists and maps are JSON.

CREATE TABLE run (
    id            TEXT   NOT NULL PRIMARY KEY,
    backlog       TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    target        TEXT   NOT NULL,
    who           TEXT   NOT NULL,
    policy_digest TEXT   NOT NULL,
    plan_digest   TEXT   NOT NULL,
    query_digest  TEXT   NOT NULL,
    lease         TEXT   NOT NULL,
    token         BIGINT NOT NULL,
    begun         BIGINT NOT NULL,
    ended         BIGINT NOT NULL,
    result        TEXT   NOT NULL,
    counts        TEXT   NOT NULL,
    error         TEXT   NOT NULL,
    entries       BIGINT NOT NULL
);
CREATE INDEX run_newest ON run (backlog, begun, id);
CREATE INDEX run_unended ON run (backlog) WHERE ended = 0;

CREATE TABLE journal (
    run         TEXT   NOT NULL REFERENCES run (id),
    seq         BIGINT NOT NULL,
    call        BIGINT NOT NULL,
    source      TEXT   NOT NULL,
    site        TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    item_key    TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    op          TEXT   NOT NULL,
    slot        TEXT   NOT NULL,
    old_value   TEXT   NOT NULL,
    new_value   TEXT   NOT NULL,
    lane        TEXT   NOT NULL,
    after_id    TEXT   NOT NULL,
    before_id   TEXT   NOT NULL,
    was_id      TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    error       TEXT   NOT NULL,
    intended    BIGINT NOT NULL,
    settled     BIGINT NOT NULL,
    PRIMARY KEY (run, seq)
);
CREATE INDEX journal_open ON journal (run) WHERE state = 'intended';

CREATE TABLE item (
    backlog   TEXT   NOT NULL,
    site      TEXT   NOT NULL,
    id        TEXT   NOT NULL,
    item_key  TEXT   NOT NULL,
    written   TEXT   NOT NULL,
    labels    TEXT   NOT NULL,
    lane      TEXT   NOT NULL,
    place     BIGINT NOT NULL,
    digest    TEXT   NOT NULL,
    PRIMARY KEY (backlog, site, id)
);
CREATE INDEX item_anywhere ON item (site, id);

CREATE TABLE evidence (
    site    TEXT   NOT NULL,
    id      TEXT   NOT NULL,
    signal  TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    amount  BIGINT NOT NULL,
    PRIMARY KEY (site, id, signal, at)
);

CREATE TABLE pin (
    backlog     TEXT   NOT NULL,
    site        TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    since       BIGINT NOT NULL,
    expires     BIGINT NOT NULL,
    digest      TEXT   NOT NULL,
    who         TEXT   NOT NULL,
    PRIMARY KEY (backlog, site, id)
);

CREATE TABLE source_cursor (
    source  TEXT   NOT NULL PRIMARY KEY,
    scope   TEXT   NOT NULL,
    cursor  TEXT   NOT NULL,
    at      BIGINT NOT NULL
);

CREATE TABLE lease (
    name     TEXT   NOT NULL PRIMARY KEY,
    holder   TEXT   NOT NULL,
    token    BIGINT NOT NULL,
    expires  BIGINT NOT NULL
);

-- tat is the theoretical arrival time of GCRA, in microseconds since 1970.
CREATE TABLE budget (
    name  TEXT   NOT NULL PRIMARY KEY,
    tat   BIGINT NOT NULL
);
