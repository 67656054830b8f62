//! What rows are read from, and what is written to them.

use std::error::Error as StdError;

use tokio_postgres::{
    Error, Row,
    types::{FromSql, Type, accepts},
};

use super::raw::Raw;
use crate::{
    Event, EventKind,
    event::Body,
    health::{Cause, Health},
    known::Trouble,
    moment::{Micros, SECOND},
    store::{Claimed, Claims},
};

/// What a watch is read from; `w` is the watch, `a` its account.
macro_rules! columns {
    () => {
        "w.id, w.fence, a.name AS account, w.key, w.asked_by, w.asked_id, w.terms::text AS terms, w.state, w.asks, \
         w.added_at, w.deadline_at, w.decided_at, w.ended_at, w.known::text AS known, w.next_at \
         FROM paystatus.watch w JOIN paystatus.account a ON a.id = w.account"
    };
}
pub(super) use columns;

/// From 1970 to PostgreSQL's year 2000.
const SHIFT: Micros = 946_684_800 * SECOND;
/// Longer than anything lasts, and not too long for PostgreSQL's calendar.
const AGES: Micros = 1000 * 366 * 24 * 3600 * SECOND;

/// A point in time, to the microsecond, as PostgreSQL has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct At(pub(super) Micros);

impl<'a> FromSql<'a> for At {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(i64::from_be_bytes(raw.try_into()?).saturating_add(SHIFT)))
    }

    accepts!(TIMESTAMPTZ);
}

/// A length of time that PostgreSQL can add to a point in time.
pub(super) fn length(time: Micros) -> Micros {
    time.clamp(0, AGES)
}

fn at(row: &Row, name: &str) -> Result<Option<Micros>, Error> {
    Ok(row.try_get::<_, Option<At>>(name)?.map(|at| at.0))
}

/// The watch of a row; nothing if there is none in it.
pub(super) fn raw(row: &Row) -> Result<Option<Raw>, Error> {
    let Some(id) = row.try_get("id")? else { return Ok(None) };
    Ok(Some(Raw {
        id,
        key: row.try_get("key")?,
        account: row.try_get("account")?,
        asked_by: row.try_get("asked_by")?,
        asked_id: row.try_get("asked_id")?,
        terms: row.try_get("terms")?,
        state: row.try_get("state")?,
        asks: row.try_get::<_, i32>("asks")?.into(),
        added_at: at(row, "added_at")?.unwrap_or_default(),
        deadline_at: at(row, "deadline_at")?.unwrap_or_default(),
        decided_at: at(row, "decided_at")?,
        ended_at: at(row, "ended_at")?,
        known: row.try_get("known")?,
        next_at: at(row, "next_at")?,
    }))
}

/// How an account does.
pub(super) fn health(row: &Row) -> Result<Health, Error> {
    let count = |name| row.try_get::<_, i32>(name).map(|count| u32::try_from(count).unwrap_or(0));
    Ok(Health {
        is_proven: row.try_get("is_proven")?,
        failures: count("failures")?,
        blocked: row.try_get::<_, Option<&str>>("blocked")?.map(Cause::read),
        probes: count("probes")?,
    })
}

/// What a claim gave: rows with watches, and one that tells the time.
pub(super) fn claims(rows: &[Row]) -> Result<Claims, Error> {
    let mut claims = Claims { now: 0, rows: Vec::new(), next_in: None };
    for row in rows {
        let Some(raw) = raw(row)? else {
            claims.now = at(row, "now")?.unwrap_or_default();
            claims.next_in = row.try_get::<_, Option<i64>>("next_in")?.map(|next_in| next_in.max(0));
            continue;
        };
        claims.rows.push(Claimed {
            id: raw.id,
            fence: row.try_get("fence")?,
            account: raw.account.clone(),
            ask_in: row.try_get("ask_in")?,
            is_probe: row.try_get("is_probe")?,
            health: health(row)?,
            stored: raw.read(),
        });
    }
    Ok(claims)
}

/// The time of the store in a row that tells it.
pub(super) fn now(row: &Row) -> Result<Micros, Error> {
    Ok(at(row, "now")?.unwrap_or_default())
}

pub(super) fn event(row: &Row) -> Result<Event, Error> {
    // What can't be read must not keep others from what comes after it.
    let damaged = || Body { error: Some(Trouble::damaged("its event")), ..Body::default() };
    Ok(Event {
        cursor: row.try_get::<_, i64>("seq")?.to_string(),
        id: row.try_get("event_id")?,
        key: row.try_get("key")?,
        account: row.try_get("account")?,
        number: u32::try_from(row.try_get::<_, i32>("number")?).unwrap_or(0),
        kind: row.try_get::<_, &str>("type")?.parse().unwrap_or(EventKind::Failed),
        at: at(row, "at")?.unwrap_or_default(),
        body: serde_json::from_str(row.try_get("body")?).unwrap_or_else(|_| damaged()),
    })
}
