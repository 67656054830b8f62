#[cfg(test)]
mod database;
mod raw;
mod rows;
mod schema;
#[cfg(test)]
mod server;
mod session;
mod tls;

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use paystatus::{Lookup, async_trait};
use tokio::{sync::Notify, task::AbortHandle};
use tokio_postgres::{AsyncMessage, Row, Transaction, types::ToSql};

use self::{
    rows::{columns, length, raw},
    session::{If, Server, Session, next_message},
};
use super::{Claims, Driver, Finish, Served, Store, Stored, Wanted, another, same};
use crate::{
    Added, Error, Event, Filter, State, Watch,
    event::Body,
    health::{Cause, Health, News},
    moment::{Micros, micros, to_system_time},
    watch::Deadline,
};

/// The pause before a connection that only listens is made again.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);

/// A store in PostgreSQL, from version 15 on: for several machines, and for watches that are added in the caller's own
/// transaction.
///
/// It has a schema of its own, `paystatus`, and its clock is the server's. It connects again by itself after the server
/// was gone. Up to nine connections are made, each with settings of its own: a pooler between must keep sessions.
///
/// A URL without `sslmode` means TLS with a certificate that this machine trusts, except for a server on this machine.
#[derive(Clone)]
pub struct Postgres {
    inner: Arc<Inner>,
}

struct Inner {
    server: Arc<Server>,
    /// Another program says that there is something new.
    news: Arc<Notify>,
    listening: OnceLock<AbortHandle>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(listening) = self.listening.get() {
            listening.abort();
        }
    }
}

impl Postgres {
    /// Opens the store in a database, such as `postgres://USER:PASSWORD@HOST:5432/DATABASE`, and makes its schema if
    /// there is none.
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused) for what is no URL of PostgreSQL;
    /// [`Unusable`](crate::ErrorKind::Unusable) for a schema `paystatus` that is not ours or of a newer version, which
    /// stays as it is; [`Unavailable`](crate::ErrorKind::Unavailable) for a server that can't be reached or written.
    ///
    /// ```
    /// use paystatus_watch::{ErrorKind, Postgres};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let error = Postgres::open("postgres://shop:canary-password@127.0.0.1:1/shop").await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Unavailable);
    /// assert!(error.to_string().starts_with("the store PostgreSQL shop on 127.0.0.1 can't be reached"));
    /// assert!(!format!("{error} {error:?}").contains("canary"));
    /// # }
    /// ```
    pub async fn open(url: &str) -> Result<Self, Error> {
        Self::opened(url, If::NotThereMakeIt).await
    }

    /// Opens the store that is in a database, and makes none.
    ///
    /// # Errors
    /// As [`open`](Self::open), and [`Unavailable`](crate::ErrorKind::Unavailable) if there is none.
    pub async fn open_existing(url: &str) -> Result<Self, Error> {
        Self::opened(url, If::NotThereFail).await
    }

    async fn opened(url: &str, missing: If) -> Result<Self, Error> {
        let server = Arc::new(Server::new(url)?);
        server.session(missing).await?;
        let inner = Inner { server, news: Arc::default(), listening: OnceLock::new() };
        Ok(Self { inner: Arc::new(inner) })
    }

    async fn query(&self, sql: &'static str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Error> {
        self.inner.server.query(sql, values).await
    }

    /// One value of one row, if there is one.
    async fn value<T>(&self, sql: &'static str, values: &[&(dyn ToSql + Sync)]) -> Result<Option<T>, Error>
    where
        T: for<'a> tokio_postgres::types::FromSql<'a>,
    {
        match self.query(sql, values).await?.first() {
            Some(row) => row.try_get(0).map_err(|error| self.inner.server.failed(&error)),
            None => Ok(None),
        }
    }

    fn read<T>(&self, read: Result<T, tokio_postgres::Error>) -> Result<T, Error> {
        read.map_err(|error| self.inner.server.failed(&error))
    }

    /// Adds a watch in the caller's own transaction: an order and its watch exist together, or not at all.
    ///
    /// The transaction can be used further after a watch was refused; nothing was added then.
    ///
    /// # Errors
    /// As [`Watcher::add`](crate::Watcher::add), except that only a worker finds out that its provider can't be asked
    /// about such an id. Other languages, and other drivers, call `SELECT paystatus.watch(key, account, id)`.
    ///
    /// ```no_run
    /// use paystatus_watch::{Postgres, Watch};
    ///
    /// # async fn order(watches: &Postgres) -> Result<(), Box<dyn std::error::Error>> {
    /// let (mut shop, connection) = tokio_postgres::connect("host=/run/postgresql dbname=shop", tokio_postgres::NoTls).await?;
    /// tokio::spawn(connection);
    ///
    /// let transaction = shop.transaction().await?;
    /// transaction.execute("INSERT INTO orders (id, payment) VALUES ('order-1234', 'pay_001')", &[]).await?;
    /// watches.add_in(&transaction, &Watch::new("shop", "pay_001").with_key("order-1234")).await?;
    /// transaction.commit().await?; // without it there is neither an order nor a watch
    /// # Ok(()) }
    /// ```
    pub async fn add_in(&self, transaction: &Transaction<'_>, watch: &Watch) -> Result<Added, Error> {
        watch.check().map_err(|why| watch.refused(&why))?;
        if let Some(refused) = unkeepable(watch) {
            return Err(refused);
        }
        let values = Adding::of([watch]);
        let rows = self.read(transaction.query(ADD, &values.all()).await)?;
        match self.read(added(&[watch], &rows))?.pop() {
            Some(added) => added,
            None => Err(Error::refused("nothing was to be added")),
        }
    }

    /// Wakes those who wait for news when the server tells that there are some, for as long as the store is used.
    fn listen(&self) {
        self.inner.listening.get_or_init(|| {
            let (server, news) = (Arc::clone(&self.inner.server), Arc::clone(&self.inner.news));
            let listening = tokio::spawn(async move {
                loop {
                    if let Ok((client, mut connection)) = server.connect().await {
                        let listening = client.batch_execute("LISTEN paystatus");
                        let hear = async {
                            while let Some(Ok(message)) = next_message(&mut connection).await {
                                if let AsyncMessage::Notification(_) = message {
                                    news.notify_one();
                                }
                            }
                        };
                        let (_, ()) = tokio::join!(listening, hear);
                    }
                    tokio::time::sleep(LISTEN_AGAIN).await;
                    // Something may have been told meanwhile.
                    news.notify_one();
                }
            });
            listening.abort_handle()
        });
    }
}

const ADD: &str = "SELECT * FROM paystatus.add($1, $2, $3, $4, $5, $6, $7, $8)";

/// Watches in columns.
struct Adding<'a> {
    keys: Vec<&'a str>,
    accounts: Vec<&'a str>,
    by: Vec<&'static str>,
    ids: Vec<&'a str>,
    terms: Vec<String>,
    after: Vec<Option<i64>>,
    at: Vec<Option<std::time::SystemTime>>,
    start: Vec<Option<i64>>,
}

impl<'a> Adding<'a> {
    fn of(watches: impl IntoIterator<Item = &'a Watch>) -> Self {
        let mut columns = Self {
            keys: Vec::new(),
            accounts: Vec::new(),
            by: Vec::new(),
            ids: Vec::new(),
            terms: Vec::new(),
            after: Vec::new(),
            at: Vec::new(),
            start: Vec::new(),
        };
        for watch in watches {
            columns.keys.push(watch.key());
            columns.accounts.push(watch.account());
            columns.by.push(watch.lookup().by().as_str());
            columns.ids.push(watch.lookup().id());
            columns.terms.push(json(&watch.terms));
            let (after, at) = match watch.terms.deadline {
                Deadline::AfterMs(_) => (Some(length(watch.terms.deadline_at(0))), None),
                Deadline::AtMs(_) => (None, Some(to_system_time(watch.terms.deadline_at(0)))),
            };
            columns.after.push(after);
            columns.at.push(at);
            columns.start.push(watch.terms.plan.map(|plan| length(micros(plan.start()))));
        }
        columns
    }

    fn all(&self) -> [&(dyn ToSql + Sync); 8] {
        let Self { keys, accounts, by, ids, terms, after, at, start } = self;
        [keys, accounts, by, ids, terms, after, at, start]
    }
}

/// Tells what became of each watch.
fn added(watches: &[&Watch], rows: &[Row]) -> Result<Vec<Result<Added, Error>>, tokio_postgres::Error> {
    let mut new = HashMap::<&str, &Watch>::new();
    let mut results = Vec::with_capacity(watches.len());
    for (watch, row) in watches.iter().zip(rows) {
        let now = rows::now(row)?;
        let is_added = |is_new| Added { key: watch.key().to_owned(), state: State::Open, is_new };
        results.push(if let Some(there) = raw(row)? {
            same(watch, there.read().ok())
        } else if let Some(first) = new.get(watch.key()) {
            // The same batch has the key twice.
            if first == watch { Ok(is_added(false)) } else { Err(another(watch)) }
        } else if let Err(refused) = watch.deadline_at(now) {
            Err(refused)
        } else if !row.try_get::<_, bool>("is_known")? {
            Err(watch.refused(&format!("the store knows no account {:?}", watch.account())))
        } else {
            new.insert(watch.key(), watch);
            Ok(is_added(true))
        });
    }
    Ok(results)
}

macro_rules! events {
    () => {
        "SELECT e.seq, e.event_id, w.key, a.name AS account, e.number, e.type, e.at, e.body::text AS body
         FROM paystatus.event e JOIN paystatus.account a ON a.id = e.account
         LEFT JOIN paystatus.watch w ON w.id = e.watch"
    };
}
impl Store for Postgres {}

#[async_trait]
impl Driver for Postgres {
    async fn serve(&self, accounts: Vec<Served>) -> Result<(), Error> {
        let accounts: BTreeMap<_, _> = accounts.iter().map(|served| (&*served.name, served)).collect();
        let names: Vec<_> = accounts.keys().copied().collect();
        let gaps: Vec<_> = accounts.values().map(|served| length(served.gap)).collect();
        let starts: Vec<_> = accounts.values().map(|served| length(served.start)).collect();
        let sql = "INSERT INTO paystatus.account AS a (name, gap, start)
             SELECT r.name, paystatus.micros(r.gap), paystatus.micros(r.start)
             FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS r (name, gap, start) ORDER BY r.name
             ON CONFLICT (name) DO UPDATE SET gap = excluded.gap, start = excluded.start
             WHERE (a.gap, a.start) <> (excluded.gap, excluded.start)";
        self.query(sql, &[&names, &gaps, &starts]).await.map(drop)
    }

    async fn add(&self, watches: Vec<Watch>) -> Result<Vec<Result<Added, Error>>, Error> {
        let mut refusals: Vec<_> = watches.iter().map(unkeepable).collect();
        let good: Vec<_> = watches
            .iter()
            .zip(&refusals)
            .filter(|(_, refused)| refused.is_none())
            .map(|(watch, _)| watch)
            .collect();
        let rows = self.query(ADD, &Adding::of(good.iter().copied()).all()).await?;
        let mut added = self.read(added(&good, &rows))?.into_iter();
        Ok(refusals
            .iter_mut()
            .filter_map(|refused| match refused.take() {
                Some(refused) => Some(Err(refused)),
                None => added.next(),
            })
            .collect())
    }

    async fn claim(&self, wanted: Wanted) -> Result<Claims, Error> {
        let Wanted { accounts, lease, ahead, horizon } = wanted;
        let (names, rooms): (Vec<_>, Vec<_>) =
            accounts.into_iter().map(|(name, room)| (name, i32::try_from(room).unwrap_or(i32::MAX))).unzip();
        let sql = "SELECT * FROM paystatus.claim($1, $2, $3, $4, $5)";
        let values: [&(dyn ToSql + Sync); 5] =
            [&names, &rooms, &length(lease), &length(ahead), &length(horizon)];
        let rows = self.query(sql, &values).await?;
        self.read(rows::claims(&rows))
    }

    async fn overdue(&self, grace: Micros, lease: Micros, most: u32) -> Result<Claims, Error> {
        let most = i32::try_from(most).unwrap_or(i32::MAX);
        let sql = "SELECT * FROM paystatus.overdue($1, $2, $3)";
        let rows = self.query(sql, &[&length(grace), &length(lease), &most]).await?;
        self.read(rows::claims(&rows))
    }

    async fn finish(&self, results: Vec<Finish>, news: Vec<(String, News)>) -> Result<Vec<i64>, Error> {
        let finishing = Finishing::of(&results);
        let finishing = &finishing;
        let rows = if news.is_empty() {
            self.query(FINISH, &finishing.all()).await?
        } else {
            let news: BTreeMap<_, _> = news.into_iter().collect();
            let news = &news;
            let work = |mut session: Session| async move {
                let kept = with_news(&mut session, finishing, news).await;
                (session, kept)
            };
            self.inner.server.with(work).await?
        };
        self.read(rows.iter().map(|row| row.try_get(0)).collect())
    }

    async fn cancel(&self, key: &str) -> Result<Option<State>, Error> {
        let state: Option<String> = self.value("SELECT paystatus.cancel($1)", &[&text(key)]).await?;
        Ok(state.map(|state| state.parse().unwrap_or(State::Open)))
    }

    async fn hint(&self, account: &str, lookup: &Lookup) -> Result<u64, Error> {
        let values: [&(dyn ToSql + Sync); 3] = [&text(account), &lookup.by().as_str(), &text(lookup.id())];
        let hinted: Option<i64> = self.value("SELECT paystatus.hint($1, $2, $3)", &values).await?;
        Ok(hinted.and_then(|hinted| u64::try_from(hinted).ok()).unwrap_or(0))
    }

    async fn show(&self, key: &str) -> Result<Option<Stored>, Error> {
        let sql = concat!("SELECT ", columns!(), " WHERE w.key = $1");
        let rows = self.query(sql, &[&text(key)]).await?;
        let watch = rows.first().map(raw).transpose();
        Ok(self.read(watch)?.flatten().map(|raw| raw.show()))
    }

    async fn list(&self, filter: &Filter, after: i64, most: u32) -> Result<Vec<Stored>, Error> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " WHERE w.id > $1 AND ($2::text IS NULL OR w.state = $2) AND ($3::text IS NULL OR a.name = $3)
              ORDER BY w.id LIMIT $4"
        );
        let (state, most) = (filter.state.map(State::as_str), i64::from(most));
        let account = filter.account.as_deref().map(text);
        let rows = self.query(sql, &[&after, &state, &account, &most]).await?;
        let list: Result<Vec<_>, _> = rows.iter().filter_map(|row| raw(row).transpose()).collect();
        Ok(self.read(list)?.iter().map(|raw| raw.show()).collect())
    }

    async fn open(&self, accounts: Vec<String>) -> Result<u64, Error> {
        let sql = "SELECT count(*) FROM paystatus.watch w JOIN paystatus.account a ON a.id = w.account
             WHERE w.state = 'open' AND w.next_at IS NOT NULL AND a.name = ANY ($1)";
        let open: Option<i64> = self.value(sql, &[&accounts]).await?;
        Ok(open.and_then(|open| u64::try_from(open).ok()).unwrap_or(0))
    }

    async fn events(&self, after: &str, most: u32) -> Result<Vec<Event>, Error> {
        let after = super::place(after)?;
        let sql = concat!(events!(), " WHERE e.seq > $1 ORDER BY e.seq LIMIT $2");
        let rows = self.query(sql, &[&after, &i64::from(most)]).await?;
        if rows.is_empty() {
            let last = "SELECT last_value FROM paystatus.event_seq_seq WHERE is_called";
            super::not_after_the_end(after, self.value(last, &[]).await?.unwrap_or(0))?;
        }
        self.read(rows.iter().map(rows::event).collect())
    }

    async fn history(&self, key: &str) -> Result<Vec<Event>, Error> {
        let sql = concat!(events!(), " WHERE w.key = $1 ORDER BY e.number");
        let rows = self.query(sql, &[&text(key)]).await?;
        self.read(rows.iter().map(rows::event).collect())
    }

    async fn hold(&self, consumer: &str, holder: &str, lease: Micros) -> Result<Option<String>, Error> {
        let sql = "INSERT INTO paystatus.consumer AS c (name, holder, lease_until)
             VALUES ($1, $2, paystatus.clock() + paystatus.micros($3))
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until
             WHERE c.holder IS NULL OR c.holder = excluded.holder OR c.lease_until <= paystatus.clock()
             RETURNING seq";
        let seq: Option<i64> = self.value(sql, &[&text(consumer), &holder, &length(lease)]).await?;
        Ok(seq.map(|seq| seq.to_string()))
    }

    async fn acknowledge(&self, consumer: &str, holder: &str, cursor: &str) -> Result<bool, Error> {
        let sql = "UPDATE paystatus.consumer SET seq = greatest(seq, $3) WHERE name = $1 AND holder = $2 RETURNING 1";
        let seq = super::place(cursor)?;
        Ok(!self.query(sql, &[&text(consumer), &holder, &seq]).await?.is_empty())
    }

    async fn release(&self, consumer: &str, holder: &str) -> Result<(), Error> {
        let sql =
            "UPDATE paystatus.consumer SET holder = NULL, lease_until = NULL WHERE name = $1 AND holder = $2";
        self.query(sql, &[&text(consumer), &holder]).await.map(drop)
    }

    async fn prune(&self, older: Micros, most: u32) -> Result<u64, Error> {
        let sql = "WITH old AS MATERIALIZED (
                SELECT w.id FROM paystatus.watch w
                WHERE w.ended_at < (SELECT paystatus.clock()) - paystatus.micros($1) AND NOT EXISTS (
                    SELECT FROM paystatus.event e
                    WHERE e.watch = w.id AND e.seq > (SELECT min(c.seq) FROM paystatus.consumer c))
                ORDER BY w.ended_at LIMIT $2 FOR UPDATE SKIP LOCKED
             ), events AS (
                DELETE FROM paystatus.event e USING old WHERE e.watch = old.id
             ), watches AS (
                DELETE FROM paystatus.watch w USING old WHERE w.id = old.id RETURNING 1
             )
             SELECT count(*) FROM watches";
        let removed: Option<i64> = self.value(sql, &[&length(older), &i64::from(most)]).await?;
        Ok(removed.and_then(|removed| u64::try_from(removed).ok()).unwrap_or(0))
    }

    async fn changed(&self) {
        self.listen();
        self.inner.news.notified().await;
    }
}

/// Text in PostgreSQL has no NUL.
fn unkeepable(watch: &Watch) -> Option<Error> {
    let has_nul = [watch.key(), watch.account(), watch.lookup().id()].iter().any(|text| text.contains('\0'));
    has_nul.then(|| watch.refused("a NUL character can't be kept: is it really an id?"))
}

/// What is asked for by a name with a NUL is not there.
fn text(name: &str) -> &str {
    if name.contains('\0') { "\u{fffd}" } else { name }
}

const FINISH: &str = "SELECT paystatus.finish($1, $2, $3, $4, $5, $6, $7, $8)";

/// Results in columns.
struct Finishing<'a> {
    ids: Vec<i64>,
    fences: Vec<i64>,
    states: Vec<Option<&'static str>>,
    asks: Vec<Option<i32>>,
    known: Vec<Option<&'a str>>,
    next_in: Vec<Option<i64>>,
    types: Vec<Option<&'static str>>,
    bodies: Vec<Option<String>>,
}

impl<'a> Finishing<'a> {
    fn of(results: &'a [Finish]) -> Self {
        let changes = || results.iter().map(|finish| finish.change.as_ref());
        let events = || changes().map(|change| change?.event.as_ref());
        Self {
            ids: results.iter().map(|finish| finish.id).collect(),
            fences: results.iter().map(|finish| finish.fence).collect(),
            states: changes().map(|change| Some(change?.state.as_str())).collect(),
            asks: changes().map(|change| Some(i32::try_from(change?.asks).unwrap_or(i32::MAX))).collect(),
            known: changes().map(|change| Some(&*change?.known)).collect(),
            next_in: changes().map(|change| change?.next_in.map(length)).collect(),
            types: events().map(|event| Some(event?.0.as_str())).collect(),
            bodies: events().map(|event| Some(json(&event?.1))).collect(),
        }
    }

    fn all(&self) -> [&(dyn ToSql + Sync); 8] {
        let Self { ids, fences, states, asks, known, next_in, types, bodies } = self;
        [ids, fences, states, asks, known, next_in, types, bodies]
    }
}

/// Keeps results, and how their accounts do, in one transaction.
async fn with_news(
    session: &mut Session,
    finishing: &Finishing<'_>,
    news: &BTreeMap<String, News>,
) -> Result<Vec<Row>, tokio_postgres::Error> {
    let lock = session
            .prepare(
                "SELECT id, name, is_proven, failures, blocked, probes FROM paystatus.account WHERE name = ANY ($1)
                 ORDER BY name FOR NO KEY UPDATE",
            )
            .await?;
    let finish = session.prepare(FINISH).await?;
    let change = session
            .prepare(
                "UPDATE paystatus.account SET is_proven = $2, failures = $3, blocked = $4, probes = $5,
                    not_before = greatest(CASE WHEN $6 THEN now.at ELSE not_before END, now.at + paystatus.micros($7))
                 FROM (SELECT paystatus.clock() AS at) now WHERE id = $1",
            )
            .await?;
    let tell = session.prepare("SELECT paystatus.tell($1, $2, $3)").await?;
    let transaction = session.client.transaction().await?;
    let names: Vec<_> = news.keys().collect();
    let accounts = transaction.query(&lock, &[&names]).await?;
    let kept = transaction.query(&finish, &finishing.all()).await?;
    // Results that are refused as a whole were sent before, and what they told of their accounts was kept with them.
    let is_new = finishing.ids.is_empty() || !kept.is_empty();
    for row in accounts.iter().filter(|_| is_new) {
        let (id, name): (i32, &str) = (row.try_get("id")?, row.try_get("name")?);
        let Some(news) = news.get(name) else { continue };
        let (health, pause, event) = rows::health(row)?.after(news);
        let Health { is_proven, failures, blocked, probes } = health;
        let count = |count| i32::try_from(count).unwrap_or(i32::MAX);
        let values: [&(dyn ToSql + Sync); 7] = [
            &id,
            &is_proven,
            &count(failures),
            &blocked.map(Cause::as_str),
            &count(probes),
            &news.is_probe,
            &length(pause),
        ];
        transaction.execute(&change, &values).await?;
        if let Some(kind) = event {
            let body = Body { error: news.error.clone(), ..Body::default() };
            transaction.query(&tell, &[&id, &kind.as_str(), &json(&body)]).await?;
        }
    }
    transaction.commit().await?;
    Ok(kept)
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Postgres").field(&self.inner.server.place).finish()
    }
}

#[cfg(test)]
mod tests;
