//! The suite, and what only a server can do.

use std::{collections::BTreeSet, sync::Mutex, time::Instant};

use paystatus::{
    Accounts, Expected, Finality, Funds, Meaning, Money, Pace, Payment, Pending, Snapshot, Status,
    StatusClient, WaitPlan,
};
use serde_json::Value;

use super::{database::Database, schema::MIGRATIONS, server, *};
use crate::{
    ErrorKind, EventKind, Watcher,
    moment::{SECOND, of_system_time},
    store::{
        Change, Claimed,
        suite::{Subject, suite},
    },
};

/// A store whose clock stands still, except when a test moves it on.
async fn open() -> Option<(Subject, Database)> {
    let database = Database::new().await?;
    let store = Postgres::open(&database.url()).await.unwrap();
    database
        .run(
            "CREATE SCHEMA test; CREATE TABLE test.clock AS SELECT timestamptz '2026-11-18 12:00Z' AS now;
             CREATE OR REPLACE FUNCTION paystatus.clock() RETURNS timestamptz LANGUAGE sql VOLATILE
                AS 'SELECT now FROM test.clock'",
        )
        .await;
    let (passing, damaging) = (store.clone(), store.clone());
    let subject = Subject {
        store: Arc::new(store),
        pass: Box::new(move |time| {
            let store = passing.clone();
            Box::pin(async move {
                let sql = "UPDATE test.clock SET now = now + paystatus.micros($1)";
                store.query(sql, &[&time]).await.unwrap();
            })
        }),
        damage: Box::new(move |key| {
            let (store, key) = (damaging.clone(), key.to_owned());
            Box::pin(async move {
                let damage = "UPDATE paystatus.watch SET known = '{\"last\":7}' WHERE key = $1 RETURNING 1";
                assert_eq!(store.query(damage, &[&key]).await.unwrap().len(), 1);
            })
        }),
    };
    Some((subject, database))
}

suite!(open);

fn served(name: &str, gap: Micros) -> Served {
    Served { name: name.to_owned(), gap, start: 0 }
}

/// A store with one account that has answered before.
async fn ready(database: &Database) -> Postgres {
    let store = Postgres::open(&database.url()).await.unwrap();
    store.serve(vec![served("shop", 0)]).await.unwrap();
    let good = News { is_probe: true, answered: true, ..News::default() };
    store.finish(Vec::new(), vec![("shop".to_owned(), good)]).await.unwrap();
    store
}

async fn claim(store: &Postgres) -> Vec<Claimed> {
    let accounts = vec![("shop".to_owned(), 100)];
    store.claim(Wanted { accounts, lease: 60 * SECOND, ahead: 0, horizon: SECOND }).await.unwrap().rows
}

fn decided(row: &Claimed) -> Finish {
    let change = Change {
        state: State::Decided,
        asks: 1,
        known: "{}".to_owned(),
        next_in: None,
        event: Some((EventKind::Decided, Body::default())),
    };
    Finish { id: row.id, fence: row.fence, change: Some(change) }
}

#[tokio::test]
async fn what_is_not_ours_is_refused_and_stays_as_it_was() {
    for theirs in [
        "CREATE TABLE paystatus.orders AS SELECT 1 AS id",
        "CREATE TABLE paystatus.store AS SELECT 'books' AS sells",
        "CREATE TABLE paystatus.store AS SELECT 'another program' AS application, 1 AS version",
        "CREATE FUNCTION paystatus.watch() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ] {
        let Some(database) = Database::new().await else { return };
        database.run(&format!("CREATE SCHEMA paystatus; {theirs}")).await;
        let before = database.dump();
        for error in [Postgres::open(&database.url()).await, Postgres::open_existing(&database.url()).await] {
            let error = error.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unusable);
            let told = "that is not a store of paystatus and stays as it is: name another database";
            assert!(error.to_string().ends_with(told), "{error}");
        }
        assert!(database.dump() == before);
    }
}

#[tokio::test]
async fn a_newer_version_is_refused_and_stays_as_it_was() {
    let Some(database) = Database::new().await else { return };
    let store = ready(&database).await;
    database.run("UPDATE paystatus.store SET version = 99").await;
    let before = database.dump();
    let error = Postgres::open(&database.url()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unusable);
    let told = "is of version 99, and this program knows versions up to 1: update paystatus";
    assert!(error.to_string().ends_with(told), "{error}");
    assert!(database.dump() == before);
    drop(store);
}

#[tokio::test]
async fn every_earlier_version_is_brought_to_this_one_and_keeps_what_is_in_it() {
    for version in 0..=MIGRATIONS.len() {
        let Some(database) = Database::new().await else { return };
        // Version 0 is a schema that an administrator made for us.
        database.run("CREATE SCHEMA paystatus").await;
        for migration in &MIGRATIONS[..version] {
            for file in *migration {
                database.run(file).await;
            }
        }
        if version > 0 {
            let sql = "INSERT INTO paystatus.account (name) VALUES ('shop');
                SELECT paystatus.watch('order-1', 'shop', 'p1')";
            database.run(&format!("UPDATE paystatus.store SET version = {version}; {sql}")).await;
        }
        let store = ready(&database).await;
        assert_eq!(store.add(vec![Watch::new("shop", "p2")]).await.unwrap().len(), 1);
        let kept = store.list(&Filter::default(), 0, 10).await.unwrap().len();
        assert_eq!(kept, if version > 0 { 2 } else { 1 });
        let reached = database.number("SELECT version::bigint FROM paystatus.store").await;
        assert_eq!(usize::try_from(reached).unwrap(), MIGRATIONS.len());
    }
}

#[tokio::test]
async fn many_open_a_new_store_at_once_and_share_it() {
    let Some(database) = Database::new().await else { return };
    let each = (0..6).map(|index| {
        let url = database.url();
        tokio::spawn(async move {
            let store = Postgres::open(&url).await.unwrap();
            store.serve(vec![served("shop", 0)]).await.unwrap();
            let watches = (0..20).map(|id| Watch::new("shop", format!("p{}", id + index % 2 * 20)));
            let added = store.add(watches.collect()).await.unwrap();
            added.into_iter().filter(|added| added.as_ref().unwrap().is_new).count()
        })
    });
    let mut new = 0;
    for each in each.collect::<Vec<_>>() {
        new += each.await.unwrap();
    }
    assert_eq!(new, 40, "each key once");
}

#[tokio::test]
async fn what_can_not_be_used_is_said_with_its_remedy_and_without_the_password() {
    let Some(database) = Database::new().await else { return };
    let folder = database.url().split('@').nth(1).unwrap().split('/').next().unwrap().to_owned();
    let role = format!("guest_{}", database.name);
    database.run(&format!("CREATE ROLE {role} LOGIN")).await;
    for (url, kind, told) in [
        (format!("postgres://postgres:canary@{folder}/nowhere"), ErrorKind::Unavailable, "make the database"),
        ("postgres://shop:canary@127.0.0.1:1/shop".to_owned(), ErrorKind::Unavailable, "is it up"),
        (format!("postgres://nobody-here:canary@{folder}/shop"), ErrorKind::Unavailable, "right?"),
        ("postgres://shop:can@ary@db.example/shop".to_owned(), ErrorKind::Refused, "percent-encoded"),
        ("postgres://shop:c/anary@a/b@db.example/shop".to_owned(), ErrorKind::Refused, "percent-encoded"),
        ("postgres://shop:x@db.example/shop?canary=1".to_owned(), ErrorKind::Refused, "percent-encoded"),
        ("postgres:host=a@canary dbname=shop".to_owned(), ErrorKind::Refused, "percent-encoded"),
        ("postgres:".to_owned(), ErrorKind::Refused, "postgres:URL"),
        (database.url_as(&role), ErrorKind::Unavailable, "grant it"),
    ] {
        let error = crate::open(&url).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{url} {error}");
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(told), "{url}: {error}");
        assert!(!["canary", "anary", "ary@"].iter().any(|part| shown.contains(part)), "{error}");
    }
    let none = crate::open_existing(&database.url()).await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Unavailable);
    assert!(none.to_string().ends_with("has no schema `paystatus`: name the right database, or put it back"));
    for written in ["postgres:", "postgresql:", "postgres:postgres:"] {
        let url = database.url().replacen("postgres:", written, 1);
        assert!(crate::open(&url).await.is_ok(), "{url}");
    }
}

#[tokio::test]
async fn an_order_and_its_watch_exist_together_or_not_at_all() {
    let Some(database) = Database::new().await else { return };
    let store = ready(&database).await;
    let mut client = database.client().await;
    client.batch_execute("CREATE TABLE orders (id text PRIMARY KEY)").await.unwrap();
    let watch = Watch::new("shop", "p1").with_key("order-1");
    for is_kept in [false, true] {
        for in_sql in [false, true] {
            let transaction = client.transaction().await.unwrap();
            let id = format!("order-{in_sql}");
            transaction.execute("INSERT INTO orders VALUES ($1)", &[&id]).await.unwrap();
            if in_sql {
                let sql = "SELECT paystatus.watch($1, 'shop', 'p2')";
                assert!(transaction.query_one(sql, &[&id]).await.unwrap().get::<_, bool>(0));
            } else {
                assert!(store.add_in(&transaction, &watch.clone().with_key(&id)).await.unwrap().is_new);
            }
            assert_eq!(store.show(&id).await.unwrap(), None, "nobody sees it yet");
            if is_kept { transaction.commit().await } else { transaction.rollback().await }.unwrap();
            let both = "SELECT (SELECT count(*) FROM orders) * 10 + (SELECT count(*) FROM paystatus.watch)";
            let kept = if is_kept { 11 + 11 * i64::from(in_sql) } else { 0 };
            assert_eq!(database.number(both).await, kept);
        }
    }
    // Neither its account nor its watches are locked by a transaction that stays open.
    let transaction = client.transaction().await.unwrap();
    store.add_in(&transaction, &watch).await.unwrap();
    assert_eq!(claim(&store).await.len(), 2);
    // What is refused in Rust leaves the transaction as it was.
    let other = store.add_in(&transaction, &Watch::new("shop", "p3").with_key("order-1")).await.unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Conflict);
    transaction.commit().await.unwrap();
    assert_eq!(claim(&store).await.len(), 1);
}

#[tokio::test]
async fn the_function_refuses_what_add_refuses() {
    let Some(database) = Database::new().await else { return };
    let store = ready(&database).await;
    let client = database.client().await;
    let added = async |call: &str| {
        let added = client.query_one(&format!("SELECT paystatus.watch({call})"), &[]).await;
        added
            .map(|row| row.get::<_, bool>(0))
            .map_err(|error| error.as_db_error().unwrap().message().to_owned())
    };
    let large = "'k', 'shop', 'p', metadata => to_jsonb(repeat('x', 4095))";
    for (call, told) in [
        ("'k', 'shpo', 'p'", "watch `k`: the store knows no account \"shpo\""),
        ("'k', 'shop', ''", "watch `k`: the key, the account or the id is blank"),
        ("' ', 'shop', 'p'", "watch ` `: the key, the account or the id is blank"),
        ("NULL, 'shop', 'p'", "watch: the key, the account or the id is blank"),
        (r"E'a\nb', 'shop', 'p'", "watch `a b`: the key is longer than 512 bytes or has a control character"),
        ("'k', 'shop', '..'", "watch `k`: the id is longer"),
        ("'k', 'shop', 'p', by => 'name'", "watch `k`: `by` must be `payment` or `order`"),
        ("'k', 'shop', 'p', until => 'paid'", "watch `k`: `until` must be `decided` or `final`"),
        ("'k', 'shop', 'p', follow => '11 years'", "watch `k`: `follow` must be at most ten years"),
        ("'k', 'shop', 'p', deadline => '0'", "watch `k`: the deadline is in the past"),
        ("'k', 'shop', 'p', deadline => '-1 day'", "watch `k`: the deadline is in the past"),
        ("'k', 'shop', 'p', deadline => NULL", "watch `k`: the deadline is in the past"),
        ("'k', 'shop', 'p', deadline => '11 years'", "watch `k`: the deadline is more than ten years away"),
        ("'k', 'shop', 'p', deadline_at => now()", "watch `k`: the deadline is in the past"),
        (
            "'k', 'shop', 'p', deadline_at => 'infinity'",
            "watch `k`: the deadline is more than ten years away",
        ),
        ("'k', 'shop', 'p', amount => 3.01", "watch `k`: `amount` and `currency` come together"),
        ("'k', 'shop', 'p', currency => 'EUR'", "watch `k`: `amount` and `currency` come together"),
        ("'k', 'shop', 'p', amount => -1, currency => 'EUR'", "watch `k`: `amount` must be a number"),
        ("'k', 'shop', 'p', amount => 'NaN', currency => 'EUR'", "watch `k`: `amount` must be a number"),
        ("'k', 'shop', 'p', amount => 1e28, currency => 'EUR'", "watch `k`: `amount` must be a number"),
        ("'k', 'shop', 'p', amount => 3.01, currency => 'US$'", "watch `k`: `currency` must have"),
        ("'k', 'shop', 'p', reference => ' '", "watch `k`: the reference is blank"),
        (large, "watch `k`: the metadata has 4097 bytes of JSON and may have 4096"),
    ] {
        let refused = added(call).await.unwrap_err();
        assert!(refused.starts_with(told), "{call}: {refused}");
    }
    assert_eq!(store.list(&Filter::default(), 0, 10).await.unwrap(), [], "nothing was added");

    // What is added here is what programs of ours add.
    let at = to_system_time(of_system_time(std::time::SystemTime::now()) + 3600 * SECOND);
    let at_sql = format!("deadline_at => to_timestamp({})", of_system_time(at) as f64 / 1e6);
    let all = r#"'b', 'shop', 'o1', by => 'order', deadline => '14 days', until => 'final', follow => '60 days',
        metadata => '{"b": [1.50, null], "a": "x"}'"#;
    const DAY: Duration = Duration::from_secs(24 * 3600);
    for (call, watch) in [
        ("'a', 'shop', 'p1'".to_owned(), Watch::new("shop", "p1").with_key("a")),
        ("'n', 'shop', 'p1', metadata => 'null'".to_owned(), Watch::new("shop", "p1").with_key("n")),
        (
            all.to_owned(),
            Watch::new("shop", Lookup::order("o1"))
                .with_key("b")
                .with_deadline(14 * DAY)
                .until(crate::Until::Final)
                .following_for(60 * DAY)
                .with_metadata(serde_json::json!({ "a": "x", "b": [1.5, null] })),
        ),
        (
            "'e', 'shop', 'p1', amount => 50.10, currency => 'eur', reference => 'order-1'".to_owned(),
            Watch::new("shop", "p1")
                .with_key("e")
                .expecting(Expected::new(Money::parse("50.10", "EUR").unwrap()).with_reference("order-1")),
        ),
        (
            "'r', 'shop', 'p1', reference => 'order-1'".to_owned(),
            Watch::new("shop", "p1").with_key("r").expecting(Expected::paid().with_reference("order-1")),
        ),
        (format!("'c', 'shop', 'p1', {at_sql}"), Watch::new("shop", "p1").with_key("c").with_deadline_at(at)),
    ] {
        assert_eq!(added(&call).await, Ok(true), "{call}");
        assert_eq!(added(&call).await, Ok(false), "{call}");
        let again = store.add(vec![watch.clone()]).await.unwrap().pop().unwrap();
        assert!(!again.unwrap().is_new, "{call}");
        let key = watch.key().to_owned();
        database.run(&format!("DELETE FROM paystatus.watch WHERE key = '{key}'")).await;
        assert!(store.add(vec![watch]).await.unwrap().pop().unwrap().unwrap().is_new);
        assert_eq!(added(&call).await, Ok(false), "{call}");
        let other = added(&format!("'{key}', 'shop', 'another'")).await.unwrap_err();
        assert!(other.contains("there is another watch of this key, with other content"), "{other}");
    }
    // Even where it has what PostgreSQL can't compare.
    let odd = Watch::new("shop", "p1").with_key("odd").with_metadata(serde_json::json!("\0"));
    assert!(store.add(vec![odd.clone(), odd, Watch::new("shop", "p\0")]).await.unwrap()[1].is_ok());
    assert!(added("'odd', 'shop', 'p1'").await.unwrap_err().contains("another watch of this key"));
}

#[tokio::test]
async fn a_cursor_never_goes_past_an_event_that_is_not_there_yet() {
    let Some(database) = Database::new().await else { return };
    let store = ready(&database).await;
    store.add((0..2).map(|id| Watch::new("shop", format!("p{id}"))).collect()).await.unwrap();
    let rows = claim(&store).await;
    // One worker has numbered its event, and its commit takes long.
    let mut slow = database.client().await;
    let slow = slow.transaction().await.unwrap();
    let first = [decided(&rows[0])];
    assert_eq!(slow.query(FINISH, &Finishing::of(&first).all()).await.unwrap().len(), 1);
    let quick = {
        let (store, second) = (store.clone(), decided(&rows[1]));
        tokio::spawn(async move { store.finish(vec![second], Vec::new()).await.unwrap() })
    };
    let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    while database.number(waiting).await == 0 {
        assert!(!quick.is_finished(), "it was numbered beside another one");
        tokio::task::yield_now().await;
    }
    assert_eq!(store.events("", 10).await.unwrap(), []);
    slow.commit().await.unwrap();
    assert_eq!(quick.await.unwrap().len(), 1);
    let keys: Vec<_> =
        store.events("", 10).await.unwrap().iter().map(|event| event.key.clone().unwrap()).collect();
    assert_eq!(keys, ["shop/p0", "shop/p1"]);
    let error = store.events("17", 10).await.unwrap_err();
    assert!(error.to_string().starts_with("there is no event 17 yet: was the store restored?"), "{error}");
}

#[tokio::test]
async fn a_store_that_is_gone_for_a_while_is_used_again() {
    let Some(database) = Database::new().await else { return };
    let store = ready(&database).await;
    store.add(vec![Watch::new("shop", "p1")]).await.unwrap();
    let row = claim(&store).await.pop().unwrap();
    let other = Database { name: "postgres".to_owned(), ..database.clone() };
    let name = &database.name;
    let closed = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS");
    let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    other.run(&format!("{closed} false")).await;
    other.run(&cut).await;
    for _ in 0..2 {
        let error = store.finish(vec![decided(&row)], Vec::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
    }
    other.run(&format!("{closed} true")).await;
    assert_eq!(store.finish(vec![decided(&row)], Vec::new()).await.unwrap(), [row.id]);
    // One that was cut meanwhile is nothing that anybody hears of.
    other.run(&cut).await;
    assert_eq!(store.events("", 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_server_that_crashed_has_what_it_had_and_is_used_again() {
    let Some(mut server) = server::Server::start() else { return };
    let database = Database { name: "postgres".to_owned(), folder: server.folder().to_owned() };
    let store = ready(&database).await;
    store.add(vec![Watch::new("shop", "p1")]).await.unwrap();
    let leased = claim(&store).await;
    server.crash();
    assert_eq!(claim(&store).await.len(), 0, "it is still leased");
    let kept = store.finish(vec![decided(&leased[0])], Vec::new()).await.unwrap();
    assert_eq!(kept, [leased[0].id]);
    assert_eq!(store.events("", 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_sent_again_counts_once_for_its_account_too() {
    let Some(database) = Database::new().await else { return };
    let store = ready(&database).await;
    store.add(vec![Watch::new("shop", "p1")]).await.unwrap();
    let row = claim(&store).await.pop().unwrap();
    let mut news = News::default();
    news.add(Err(&paystatus::Error::new(paystatus::ErrorKind::Unauthorized, "scripted")));
    for _ in 0..5 {
        store.finish(vec![decided(&row)], vec![("shop".to_owned(), news.clone())]).await.unwrap();
    }
    assert_eq!(database.number("SELECT failures::bigint FROM paystatus.account").await, 1);
}

#[tokio::test]
async fn what_another_program_adds_or_hints_at_is_heard_of() {
    let Some(database) = Database::new().await else { return };
    let store = ready(&database).await;
    let client = database.client().await;
    let changed = tokio::spawn({
        let store = store.clone();
        async move { store.changed().await }
    });
    while database.number("SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN paystatus' AND state = 'idle' AND datname = current_database()").await == 0 {
        tokio::task::yield_now().await;
    }
    client.query("SELECT paystatus.watch('k', 'shop', 'p1')", &[]).await.unwrap();
    changed.await.unwrap();
    assert_eq!(store.hint("shop", &Lookup::payment("p1")).await.unwrap(), 1);
    store.changed().await;
    drop(store);
    while database.number("SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN paystatus' AND datname = current_database()").await > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn hints_cancels_results_and_additions_in_any_order_are_in_nobodys_way() {
    let Some(database) = Database::new().await else { return };
    let store = ready(&database).await;
    let watches = || (0..60).map(|id| Watch::new("shop", format!("p{}", id % 10)).with_key(format!("k{id}")));
    store.add(watches().collect()).await.unwrap();
    let each = (0..6_u32).map(|worker| {
        let store = store.clone();
        let again: Vec<_> = if worker % 2 == 0 { watches().rev().collect() } else { watches().collect() };
        tokio::spawn(async move {
            for round in 0..10 {
                let rows = claim(&store).await;
                let back = |row: &Claimed| Finish { change: None, ..decided(row) };
                let results = rows.iter().rev().map(back).collect();
                let news = vec![("shop".to_owned(), News { failures: 1, ..News::default() })];
                store.finish(results, if worker == 0 { news } else { Vec::new() }).await.unwrap();
                store.hint("shop", &Lookup::payment(format!("p{}", (round + worker) % 10))).await.unwrap();
                store.cancel(&format!("k{}", round + 10 * worker)).await.unwrap();
                store.add(again.clone()).await.unwrap();
            }
        })
    });
    for each in each.collect::<Vec<_>>() {
        each.await.unwrap();
    }
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(database.number(deadlocks).await, 0);
    assert_eq!(store.list(&Filter::default().in_state(State::Canceled), 0, 100).await.unwrap().len(), 60);
}

/// A client whose payments are paid when they are asked about for the second time; it knows when it was asked.
#[derive(Clone)]
struct AtLast {
    pace: Pace,
    asked: Arc<Mutex<Vec<(Instant, String)>>>,
}

#[async_trait]
impl StatusClient for AtLast {
    fn provider(&self) -> &'static str {
        "acme"
    }

    fn pace(&self) -> Option<Pace> {
        Some(self.pace)
    }

    fn wait_plan(&self) -> WaitPlan {
        WaitPlan::new(Duration::from_millis(10), Duration::from_millis(10), Duration::from_secs(3600))
    }

    async fn status(&self, lookup: &Lookup) -> Result<Payment<Value>, paystatus::Error> {
        let times = {
            let mut asked = self.asked.lock().unwrap();
            asked.push((Instant::now(), lookup.id().to_owned()));
            asked.iter().filter(|(_, id)| id == lookup.id()).count()
        };
        let meaning = match times {
            1 => Meaning::new(Status::Pending(Pending::Processing), Finality::Open, Funds::Unknown),
            _ => Meaning::new(Status::Paid, Finality::Final, Funds::Taken),
        };
        let details = serde_json::json!({ "payer": "canary-payer" });
        let status = if times == 1 { "processing" } else { "settled" };
        Ok(Payment::new(lookup, Snapshot::new(lookup.id(), meaning, status), details))
    }
}

impl AtLast {
    fn new(pace: Pace) -> Self {
        Self { pace, asked: Arc::default() }
    }

    /// As many workers as there are stores work at once, until nothing is open.
    async fn work(&self, stores: Vec<Postgres>, lease: Duration) {
        let workers = stores.into_iter().map(|store| {
            let mut accounts = Accounts::default();
            accounts.insert("shop", self.clone());
            async move {
                let watcher = Watcher::new(store, accounts).await.unwrap();
                let worker = watcher.worker().with_lease(lease).until_idle();
                worker.run(std::future::pending(), |_| {}).await.unwrap()
            }
        });
        futures_util::future::join_all(workers).await;
    }
}

/// Each watch has its one decision, and no second had more asks than the pace allows.
async fn assert_decided(store: &Postgres, client: &AtLast, ids: std::ops::Range<u32>) {
    let events = store.events("", 10_000).await.unwrap();
    assert!(events.iter().all(|event| (event.kind(), event.number()) == (EventKind::Decided, 1)));
    let keys: BTreeSet<_> = events.iter().map(|event| event.key().unwrap().to_owned()).collect();
    assert_eq!((events.len(), keys.len()), (ids.len(), ids.len()));
    assert!(ids.into_iter().all(|id| keys.contains(&format!("shop/p{id}"))));
    let asked = client.asked.lock().unwrap();
    let most = usize::try_from(client.pace.requests()).unwrap();
    for (index, (at, _)) in asked.iter().enumerate() {
        let within =
            asked[index..].iter().take_while(|(later, _)| *later < *at + Duration::from_secs(1)).count();
        assert!(within <= most, "{within} asks in a second");
    }
}

#[tokio::test]
async fn two_workers_keep_the_pace_together_and_decide_each_watch_once() {
    let Some(database) = Database::new().await else { return };
    let store = ready(&database).await;
    let client = AtLast::new(Pace::per_second(100));
    let watches = (0..60).map(|id| Watch::new("shop", format!("p{id}")));
    store.add(watches.collect()).await.unwrap();
    // Connections of its own each.
    let other = Postgres::open(&database.url()).await.unwrap();
    client.work(vec![store.clone(), other], Duration::from_secs(60)).await;
    assert_decided(&store, &client, 0..60).await;
    assert_eq!(client.asked.lock().unwrap().len(), 120, "nothing was asked twice without need");
}

#[tokio::test]
async fn connections_that_are_cut_lose_nothing_and_decide_nothing_twice() {
    let Some(database) = Database::new().await else { return };
    let store = ready(&database).await;
    let client = AtLast::new(Pace::per_second(100));
    let watches = (0..60).map(|id| Watch::new("shop", format!("p{id}")));
    store.add(watches.collect()).await.unwrap();
    let other = Postgres::open(&database.url()).await.unwrap();
    let knife = database.client().await;
    let cutting = async {
        let mut cut = 0;
        loop {
            let sql = "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%paystatus.%'
                ORDER BY random() LIMIT 1) one";
            if cut < 20 {
                cut += knife.query_one(sql, &[]).await.unwrap().get::<_, i64>(0);
            }
            let open = store.open(vec!["shop".to_owned()]).await;
            if open.is_ok_and(|open| open == 0) {
                return cut;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let ((), cut) = tokio::join!(client.work(vec![store.clone(), other], Duration::from_secs(2)), cutting);
    assert!(cut > 0);
    assert_decided(&store, &client, 0..60).await;
}

#[tokio::test]
async fn a_backup_has_no_password_and_the_providers_reply_only_in_its_event() {
    let Some(database) = Database::new().await else { return };
    let url = database.url().replace("postgres@", "postgres:canary-password@");
    let store = Postgres::open(&url).await.unwrap();
    let client = AtLast::new(Pace::per_second(100));
    let mut accounts = Accounts::default();
    accounts.insert("shop", client.clone());
    let watcher = Watcher::new(store.clone(), accounts).await.unwrap();
    watcher.add(Watch::new("shop", "p0").following_for(Duration::from_secs(1))).await.unwrap();
    client.work(vec![store.clone()], Duration::from_secs(60)).await;
    let backup = database.dump();
    assert!(backup.contains("payment.decided") && backup.contains("shop/p0"));
    assert!(!backup.contains("canary-password") && !format!("{store:?}").contains("canary"));
    assert_eq!(backup.matches("canary-payer").count(), 1);
}

#[tokio::test]
async fn a_role_that_only_adds_needs_little() {
    let Some(database) = Database::new().await else { return };
    let store = ready(&database).await;
    let role = format!("checkout_{}", database.name);
    database
        .run(&format!(
            "CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA paystatus TO {role};
             GRANT SELECT ON paystatus.account TO {role}; GRANT SELECT, INSERT ON paystatus.watch TO {role}"
        ))
        .await;
    let (mut client, connection) =
        tokio_postgres::connect(&database.url_as(&role), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    assert!(
        client.query_one("SELECT paystatus.watch('a', 'shop', 'p1')", &[]).await.unwrap().get::<_, bool>(0)
    );
    let transaction = client.transaction().await.unwrap();
    assert!(store.add_in(&transaction, &Watch::new("shop", "p1").with_key("b")).await.unwrap().is_new);
    transaction.commit().await.unwrap();
    let changed = client.execute("UPDATE paystatus.watch SET state = 'failed'", &[]).await;
    assert!(changed.is_err(), "a role of the shop decides nothing");
    assert_eq!(claim(&store).await.len(), 2);
}
