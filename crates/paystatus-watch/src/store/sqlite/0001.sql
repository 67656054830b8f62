-- Times are microseconds since 1970 by the store's clock.

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- Its pace: the time between two asks, and when the next slot is free.
    gap INTEGER NOT NULL DEFAULT 0,
    free_at INTEGER NOT NULL DEFAULT 0,
    -- From when a watch is added until it is asked about first.
    start INTEGER NOT NULL DEFAULT 0,
    -- It is not asked before; then the account served longest ago comes first.
    not_before INTEGER NOT NULL DEFAULT 0,
    served INTEGER NOT NULL DEFAULT 0,
    -- How it does.
    is_proven INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    blocked TEXT CHECK (blocked IN ('refused', 'down')),
    probes INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE watch (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    account INTEGER NOT NULL REFERENCES account,
    -- What is asked about.
    asked_by TEXT NOT NULL CHECK (asked_by IN ('payment', 'order')),
    asked_id TEXT NOT NULL,
    -- What else the caller wants, as it was given.
    terms TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'decided', 'expired', 'failed', 'canceled')),
    asks INTEGER NOT NULL DEFAULT 0,
    added_at INTEGER NOT NULL,
    deadline_at INTEGER NOT NULL,
    decided_at INTEGER,
    ended_at INTEGER,
    -- What was learned.
    known TEXT NOT NULL DEFAULT '{}',
    -- Nothing once it has ended. A claim leaves it and writes a lease.
    next_at INTEGER,
    lease_until INTEGER,
    fence INTEGER NOT NULL DEFAULT 0,
    -- There was news while it was leased: it is due again at once.
    is_hinted INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX watch_due ON watch (account, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX watch_asked ON watch (account, asked_id) WHERE next_at IS NOT NULL;
CREATE INDEX watch_deadline ON watch (deadline_at) WHERE state = 'open';
CREATE INDEX watch_ended ON watch (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Random: a counter would repeat after the store was restored.
    event_id TEXT NOT NULL UNIQUE,
    watch INTEGER REFERENCES watch,
    account INTEGER NOT NULL REFERENCES account,
    number INTEGER NOT NULL,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_number ON event (watch, number) WHERE watch IS NOT NULL;
-- Whatever a worker believes: there is one decision.
CREATE UNIQUE INDEX event_decided ON event (watch) WHERE type = 'payment.decided';
CREATE UNIQUE INDEX event_account ON event (account, number) WHERE watch IS NULL;

CREATE TABLE consumer (
    name TEXT PRIMARY KEY,
    seq INTEGER NOT NULL DEFAULT 0,
    holder TEXT,
    lease_until INTEGER
) STRICT;
