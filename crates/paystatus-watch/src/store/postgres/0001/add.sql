-- Adding watches: many at once for programs of ours, one at a time for everybody.

-- Adds watches of which all that can be checked without the store was checked; one row for each, in order. Those whose
-- key is taken come back as they are kept.
CREATE FUNCTION paystatus.add(
    p_keys text[], p_accounts text[], p_by text[], p_ids text[], p_terms text[],
    p_after bigint[], p_at timestamptz[], p_start bigint[]
) RETURNS TABLE (
    now timestamptz, is_known boolean, is_added boolean,
    id bigint, fence bigint, account text, key text, asked_by text, asked_id text, terms text, state text, asks int,
    added_at timestamptz, deadline_at timestamptz, decided_at timestamptz, ended_at timestamptz, known text,
    next_at timestamptz
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_now timestamptz := paystatus.clock();
    v_added text[];
    v_due text[];
BEGIN
    WITH added AS (
        INSERT INTO paystatus.watch AS w (key, account, asked_by, asked_id, terms, added_at, deadline_at, next_at)
        SELECT r.key, a.id, r.asked_by, r.asked_id, r.terms::json, v_now, d.at,
            least(v_now + coalesce(paystatus.micros(r.start), a.start), d.at)
        FROM unnest(p_keys, p_accounts, p_by, p_ids, p_terms, p_after, p_at, p_start) WITH ORDINALITY
            AS r (key, account, asked_by, asked_id, terms, after, at, start, place)
        JOIN paystatus.account a ON a.name = r.account
        CROSS JOIN LATERAL (SELECT coalesce(r.at, v_now + paystatus.micros(r.after)) AS at) d
        WHERE d.at > v_now AND d.at <= v_now + interval '3660 days'
        -- In one order, so that two who add the same do not wait for each other.
        ORDER BY r.key, r.place
        ON CONFLICT (key) DO NOTHING
        RETURNING w.key, w.account, w.next_at
    )
    SELECT array_agg(added.key), array_agg(DISTINCT a.name) FILTER (WHERE added.next_at < v_now + interval '1 s')
    INTO v_added, v_due
    FROM added JOIN paystatus.account a ON a.id = added.account;
    -- What is due later is found without being told.
    PERFORM pg_notify('paystatus', due.name) FROM unnest(v_due) AS due (name);
    RETURN QUERY
        SELECT v_now, a.id IS NOT NULL, s.key IS NOT NULL,
            w.id, w.fence, b.name, w.key, w.asked_by, w.asked_id, w.terms::text, w.state, w.asks,
            w.added_at, w.deadline_at, w.decided_at, w.ended_at, w.known::text, w.next_at
        FROM unnest(p_keys, p_accounts) WITH ORDINALITY AS r (key, account, place)
        LEFT JOIN unnest(v_added) AS s (key) ON s.key = r.key
        LEFT JOIN paystatus.account a ON a.name = r.account
        LEFT JOIN paystatus.watch w ON w.key = r.key AND s.key IS NULL
        LEFT JOIN paystatus.account b ON b.id = w.account
        ORDER BY r.place;
END $$;

-- Watches a payment of an account, in the caller's own transaction: what is rolled back was never watched.
-- Tells whether the watch is new; adding it again is the same watch, whatever has become of it.
CREATE FUNCTION paystatus.watch(
    key text,
    account text,
    id text,
    by text DEFAULT 'payment',
    deadline interval DEFAULT '3 days',
    deadline_at timestamptz DEFAULT NULL,
    until text DEFAULT 'decided',
    follow interval DEFAULT '0',
    metadata jsonb DEFAULT NULL,
    amount numeric DEFAULT NULL,
    currency text DEFAULT NULL,
    reference text DEFAULT NULL
) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    v_now timestamptz := paystatus.clock();
    v_shown text := 'watch `' || translate(left(key, 100), E'\n\r\t', '   ') || '`: ';
    v_longest interval := interval '3660 days';
    v_account paystatus.account;
    v_terms jsonb;
    v_at timestamptz;
    v_next_at timestamptz;
    v_is_same boolean;
BEGIN
    IF key IS NULL OR btrim(key) = '' OR account IS NULL OR id IS NULL OR id = '' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = coalesce(v_shown, 'watch: ') || 'the key, the account or the id is blank',
            HINT = 'Is a variable or a column empty?';
    ELSIF octet_length(key) > 512 OR key ~ '[[:cntrl:]]' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = v_shown || 'the key is longer than 512 bytes or has a control character, such as a line break';
    ELSIF octet_length(id) > 255 OR id IN ('.', '..') THEN
        RAISE invalid_parameter_value USING
            MESSAGE = v_shown || 'the id is longer than 255 bytes, or `.` or `..`', HINT = 'Is it really an id?';
    ELSIF by IS NULL OR by NOT IN ('payment', 'order') THEN
        RAISE invalid_parameter_value USING MESSAGE = v_shown || '`by` must be `payment` or `order`';
    ELSIF until IS NULL OR until NOT IN ('decided', 'final') THEN
        RAISE invalid_parameter_value USING MESSAGE = v_shown || '`until` must be `decided` or `final`';
    ELSIF follow IS NULL OR follow < '0' OR follow > v_longest THEN
        RAISE invalid_parameter_value USING MESSAGE = v_shown || '`follow` must be at most ten years';
    ELSIF octet_length(metadata::text) > 4096 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = v_shown || format('the metadata has %s bytes of JSON and may have 4096', octet_length(metadata::text)),
            HINT = 'Keep a reference there, and the rest with you.';
    ELSIF (amount IS NULL) <> (currency IS NULL) THEN
        RAISE invalid_parameter_value USING MESSAGE = v_shown || '`amount` and `currency` come together';
    ELSIF amount < 0 OR amount >= '1e28' OR scale(amount) > 28 OR length(translate(amount::text, '.', '')) > 28 THEN
        RAISE invalid_parameter_value USING
            MESSAGE = v_shown || '`amount` must be a number in major units, such as 3.01, of at most 28 digits';
    ELSIF currency !~ '^[A-Za-z]{3,6}$' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = v_shown || '`currency` must have 3 to 6 letters, such as USD or USDT';
    ELSIF btrim(reference) = '' THEN
        RAISE invalid_parameter_value USING
            MESSAGE = v_shown || 'the reference is blank', HINT = 'Is a variable or a column empty?';
    END IF;

    IF NOT isfinite(deadline_at) THEN
        deadline_at := CASE WHEN deadline_at < 'epoch' THEN timestamptz 'epoch' ELSE timestamptz '9999-12-31 00:00Z' END;
    END IF;

    -- As programs of ours write it: what is as usual is left out.
    v_terms := CASE
        WHEN deadline_at IS NULL
            THEN jsonb_build_object('deadline', jsonb_build_object('after_ms', floor(extract(epoch FROM deadline) * 1000)::bigint))
        ELSE jsonb_build_object('deadline', jsonb_build_object('at_ms', floor(extract(epoch FROM deadline_at) * 1000)::bigint))
    END;
    IF until <> 'decided' THEN
        v_terms := v_terms || jsonb_build_object('until', until);
    END IF;
    IF follow > '0' THEN
        v_terms := v_terms || jsonb_build_object('follow_ms', floor(extract(epoch FROM follow) * 1000)::bigint);
    END IF;
    IF amount IS NOT NULL OR reference IS NOT NULL THEN
        v_terms := v_terms || jsonb_build_object('expected', jsonb_strip_nulls(jsonb_build_object(
            'amount', amount::text, 'currency', upper(currency), 'reference', reference)));
    END IF;
    IF jsonb_typeof(metadata) <> 'null' THEN
        v_terms := v_terms || jsonb_build_object('metadata', metadata);
    END IF;
    v_at := CASE
        WHEN deadline_at IS NULL THEN v_now + paystatus.micros((v_terms -> 'deadline' ->> 'after_ms')::bigint * 1000)
        ELSE timestamptz 'epoch' + paystatus.micros((v_terms -> 'deadline' ->> 'at_ms')::bigint * 1000) END;

    SELECT * INTO v_account FROM paystatus.account a WHERE a.name = account;
    IF v_account.id IS NOT NULL AND v_at > v_now AND v_at <= v_now + v_longest THEN
        v_next_at := least(v_now + v_account.start, v_at);
        INSERT INTO paystatus.watch AS w (key, account, asked_by, asked_id, terms, added_at, deadline_at, next_at)
        VALUES (key, v_account.id, by, id, v_terms::json, v_now, v_at, v_next_at)
        ON CONFLICT ON CONSTRAINT watch_key_key DO NOTHING;
        IF FOUND THEN
            -- What is due later is found without being told.
            IF v_next_at < v_now + interval '1 s' THEN
                PERFORM pg_notify('paystatus', account);
            END IF;
            RETURN true;
        END IF;
    END IF;

    BEGIN
        SELECT w.account = v_account.id AND w.asked_by = by AND w.asked_id = id AND w.terms::jsonb = v_terms
        INTO v_is_same FROM paystatus.watch w WHERE w.key = key;
    EXCEPTION WHEN untranslatable_character OR invalid_text_representation THEN
        -- It has something that can't have been given here.
        v_is_same := false;
    END;
    IF v_is_same THEN
        RETURN false;
    ELSIF v_is_same IS NOT NULL OR EXISTS (SELECT FROM paystatus.watch w WHERE w.key = key) THEN
        RAISE unique_violation USING
            MESSAGE = v_shown || 'there is another watch of this key, with other content: give this one its own';
    ELSIF v_at IS NULL OR v_at <= v_now THEN
        RAISE invalid_parameter_value USING MESSAGE = v_shown || 'the deadline is in the past';
    ELSIF v_at > v_now + v_longest THEN
        RAISE invalid_parameter_value USING MESSAGE = v_shown || 'the deadline is more than ten years away';
    END IF;
    RAISE invalid_parameter_value USING
        MESSAGE = v_shown || format('the store knows no account "%s"', account),
        HINT = 'A worker makes its accounts known when it starts.';
END $$;
