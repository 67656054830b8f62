-- Which watches a worker may ask about, and when.

-- A leased watch, and how its account does. The first row of a claim has no watch: it tells the time, and after how
-- many microseconds there may be more.
CREATE TYPE paystatus.claimed AS (
    now timestamptz, next_in bigint, ask_in bigint, is_probe boolean,
    is_proven boolean, failures int, blocked text, probes int,
    id bigint, fence bigint, account text, key text, asked_by text, asked_id text, terms text, state text, asks int,
    added_at timestamptz, deadline_at timestamptz, decided_at timestamptz, ended_at timestamptz, known text,
    next_at timestamptz
);

-- Of each account that has something due, as many watches as its pace has slots. It waits for nobody: what another
-- claim has locked is skipped.
CREATE FUNCTION paystatus.claim(
    p_accounts text[], p_rooms int[], p_lease bigint, p_ahead bigint, p_horizon bigint
) RETURNS SETOF paystatus.claimed LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := paystatus.clock();
    v_reach interval := paystatus.micros(p_ahead + p_horizon);
    v_often interval := least(interval '30 s', paystatus.micros(p_lease));
    v_next_at timestamptz;
    v_account record;
    a paystatus.account;
    v_floor timestamptz;
    v_due_at timestamptz;
    v_at timestamptz;
    v_first_at timestamptz;
    v_is_probe boolean;
    v_most int;
    v_ids bigint[];
    v_low timestamptz;
    v_given int := 0;
    v_head paystatus.claimed;
BEGIN
    FOR v_account IN
        SELECT x.id, r.room FROM unnest(p_accounts, p_rooms) AS r (name, room)
        JOIN paystatus.account x ON x.name = r.name
        ORDER BY x.served, x.id
    LOOP
        EXIT WHEN v_given >= 1000;
        FOR v_try IN 1..2 LOOP
            -- At first without a lock: most of the time nothing is due.
            IF v_try = 1 THEN
                SELECT * INTO a FROM paystatus.account x WHERE x.id = v_account.id;
            ELSE
                SELECT * INTO a FROM paystatus.account x WHERE x.id = v_account.id FOR NO KEY UPDATE SKIP LOCKED;
                IF NOT FOUND THEN
                    v_next_at := least(v_next_at, v_now + interval '5 ms');
                    EXIT;
                END IF;
            END IF;
            v_now := paystatus.clock();
            v_floor := CASE WHEN a.swept <= v_now - v_often THEN '-infinity' ELSE a.low END;
            SELECT w.next_at INTO v_due_at FROM paystatus.watch w
            WHERE w.account = a.id AND w.next_at >= v_floor AND (w.lease_until IS NULL OR w.lease_until <= v_now)
            ORDER BY w.next_at LIMIT 1;
            v_at := CASE WHEN FOUND THEN
                greatest(v_due_at, a.not_before, a.free_at - v_reach + interval '1 microsecond') END;
            IF v_at > v_now OR v_at IS NULL THEN
                v_next_at := least(v_next_at, v_at);
                CONTINUE WHEN v_try = 1 AND v_floor = '-infinity';
                -- Where everything was looked at, nobody has to do it again so soon.
                IF v_try = 2 AND v_floor = '-infinity' THEN
                    UPDATE paystatus.account x
                    SET swept = v_now, low = least(v_due_at, v_now) - interval '2 s' WHERE x.id = a.id;
                END IF;
                EXIT;
            END IF;
            CONTINUE WHEN v_try = 1;

            v_first_at := CASE WHEN a.gap = '0' THEN v_now
                ELSE greatest(a.free_at, v_now + paystatus.micros(p_ahead)) END;
            v_is_probe := NOT (a.is_proven AND a.blocked IS NULL);
            v_most := CASE
                WHEN v_is_probe THEN 1
                WHEN a.gap = '0' THEN v_account.room
                ELSE greatest(0, least(v_account.room, ceil(
                    extract(epoch FROM v_now + v_reach - v_first_at) / extract(epoch FROM a.gap)))) END;
            SELECT array_agg(q.id ORDER BY q.next_at, q.id), min(q.next_at) INTO v_ids, v_low FROM (
                SELECT w.id, w.next_at FROM paystatus.watch w
                WHERE w.account = a.id AND w.next_at >= v_floor AND w.next_at <= v_now
                    AND (w.lease_until IS NULL OR w.lease_until <= v_now)
                ORDER BY w.next_at LIMIT v_most FOR NO KEY UPDATE SKIP LOCKED
            ) q;
            IF v_ids IS NULL THEN
                v_next_at := least(v_next_at, v_now + interval '5 ms');
                EXIT;
            END IF;
            UPDATE paystatus.account x SET
                free_at = v_first_at + a.gap * cardinality(v_ids),
                served = v_now,
                -- Whoever looks whether the account does better is alone with that.
                not_before = CASE WHEN v_is_probe THEN v_now + paystatus.micros(p_lease) ELSE a.not_before END,
                -- A little lower than what was taken: other transactions add what is due before they commit.
                low = v_low - interval '2 s',
                swept = CASE WHEN v_floor = '-infinity' THEN v_now ELSE a.swept END
            WHERE x.id = a.id;
            v_given := v_given + cardinality(v_ids);
            -- Only the lease is written, so that no index changes.
            RETURN QUERY
                WITH leased AS (
                    UPDATE paystatus.watch w
                    SET lease_until = v_now + paystatus.micros(p_lease), fence = w.fence + 1, is_hinted = false
                    FROM unnest(v_ids) WITH ORDINALITY AS s (id, place) WHERE w.id = s.id
                    RETURNING s.place, w.*
                )
                SELECT v_now, NULL::bigint,
                    (extract(epoch FROM v_first_at - v_now + a.gap * (l.place - 1)) * 1000000)::bigint, v_is_probe,
                    a.is_proven, a.failures, a.blocked, a.probes,
                    l.id, l.fence, a.name, l.key, l.asked_by, l.asked_id, l.terms::text, l.state, l.asks,
                    l.added_at, l.deadline_at, l.decided_at, l.ended_at, l.known::text, l.next_at
                FROM leased l ORDER BY l.place;
        END LOOP;
    END LOOP;
    v_head.now := v_now;
    v_head.next_in := (extract(epoch FROM v_next_at - v_now) * 1000000)::bigint;
    RETURN NEXT v_head;
END $$;

-- Open watches whose deadline has been over for so long, whoever's account it is.
CREATE FUNCTION paystatus.overdue(p_grace bigint, p_lease bigint, p_most int)
RETURNS SETOF paystatus.claimed LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := paystatus.clock();
    v_before timestamptz := v_now - paystatus.micros(p_grace);
    v_ids bigint[];
    v_head paystatus.claimed;
BEGIN
    SELECT array_agg(q.id ORDER BY q.deadline_at, q.id) INTO v_ids FROM (
        SELECT w.id, w.deadline_at FROM paystatus.watch w
        WHERE w.state = 'open' AND w.deadline_at <= v_before AND (w.lease_until IS NULL OR w.lease_until <= v_now)
        ORDER BY w.deadline_at LIMIT p_most FOR NO KEY UPDATE SKIP LOCKED
    ) q;
    v_head.now := v_now;
    RETURN NEXT v_head;
    RETURN QUERY
        WITH leased AS (
            UPDATE paystatus.watch w
            SET lease_until = v_now + paystatus.micros(p_lease), fence = w.fence + 1, is_hinted = false
            FROM unnest(v_ids) WITH ORDINALITY AS s (id, place) WHERE w.id = s.id
            RETURNING s.place, w.*
        )
        SELECT v_now, NULL::bigint, 0::bigint, false, false, 0, NULL::text, 0,
            l.id, l.fence, a.name, l.key, l.asked_by, l.asked_id, l.terms::text, l.state, l.asks,
            l.added_at, l.deadline_at, l.decided_at, l.ended_at, l.known::text, l.next_at
        FROM leased l JOIN paystatus.account a ON a.id = l.account ORDER BY l.place;
END $$;
