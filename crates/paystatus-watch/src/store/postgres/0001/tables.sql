-- The same tables as in a file of SQLite. The schema itself was made, or found empty, before.

-- Whose schema it is, and of which version: one row.
CREATE TABLE paystatus.store (
    application text PRIMARY KEY CHECK (application = 'paystatus-watch'),
    version int NOT NULL
);
INSERT INTO paystatus.store VALUES ('paystatus-watch', 0);

-- The only clock that counts. It is read after the locks that a decision needs.
CREATE FUNCTION paystatus.clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp()';

CREATE FUNCTION paystatus.micros(microseconds bigint) RETURNS interval LANGUAGE sql IMMUTABLE
    AS 'SELECT microseconds * interval ''1 microsecond''';

-- Rows that are written often have room beside them, so that no index changes with them.
CREATE TABLE paystatus.account (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    -- Its pace: the time between two asks, and when the next slot is free.
    gap interval NOT NULL DEFAULT '0',
    free_at timestamptz NOT NULL DEFAULT 'epoch',
    -- From when a watch is added until it is asked about first.
    start interval NOT NULL DEFAULT '0',
    -- It is not asked before; then the account served longest ago comes first.
    not_before timestamptz NOT NULL DEFAULT 'epoch',
    served timestamptz NOT NULL DEFAULT 'epoch',
    -- Nothing due before `low` is looked for, except twice a minute, or once in a lease: what was asked about lately leaves dead entries
    -- there, as long as any transaction of the database is older.
    low timestamptz NOT NULL DEFAULT 'epoch',
    swept timestamptz NOT NULL DEFAULT 'epoch',
    -- How it does.
    is_proven boolean NOT NULL DEFAULT false,
    failures int NOT NULL DEFAULT 0,
    blocked text CHECK (blocked IN ('refused', 'down')),
    probes int NOT NULL DEFAULT 0
) WITH (fillfactor = 10);

CREATE TABLE paystatus.watch (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    account int NOT NULL REFERENCES paystatus.account,
    -- What is asked about.
    asked_by text NOT NULL CHECK (asked_by IN ('payment', 'order')),
    asked_id text NOT NULL,
    -- What else the caller wants, as it was given. `json` keeps any text that is JSON; `jsonb` refuses some.
    terms json NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'decided', 'expired', 'failed', 'canceled')),
    asks int NOT NULL DEFAULT 0,
    added_at timestamptz NOT NULL,
    deadline_at timestamptz NOT NULL,
    decided_at timestamptz,
    ended_at timestamptz,
    -- What was learned.
    known json NOT NULL DEFAULT '{}',
    -- Nothing once it has ended. A claim leaves it and writes a lease.
    next_at timestamptz,
    lease_until timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    -- There was news while it was leased: it is due again at once.
    is_hinted boolean NOT NULL DEFAULT false
) WITH (fillfactor = 70);
CREATE INDEX watch_due ON paystatus.watch (account, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX watch_asked ON paystatus.watch (account, asked_id) WHERE next_at IS NOT NULL;
CREATE INDEX watch_deadline ON paystatus.watch (deadline_at) WHERE state = 'open';
CREATE INDEX watch_ended ON paystatus.watch (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE paystatus.event (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Random: a counter would repeat after the store was restored.
    event_id text NOT NULL UNIQUE DEFAULT replace(gen_random_uuid()::text, '-', ''),
    watch bigint REFERENCES paystatus.watch,
    account int NOT NULL REFERENCES paystatus.account,
    number int NOT NULL,
    type text NOT NULL,
    at timestamptz NOT NULL,
    body json NOT NULL
);
CREATE UNIQUE INDEX event_number ON paystatus.event (watch, number) WHERE watch IS NOT NULL;
-- Whatever a worker believes: there is one decision.
CREATE UNIQUE INDEX event_decided ON paystatus.event (watch) WHERE type = 'payment.decided';
CREATE UNIQUE INDEX event_account ON paystatus.event (account, number) WHERE watch IS NULL;

CREATE TABLE paystatus.consumer (
    name text PRIMARY KEY,
    seq bigint NOT NULL DEFAULT 0,
    holder text,
    lease_until timestamptz
);
