//! Leases: which watches a worker may ask about, when, and what came of it.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::rows::{self, COLUMNS, json};
use crate::{
    EventKind,
    event::Body,
    health::{Cause, Health, News},
    moment::Micros,
    store::{Change, Claimed, Claims, Damaged, Finish, Wanted},
};

struct Account {
    id: i64,
    name: String,
    gap: Micros,
    free_at: Micros,
    not_before: Micros,
    served: Micros,
    health: Health,
}

const ACCOUNT: &str =
    "SELECT id, name, gap, free_at, not_before, served, is_proven, failures, blocked, probes
     FROM account WHERE name = ?1";

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: row.get(0)?,
        name: row.get(1)?,
        gap: row.get(2)?,
        free_at: row.get(3)?,
        not_before: row.get(4)?,
        served: row.get(5)?,
        health: Health {
            is_proven: row.get(6)?,
            failures: row.get(7)?,
            blocked: row.get::<_, Option<String>>(8)?.as_deref().map(Cause::read),
            probes: row.get(9)?,
        },
    })
}

pub(super) fn claim(tx: &Transaction<'_>, now: Micros, wanted: &Wanted) -> rusqlite::Result<Claims> {
    let mut accounts = Vec::new();
    {
        let mut find = tx.prepare(ACCOUNT)?;
        for (name, room) in &wanted.accounts {
            accounts.extend(find.query_row([name], account).optional()?.map(|account| (account, *room)));
        }
    }
    accounts.sort_by_key(|(account, _)| account.served);
    let mut claims = Claims { now, rows: Vec::new(), next_in: None };
    let mut next_at: Option<Micros> = None;
    for (account, room) in accounts {
        let free_at = account.free_at.saturating_sub(wanted.ahead + wanted.horizon);
        let Some(due_at) = first_due(tx, now, account.id)? else { continue };
        let at = due_at.max(account.not_before).max(free_at.saturating_add(1));
        if at > now {
            next_at = Some(next_at.map_or(at, |next| next.min(at)));
            continue;
        }
        lease(tx, now, &account, room, wanted, &mut claims.rows)?;
    }
    claims.next_in = next_at.map(|at| at - now);
    Ok(claims)
}

fn first_due(tx: &Transaction<'_>, now: Micros, account: i64) -> rusqlite::Result<Option<Micros>> {
    tx.prepare(
        "SELECT next_at FROM watch WHERE account = ?1 AND next_at IS NOT NULL
         AND (lease_until IS NULL OR lease_until <= ?2) ORDER BY next_at LIMIT 1",
    )?
    .query_row(params![account, now], |row| row.get(0))
    .optional()
}

/// Leases as many watches of an account as it has slots for, each slot with its own time.
fn lease(
    tx: &Transaction<'_>,
    now: Micros,
    account: &Account,
    room: u32,
    wanted: &Wanted,
    rows: &mut Vec<Claimed>,
) -> rusqlite::Result<()> {
    let first = match account.gap {
        0 => now,
        _ => account.free_at.max(now + wanted.ahead),
    };
    let is_probe = !account.health.is_good();
    let slots = match account.gap {
        0 => i64::from(room),
        gap => (now + wanted.ahead + wanted.horizon - first + gap - 1) / gap,
    };
    let most = if is_probe { 1 } else { slots.clamp(0, i64::from(room)) };
    let sql = format!(
        "SELECT {COLUMNS} FROM watch JOIN account ON account.id = watch.account
         WHERE watch.account = ?1 AND next_at <= ?2 AND (lease_until IS NULL OR lease_until <= ?2)
         ORDER BY next_at LIMIT ?3"
    );
    let before = rows.len();
    {
        let mut due = tx.prepare(&sql)?;
        let mut due = due.query(params![account.id, now, most])?;
        while let Some(row) = due.next()? {
            let slot = first + account.gap * (rows.len() - before) as i64;
            rows.push(claimed(row, account.name.clone(), slot - now, is_probe, account.health)?);
        }
    }
    let leased = &rows[before..];
    hold(tx, now + wanted.lease, leased)?;
    let free_at = first + account.gap * leased.len() as i64;
    // Whoever looks whether the account does better is alone with that.
    let not_before = if is_probe && !leased.is_empty() { now + wanted.lease } else { account.not_before };
    tx.prepare("UPDATE account SET free_at = ?2, served = ?3, not_before = ?4 WHERE id = ?1")?
        .execute(params![account.id, free_at, now, not_before])?;
    Ok(())
}

fn claimed(
    row: &Row<'_>,
    account: String,
    ask_in: Micros,
    is_probe: bool,
    health: Health,
) -> rusqlite::Result<Claimed> {
    let fence: i64 = row.get(1)?;
    Ok(Claimed {
        id: row.get(0)?,
        fence: fence + 1,
        account,
        ask_in,
        is_probe,
        health,
        stored: rows::read(row).map_err(|why| Damaged { state: rows::state(row), why }),
    })
}

fn hold(tx: &Transaction<'_>, until: Micros, rows: &[Claimed]) -> rusqlite::Result<()> {
    let mut hold =
        tx.prepare("UPDATE watch SET lease_until = ?2, fence = fence + 1, is_hinted = 0 WHERE id = ?1")?;
    rows.iter().try_for_each(|row| hold.execute(params![row.id, until]).map(drop))
}

pub(super) fn any_overdue(connection: &Connection, before: Micros) -> rusqlite::Result<bool> {
    connection
        .prepare("SELECT EXISTS (SELECT 1 FROM watch WHERE state = 'open' AND deadline_at <= ?1)")?
        .query_row([before], |row| row.get(0))
}

pub(super) fn overdue(
    tx: &Transaction<'_>,
    now: Micros,
    before: Micros,
    lease: Micros,
    most: u32,
) -> rusqlite::Result<Claims> {
    let sql = format!(
        "SELECT {COLUMNS} FROM watch JOIN account ON account.id = watch.account
         WHERE state = 'open' AND deadline_at <= ?1 AND (lease_until IS NULL OR lease_until <= ?2)
         ORDER BY deadline_at LIMIT ?3"
    );
    let mut rows = Vec::new();
    {
        let mut due = tx.prepare(&sql)?;
        let mut due = due.query(params![before, now, most])?;
        while let Some(row) = due.next()? {
            rows.push(claimed(row, row.get(2)?, 0, false, Health::default())?);
        }
    }
    hold(tx, now + lease, &rows)?;
    Ok(Claims { now, rows, next_in: None })
}

/// Keeps results, each with its event, but not those whose lease was lost.
pub(super) fn finish(tx: &Transaction<'_>, now: Micros, results: &[Finish]) -> rusqlite::Result<Vec<i64>> {
    let mut give_back = tx.prepare(
        "UPDATE watch SET lease_until = NULL, fence = fence + 1
         WHERE id = ?1 AND fence = ?2 AND lease_until IS NOT NULL",
    )?;
    let mut keep = tx.prepare(
        "UPDATE watch SET state = ?3, asks = ?4, known = ?5,
            decided_at = CASE WHEN ?6 THEN ?8 ELSE decided_at END,
            ended_at = CASE WHEN ?7 IS NULL THEN ?8 END,
            next_at = CASE WHEN ?7 IS NULL THEN NULL WHEN is_hinted THEN ?8 ELSE ?8 + ?7 END,
            lease_until = NULL, is_hinted = 0, fence = fence + 1
         WHERE id = ?1 AND fence = ?2 AND ended_at IS NULL",
    )?;
    // A second decision has no place in the table, whatever was believed.
    let mut tell = tx.prepare(
        "INSERT INTO event (event_id, watch, account, number, type, at, body)
         SELECT lower(hex(randomblob(16))), id, account,
            (SELECT coalesce(max(number), 0) + 1 FROM event WHERE watch = ?1), ?2, ?3, ?4
         FROM watch WHERE id = ?1
         ON CONFLICT DO NOTHING",
    )?;
    let mut kept = Vec::with_capacity(results.len());
    for Finish { id, fence, change } in results {
        let Some(Change { state, asks, known, next_in, event }) = change else {
            if give_back.execute(params![id, fence])? == 1 {
                kept.push(*id);
            }
            continue;
        };
        let is_decision = matches!(event, Some((EventKind::Decided, _)));
        let values = params![id, fence, state.as_str(), asks, known, is_decision, next_in, now];
        if keep.execute(values)? == 0 {
            continue;
        }
        kept.push(*id);
        if let Some((kind, body)) = event {
            tell.execute(params![id, kind.as_str(), now, json(body)])?;
        }
    }
    Ok(kept)
}

/// Keeps how an account does; its event is written when that changes.
pub(super) fn take_news(tx: &Transaction<'_>, now: Micros, name: &str, news: &News) -> rusqlite::Result<()> {
    let Some(account) = tx.prepare(ACCOUNT)?.query_row([name], account).optional()? else {
        return Ok(());
    };
    let (health, pause, event) = account.health.after(news);
    let before = if news.is_probe { now } else { account.not_before };
    tx.prepare(
        "UPDATE account SET is_proven = ?2, failures = ?3, blocked = ?4, probes = ?5, not_before = ?6 WHERE id = ?1",
    )?
    .execute(params![
        account.id,
        health.is_proven,
        health.failures,
        health.blocked.map(Cause::as_str),
        health.probes,
        before.max(now + pause),
    ])?;
    if let Some(kind) = event {
        let body = Body { error: news.error.clone(), ..Body::default() };
        let sql = "INSERT INTO event (event_id, account, number, type, at, body)
             SELECT lower(hex(randomblob(16))), ?1,
                (SELECT coalesce(max(number), 0) + 1 FROM event WHERE account = ?1 AND watch IS NULL), ?2, ?3, ?4";
        tx.prepare(sql)?.execute(params![account.id, kind.as_str(), now, json(&body)])?;
    }
    Ok(())
}
