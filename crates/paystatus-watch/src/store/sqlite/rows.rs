//! Watches as rows.

use paystatus::Lookup;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::{
    Added, Error, Filter, State, Watch,
    life::{Happened, Life},
    moment::{Micros, micros},
    store::{Stored, same},
    watch::Terms,
};

/// What a row of `watch` is read from; `account` is joined.
pub(super) const COLUMNS: &str = "watch.id, watch.fence, account.name, watch.key, watch.asked_by, watch.asked_id, \
     watch.terms, watch.state, watch.asks, watch.added_at, watch.deadline_at, watch.decided_at, watch.ended_at, \
     watch.known, watch.next_at";

/// Adds watches; of each it tells that it was added, that it is there, or why it can't be added.
pub(super) fn add(
    tx: &Transaction<'_>,
    now: Micros,
    watches: &[Watch],
) -> rusqlite::Result<Vec<Result<Added, Error>>> {
    let find =
        format!("SELECT {COLUMNS} FROM watch JOIN account ON account.id = watch.account WHERE key = ?1");
    let mut find = tx.prepare(&find)?;
    let mut account = tx.prepare("SELECT id, start FROM account WHERE name = ?1")?;
    let mut insert = tx.prepare(
        "INSERT INTO watch (key, account, asked_by, asked_id, terms, added_at, deadline_at, next_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let mut one = |watch: &Watch| {
        if let Some(there) = find.query_row([watch.key()], |row| Ok(read(row))).optional()? {
            return Ok(same(watch, there.ok()));
        }
        let deadline_at = match watch.deadline_at(now) {
            Ok(at) => at,
            Err(refused) => return Ok(Err(refused)),
        };
        let found = account
            .query_row([watch.account()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Micros>(1)?)))
            .optional()?;
        let Some((account, start)) = found else {
            return Ok(Err(watch.refused(&format!("the store knows no account {:?}", watch.account()))));
        };
        let start = watch.terms.plan.map_or(start, |plan| micros(plan.start()));
        insert.execute(params![
            watch.key(),
            account,
            watch.lookup().by().as_str(),
            watch.lookup().id(),
            json(&watch.terms),
            now,
            deadline_at,
            Life::first_at(now, deadline_at, start),
        ])?;
        Ok(Ok(Added { key: watch.key().to_owned(), state: State::Open, is_new: true }))
    };
    watches.iter().map(&mut one).collect()
}

pub(super) fn show(connection: &Connection, key: &str) -> rusqlite::Result<Option<Stored>> {
    let sql =
        format!("SELECT {COLUMNS} FROM watch JOIN account ON account.id = watch.account WHERE key = ?1");
    let found =
        connection.prepare(&sql)?.query_row([key], |row| Ok(read(row).or_else(|why| damaged(row, &why))));
    found.optional()?.transpose()
}

pub(super) fn list(
    connection: &Connection,
    filter: &Filter,
    after: i64,
    most: u32,
) -> rusqlite::Result<Vec<Stored>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM watch JOIN account ON account.id = watch.account
         WHERE watch.id > ?1 AND (?2 IS NULL OR watch.state = ?2) AND (?3 IS NULL OR account.name = ?3)
         ORDER BY watch.id LIMIT ?4"
    );
    let values = params![after, filter.state.map(State::as_str), filter.account, most];
    let mut list = connection.prepare(&sql)?;
    list.query_map(values, |row| read(row).or_else(|why| damaged(row, &why)))?.collect()
}

pub(super) fn cancel(tx: &Transaction<'_>, now: Micros, key: &str) -> rusqlite::Result<Option<State>> {
    let Some(stored) = show(tx, key)? else { return Ok(None) };
    let plan = stored.terms.plan.unwrap_or_default();
    let life = stored.life.step(&stored.terms, &plan, Happened::Canceled, now).life;
    tx.prepare(
        "UPDATE watch SET state = ?2, ended_at = ?3, next_at = NULL, lease_until = NULL, fence = fence + 1
         WHERE id = ?1 AND ended_at IS NULL",
    )?
    .execute(params![stored.id, life.state.as_str(), life.ended_at])?;
    Ok(Some(life.state))
}

pub(super) fn prune(tx: &Transaction<'_>, ended_before: Micros, most: u32) -> rusqlite::Result<u64> {
    let sql = "SELECT id FROM watch WHERE ended_at < ?1 AND NOT EXISTS (
            SELECT 1 FROM event WHERE event.watch = watch.id AND seq > (SELECT min(seq) FROM consumer)
        ) ORDER BY ended_at LIMIT ?2";
    let old: Vec<i64> = tx
        .prepare(sql)?
        .query_map(params![ended_before, most], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut events = tx.prepare("DELETE FROM event WHERE watch = ?1")?;
    let mut watch = tx.prepare("DELETE FROM watch WHERE id = ?1")?;
    for id in &old {
        events.execute([id])?;
        watch.execute([id])?;
    }
    Ok(old.len() as u64)
}

/// Reads a row of [`COLUMNS`], or says what of it can't be read.
pub(super) fn read(row: &Row<'_>) -> Result<Stored, String> {
    let text = |column: usize, name: &str| {
        let text = row.get_ref(column).ok().and_then(|value| value.as_str().ok());
        text.ok_or_else(|| format!("`{name}` is no text"))
    };
    let number = |column: usize, name: &str| {
        row.get::<_, Option<i64>>(column).map_err(|_| format!("`{name}` is no number"))
    };
    let needed = |column, name: &str| number(column, name)?.ok_or_else(|| format!("`{name}` is missing"));
    let unreadable = |name: &'static str| move |_| format!("`{name}` is not what was written there");
    let terms: Terms = serde_json::from_str(text(6, "terms")?).map_err(unreadable("terms"))?;
    let life = Life {
        state: text(7, "state")?.parse().map_err(|()| "`state` is no state".to_owned())?,
        asks: u32::try_from(needed(8, "asks")?).map_err(|_| "`asks` is no count".to_owned())?,
        added_at: needed(9, "added_at")?,
        deadline_at: needed(10, "deadline_at")?,
        decided_at: number(11, "decided_at")?,
        ended_at: number(12, "ended_at")?,
        known: serde_json::from_str(text(13, "known")?).map_err(unreadable("known"))?,
    };
    Ok(Stored {
        id: needed(0, "id")?,
        account: text(2, "account")?.to_owned(),
        key: text(3, "key")?.to_owned(),
        lookup: lookup(text(4, "asked_by")?, text(5, "asked_id")?),
        terms,
        life,
        next_at: number(14, "next_at")?,
    })
}

/// The state of a row of [`COLUMNS`]; open if that can't be read.
pub(super) fn state(row: &Row<'_>) -> State {
    row.get::<_, String>(7).ok().and_then(|word| word.parse().ok()).unwrap_or(State::Open)
}

fn lookup(by: &str, id: &str) -> Lookup {
    if by == "order" { Lookup::order(id) } else { Lookup::payment(id) }
}

/// What can be shown of a row that can't be read as a whole.
fn damaged(row: &Row<'_>, why: &str) -> rusqlite::Result<Stored> {
    let number = |column: usize| row.get::<_, Option<i64>>(column).ok().flatten();
    let text = |column: usize| row.get::<_, String>(column).unwrap_or_default();
    let added_at = number(9).unwrap_or_default();
    let account = text(2);
    let lookup = lookup(&text(4), &text(5));
    let terms = Watch::new(&*account, &lookup).terms;
    let mut life = Life::new(added_at, number(10).unwrap_or(added_at));
    life.state = state(row);
    (life.decided_at, life.ended_at) = (number(11), number(12));
    life.known.error = Some(crate::known::Trouble::damaged(why));
    Ok(Stored { id: row.get(0)?, key: text(3), account, lookup, terms, life, next_at: number(14) })
}

pub(super) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
