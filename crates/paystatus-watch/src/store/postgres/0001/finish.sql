-- What came of leases. Locks are taken in one order everywhere: accounts by name, watches by id, then `in_order`.

-- Events are numbered one transaction after the other, so that a number below one that was seen never appears later.
-- What is numbered is visible before the lock is free.
CREATE FUNCTION paystatus.in_order() RETURNS void LANGUAGE sql VOLATILE
    AS 'SELECT pg_advisory_xact_lock(1885436279, 2)';

-- Keeps results and their events, unless the lease was lost; gives back of which watches. A result without a state
-- gives the lease back.
CREATE FUNCTION paystatus.finish(
    p_ids bigint[], p_fences bigint[], p_states text[], p_asks int[], p_known text[], p_next_in bigint[],
    p_types text[], p_bodies text[]
) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz;
    v_kept bigint[];
BEGIN
    SELECT array_agg(q.id) INTO v_kept FROM (
        SELECT w.id FROM unnest(p_ids, p_fences) AS r (id, fence)
        JOIN paystatus.watch w ON w.id = r.id AND w.fence = r.fence
        WHERE w.lease_until IS NOT NULL AND w.ended_at IS NULL
        ORDER BY w.id FOR NO KEY UPDATE OF w
    ) q;
    IF v_kept IS NULL THEN
        RETURN;
    END IF;
    v_now := paystatus.clock();
    UPDATE paystatus.watch w SET
        state = coalesce(r.state, w.state),
        asks = coalesce(r.asks, w.asks),
        known = coalesce(r.known::json, w.known),
        decided_at = CASE WHEN r.type = 'payment.decided' THEN coalesce(w.decided_at, v_now) ELSE w.decided_at END,
        ended_at = CASE WHEN r.state IS NOT NULL AND r.next_in IS NULL THEN v_now END,
        next_at = CASE
            -- Due as it was, and not below where claims look.
            WHEN r.state IS NULL THEN greatest(w.next_at, a.low)
            WHEN r.next_in IS NULL THEN NULL
            WHEN w.is_hinted THEN v_now
            ELSE v_now + paystatus.micros(r.next_in) END,
        is_hinted = w.is_hinted AND r.state IS NULL,
        lease_until = NULL,
        fence = w.fence + 1
    FROM unnest(p_ids, p_states, p_asks, p_known, p_next_in, p_types) AS r (id, state, asks, known, next_in, type),
        paystatus.account a
    WHERE w.id = r.id AND w.id = ANY (v_kept) AND a.id = w.account;
    IF EXISTS (SELECT 1 FROM unnest(p_ids, p_types) AS r (id, type) WHERE r.type IS NOT NULL AND r.id = ANY (v_kept)) THEN
        PERFORM paystatus.in_order();
        -- A second decision has no place in the table, whatever was believed.
        INSERT INTO paystatus.event (watch, account, number, type, at, body)
        SELECT w.id, w.account,
            (SELECT coalesce(max(e.number), 0) + 1 FROM paystatus.event e WHERE e.watch = w.id),
            r.type, v_now, r.body::json
        FROM unnest(p_ids, p_types, p_bodies) WITH ORDINALITY AS r (id, type, body, place)
        JOIN paystatus.watch w ON w.id = r.id
        WHERE r.type IS NOT NULL AND r.id = ANY (v_kept)
        ORDER BY r.place
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN QUERY SELECT unnest(v_kept);
END $$;

-- Tells something of an account.
CREATE FUNCTION paystatus.tell(p_account int, p_type text, p_body text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM paystatus.in_order();
    INSERT INTO paystatus.event (account, number, type, at, body)
    SELECT p_account, coalesce(max(e.number), 0) + 1, p_type, paystatus.clock(), p_body::json
    FROM paystatus.event e WHERE e.account = p_account AND e.watch IS NULL;
END $$;

-- Makes an account's watches of a payment due at once; tells how many.
CREATE FUNCTION paystatus.hint(p_account text, p_by text, p_id text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz;
    v_ids bigint[];
BEGIN
    SELECT array_agg(q.id) INTO v_ids FROM (
        SELECT w.id FROM paystatus.watch w
        WHERE w.account = (SELECT a.id FROM paystatus.account a WHERE a.name = p_account)
            AND w.asked_id = p_id AND w.asked_by = p_by AND w.next_at IS NOT NULL
        ORDER BY w.id FOR NO KEY UPDATE
    ) q;
    IF v_ids IS NULL THEN
        RETURN 0;
    END IF;
    v_now := paystatus.clock();
    UPDATE paystatus.watch w
    SET next_at = greatest(least(w.next_at, v_now), a.low), is_hinted = w.lease_until IS NOT NULL
    FROM paystatus.account a WHERE w.id = ANY (v_ids) AND a.id = w.account;
    PERFORM pg_notify('paystatus', p_account);
    RETURN cardinality(v_ids);
END $$;

-- Calls a watch off, and tells where it stands; nothing if there is no such watch.
-- A decision is not called off, but nothing is looked at further.
CREATE FUNCTION paystatus.cancel(key text) RETURNS text LANGUAGE sql AS $$
    UPDATE paystatus.watch w SET
        state = CASE WHEN w.state = 'open' THEN 'canceled' ELSE w.state END,
        ended_at = paystatus.clock(), next_at = NULL, lease_until = NULL, fence = w.fence + 1
    WHERE w.key = $1 AND w.ended_at IS NULL;
    SELECT w.state FROM paystatus.watch w WHERE w.key = $1
$$;
