//! Events, and who has seen which.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::{Event, EventKind, event::Body, known::Trouble, moment::Micros};

const EVENTS: &str = "SELECT event.seq, event.event_id, watch.key, account.name, event.number, event.type, event.at, \
     event.body FROM event JOIN account ON account.id = event.account LEFT JOIN watch ON watch.id = event.watch";

pub(super) fn after(connection: &Connection, after: i64, most: u32) -> rusqlite::Result<Vec<Event>> {
    let sql = format!("{EVENTS} WHERE event.seq > ?1 ORDER BY event.seq LIMIT ?2");
    let mut events = connection.prepare(&sql)?;
    events.query_map(params![after, most], event)?.collect()
}

pub(super) fn of_watch(connection: &Connection, key: &str) -> rusqlite::Result<Vec<Event>> {
    let sql =
        format!("{EVENTS} WHERE event.watch = (SELECT id FROM watch WHERE key = ?1) ORDER BY event.number");
    let mut events = connection.prepare(&sql)?;
    events.query_map([key], event)?.collect()
}

/// The last place that was ever given out.
pub(super) fn last(connection: &Connection) -> rusqlite::Result<i64> {
    let last = connection
        .prepare("SELECT seq FROM sqlite_sequence WHERE name = 'event'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(last.unwrap_or(0))
}

fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let seq: i64 = row.get(0)?;
    let (kind, body): (String, String) = (row.get(5)?, row.get(7)?);
    // What can't be read must not keep others from what comes after it.
    let damaged = || Body { error: Some(Trouble::damaged("its event")), ..Body::default() };
    Ok(Event {
        cursor: seq.to_string(),
        id: row.get(1)?,
        key: row.get(2)?,
        account: row.get(3)?,
        number: row.get(4)?,
        kind: kind.parse().unwrap_or(EventKind::Failed),
        at: row.get(6)?,
        body: serde_json::from_str(&body).unwrap_or_else(|_| damaged()),
    })
}

pub(super) fn hold(
    tx: &Transaction<'_>,
    now: Micros,
    consumer: &str,
    holder: &str,
    lease: Micros,
) -> rusqlite::Result<Option<String>> {
    let sql = "INSERT INTO consumer (name, holder, lease_until) VALUES (?1, ?2, ?3)
         ON CONFLICT (name) DO UPDATE SET holder = ?2, lease_until = ?3
         WHERE holder IS NULL OR holder = ?2 OR lease_until <= ?4
         RETURNING seq";
    let seq: Option<i64> = tx
        .prepare(sql)?
        .query_row(params![consumer, holder, now + lease, now], |row| row.get(0))
        .optional()?;
    Ok(seq.map(|seq| seq.to_string()))
}

pub(super) fn acknowledge(
    tx: &Transaction<'_>,
    consumer: &str,
    holder: &str,
    seq: i64,
) -> rusqlite::Result<bool> {
    let sql = "UPDATE consumer SET seq = max(seq, ?3) WHERE name = ?1 AND holder = ?2";
    Ok(tx.prepare(sql)?.execute(params![consumer, holder, seq])? == 1)
}

pub(super) fn release(tx: &Transaction<'_>, consumer: &str, holder: &str) -> rusqlite::Result<()> {
    let sql = "UPDATE consumer SET holder = NULL, lease_until = NULL WHERE name = ?1 AND holder = ?2";
    tx.prepare(sql)?.execute(params![consumer, holder]).map(drop)
}
