//! The worker, over the store's real file and a clock that only the tests move.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, Mutex},
    time::SystemTime,
};

use futures_util::StreamExt;
use paystatus::{
    Accounts, Error as NoAnswer, ErrorKind, Expected, Lookup, Money, Pace, Payment, StatusClient, WaitPlan,
    async_trait,
};
use paystatus_testkit::FakeClient;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    Event, EventKind, Filter, Sqlite, State, Watch, Watcher,
    moment::{SECOND, duration, to_system_time},
};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

use super::*;

/// A store whose clock is the paused one of the test.
async fn store(folder: &Path) -> Sqlite {
    let begin = Instant::now();
    let clock = move || to_system_time(1_795_000_000 * SECOND) + begin.elapsed();
    Sqlite::with_clock(folder.join("paystatus.db"), clock).await.unwrap()
}

async fn watcher(store: &Sqlite, accounts: impl Into<Arc<Accounts>>) -> Watcher {
    Watcher::new(store.clone(), accounts).await.unwrap()
}

fn one(name: &str, client: impl StatusClient + 'static) -> Accounts {
    let mut accounts = Accounts::default();
    accounts.insert(name, client);
    accounts
}

/// A client with a pace, whose answer is a function of what is asked and how often; it knows when it was asked.
struct Scripted<F> {
    pace: Option<Pace>,
    answer: F,
    asked: Arc<Mutex<Vec<(Instant, Lookup)>>>,
    takes: Duration,
}

#[async_trait]
impl<F> StatusClient for Scripted<F>
where
    F: Fn(&Lookup, usize) -> Result<Payment<Value>, NoAnswer> + Send + Sync,
{
    fn provider(&self) -> &'static str {
        "acme"
    }

    async fn status(&self, lookup: &Lookup) -> Result<Payment<Value>, NoAnswer> {
        let before = {
            let mut asked = self.asked.lock().unwrap();
            asked.push((Instant::now(), lookup.clone()));
            asked.iter().filter(|(_, other)| other == lookup).count()
        };
        sleep(self.takes).await;
        (self.answer)(lookup, before)
    }

    fn pace(&self) -> Option<Pace> {
        self.pace
    }
}

type Asked = Arc<Mutex<Vec<(Instant, Lookup)>>>;

fn scripted<F>(pace: Option<Pace>, answer: F) -> (Scripted<F>, Asked)
where
    F: Fn(&Lookup, usize) -> Result<Payment<Value>, NoAnswer>,
{
    let asked = Asked::default();
    (Scripted { pace, answer, asked: Arc::clone(&asked), takes: Duration::ZERO }, asked)
}

fn paid(lookup: &Lookup) -> Result<Payment<Value>, NoAnswer> {
    use paystatus::{Finality, Funds, Meaning, Snapshot, Status};
    let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    let amount = Money::parse("50.00", "EUR")?;
    Ok(Payment::new(
        lookup,
        Snapshot::new(lookup.id(), paid, "settled").with_amount(Some(amount)),
        Value::Null,
    ))
}

async fn events(watcher: &Watcher) -> Vec<Event> {
    watcher.events_after("", 10_000).await.unwrap()
}

fn kinds(events: &[Event]) -> Vec<EventKind> {
    events.iter().map(Event::kind).collect()
}

async fn until_idle(watcher: &Watcher) -> Progress {
    watcher.worker().until_idle().run(std::future::pending(), |_| {}).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn watches_come_to_their_ends_each_in_its_way() {
    let folder = tempfile::tempdir().unwrap();
    let price = Money::parse("50.00", "EUR").unwrap();
    let client = FakeClient::new("acme")
        .pending("late")
        .pending("late")
        .unavailable("late")
        .paid("late", price)
        .pending("never")
        .unavailable("silent")
        .failed("declined")
        .failing("odd", || NoAnswer::new(ErrorKind::Rejected, "no such path"));
    let watcher = watcher(&store(folder.path()).await, one("shop", client)).await;
    for id in ["late", "never", "silent", "declined", "odd", "unknown"] {
        let watch = Watch::new("shop", id).with_key(id).with_metadata(json!({ "id": id }));
        watcher.add(watch.with_deadline(20 * MINUTE)).await.unwrap();
    }
    let begin = Instant::now();
    let progress = until_idle(&watcher).await;
    assert_eq!((progress.decided, progress.expired, progress.failed), (2, 2, 2));
    assert!((20 * MINUTE..22 * MINUTE).contains(&begin.elapsed()), "{:?}", begin.elapsed());

    // By the store's clock, whatever the machine's says.
    let began = to_system_time(1_795_000_000 * SECOND);
    for event in events(&watcher).await {
        assert!((began..began + 22 * MINUTE).contains(&event.at()), "{event:?}");
    }
    let told: BTreeSet<_> = events(&watcher)
        .await
        .iter()
        .filter_map(|event| {
            let payment = event.payment().map(|payment| payment["status"].clone());
            Some((event.key()?.to_owned(), event.kind().as_str(), payment.unwrap_or_default().to_string()))
        })
        .collect();
    let expected = [
        ("declined", "payment.decided", "\"failed\""),
        ("late", "payment.decided", "\"paid\""),
        ("never", "watch.expired", "\"pending\""),
        ("odd", "watch.failed", "null"),
        ("silent", "watch.expired", "null"),
        ("unknown", "watch.failed", "null"),
    ];
    assert_eq!(told, expected.map(|(key, kind, status)| (key.to_owned(), kind, status.to_owned())).into());
    let history = watcher.history("silent").await.unwrap();
    let line = serde_json::to_value(&history[0]).unwrap();
    assert_eq!((&line["error"]["kind"], &line["metadata"]["id"]), (&json!("unavailable"), &json!("silent")));
    assert_eq!(watcher.open_count().await.unwrap(), 0);
    assert_eq!(watcher.show("late").await.unwrap().unwrap().asks(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_event_is_the_contracts_object_with_the_verdict_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let client = FakeClient::new("acme").paid("pay_1", Money::parse("49.00", "EUR").unwrap());
    let watcher = watcher(&store(folder.path()).await, one("shop", client)).await;
    let expected = Expected::new(Money::parse("50.00", "EUR").unwrap());
    watcher.add(Watch::new("shop", "pay_1").expecting(expected)).await.unwrap();
    until_idle(&watcher).await;
    let event = serde_json::to_value(&events(&watcher).await[0]).unwrap();
    let mut keys: Vec<_> = event.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    let contract =
        ["account", "at", "cursor", "error", "event_id", "key", "metadata", "number", "payment", "type"];
    assert_eq!(keys, contract);
    let payment = &event["payment"];
    assert_eq!((&event["number"], &event["type"]), (&json!(1), &json!("payment.decided")));
    assert_eq!((&payment["account"], &payment["provider"]), (&json!("shop"), &json!("acme")));
    assert_eq!((&payment["asked_id"], &payment["amount"]), (&json!("pay_1"), &json!("49.00")));
    let short = json!({ "as_expected": false, "discrepancies": [{ "kind": "underpaid", "by": "1.00" }] });
    assert_eq!(payment["verdict"], short);
}

#[tokio::test(start_paused = true)]
async fn a_late_success_and_a_refund_are_told_while_a_payment_is_followed() {
    use paystatus::{Finality, Funds, Meaning, Snapshot, Status};
    let folder = tempfile::tempdir().unwrap();
    let declined = Meaning::new(Status::Failed, Finality::Provisional, Funds::NotTaken);
    let declined = Payment::new(&"pay_1".into(), Snapshot::new("pay_1", declined, "declined"), Value::Null);
    let price = Money::parse("50.00", "EUR").unwrap();
    let client = FakeClient::new("acme").answering("pay_1", declined).paid("pay_1", price);
    let watcher = watcher(&store(folder.path()).await, one("shop", client)).await;
    watcher.add(Watch::new("shop", "pay_1").following_for(30 * MINUTE)).await.unwrap();
    watcher.run(sleep(40 * MINUTE)).await.unwrap();
    let events = events(&watcher).await;
    assert_eq!(kinds(&events), [EventKind::Decided, EventKind::Changed]);
    assert_eq!(events.iter().map(Event::number).collect::<Vec<_>>(), [1, 2]);
    let shown = watcher.show("shop/pay_1").await.unwrap().unwrap();
    assert_eq!((shown.state(), shown.next_at()), (State::Decided, None));
    assert!(shown.asks() < 100, "{}", shown.asks());
}

#[tokio::test(start_paused = true)]
async fn workers_share_the_pace_and_no_period_has_more() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let (client, asked) = scripted(Some(Pace::per_second(20)), |lookup, _| paid(lookup));
    let accounts = Arc::new(one("shop", client));
    let watcher = watcher(&store, accounts).await;
    watcher.add_all((0..200).map(|id| Watch::new("shop", format!("p{id}")))).await.unwrap();
    let each: Vec<_> = (0..4)
        .map(|_| {
            let watcher = watcher.clone();
            tokio::spawn(async move { until_idle(&watcher).await })
        })
        .collect();
    let mut decided = 0;
    for each in each {
        decided += each.await.unwrap().decided;
    }
    let times: Vec<_> = asked.lock().unwrap().iter().map(|(at, _)| *at).collect();
    assert_eq!((decided, times.len()), (200, 200), "each was asked once");
    let most = times
        .iter()
        .map(|from| times.iter().filter(|at| *at >= from && **at - *from < duration(SECOND)).count());
    assert!(most.max().unwrap() <= 20);
    assert_eq!(events(&watcher).await.len(), 200);
}

#[tokio::test(start_paused = true)]
async fn retry_after_silences_the_account_for_all_workers_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let (limited, limited_asked) = scripted(None, |lookup, times| match times {
        1 if lookup.id() == "p0" => {
            Err(NoAnswer::new(ErrorKind::RateLimited, "busy").with_retry_after(5 * MINUTE))
        }
        _ => paid(lookup),
    });
    let (good, _) = scripted(None, |lookup, _| paid(lookup));
    let mut accounts = one("limited", limited);
    accounts.insert("good", good);
    let watcher = watcher(&store, accounts).await;
    let add =
        |account: &'static str| watcher.add_all((0..40).map(move |id| Watch::new(account, format!("p{id}"))));
    add("limited").await.unwrap();
    add("good").await.unwrap();
    let begin = Instant::now();
    watcher.run(sleep(MINUTE)).await.unwrap();
    let told = events(&watcher).await;
    assert_eq!(told.iter().filter(|event| event.account() == "good").count(), 40);
    assert_eq!(limited_asked.lock().unwrap().len(), 1, "the first was alone");
    until_idle(&watcher).await;
    let limited = limited_asked.lock().unwrap().clone();
    assert!(limited[1..].iter().all(|(at, _)| *at - begin >= 5 * MINUTE));
    assert_eq!(events(&watcher).await.len(), 80);
}

#[tokio::test(start_paused = true)]
async fn revoked_credentials_slow_down_nobody_else_and_recover() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let begin = Instant::now();
    let (revoked, asked) = scripted(None, move |lookup, _| match begin.elapsed() < 90 * MINUTE {
        true => Err(NoAnswer::new(ErrorKind::Unauthorized, "the credentials were refused")),
        false => paid(lookup),
    });
    let (good, _) = scripted(None, |lookup, _| paid(lookup));
    let mut accounts = one("revoked", revoked);
    accounts.insert("good", good);
    let watcher = watcher(&store, accounts).await;
    watcher.add_all((0..2000).map(|id| Watch::new("revoked", format!("p{id}")))).await.unwrap();
    watcher.add_all((0..10).map(|id| Watch::new("good", format!("p{id}")))).await.unwrap();
    watcher.run(sleep(duration(5 * SECOND))).await.unwrap();
    assert_eq!(events(&watcher).await.iter().filter(|event| event.account() == "good").count(), 10);
    watcher.run(sleep(60 * MINUTE)).await.unwrap();
    let in_an_hour = asked.lock().unwrap().len();
    assert!((2..=6).contains(&in_an_hour), "{in_an_hour}");
    until_idle(&watcher).await;
    assert!(begin.elapsed() < 121 * MINUTE, "{:?}", begin.elapsed());
    let told = events(&watcher).await;
    let of_account: Vec<_> = told.iter().filter(|event| event.key().is_none()).collect();
    assert_eq!(
        of_account.iter().map(|event| event.kind()).collect::<Vec<_>>(),
        [EventKind::Blocked, EventKind::Recovered]
    );
    let line = serde_json::to_value(of_account[0]).unwrap();
    assert_eq!((&line["account"], &line["error"]["kind"]), (&json!("revoked"), &json!("unauthorized")));
    assert_eq!(told.len(), 2012);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_vanishes_loses_nothing_and_decides_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let (client, asked) = scripted(None, |lookup, _| paid(lookup));
    let client = Scripted { takes: duration(SECOND), ..client };
    let watcher = watcher(&store, one("shop", client)).await;
    watcher.add_all((0..50).map(|id| Watch::new("shop", format!("p{id}")))).await.unwrap();
    for _ in 0..5 {
        // Dropped in the middle of its asks, with leases in its hands.
        let vanishes = watcher.worker().run(std::future::pending(), |_| {});
        assert!(tokio::time::timeout(duration(3 * SECOND / 2), vanishes).await.is_err());
    }
    until_idle(&watcher).await;
    let told = events(&watcher).await;
    let keys: BTreeSet<_> = told.iter().map(|event| event.key().unwrap().to_owned()).collect();
    assert_eq!((told.len(), keys.len()), (50, 50));
    assert!(asked.lock().unwrap().len() > 50, "some were asked about again");
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_is_stopped_finishes_what_is_on_its_way_and_gives_the_rest_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let (client, asked) = scripted(Some(Pace::per_second(4)), |lookup, _| paid(lookup));
    let client = Scripted { takes: duration(10 * SECOND), ..client };
    let watcher = watcher(&store, one("shop", client)).await;
    watcher.add_all((0..50).map(|id| Watch::new("shop", format!("p{id}")))).await.unwrap();
    let begin = Instant::now();
    let progress = watcher.run(sleep(duration(12 * SECOND))).await.unwrap();
    assert!(begin.elapsed() < duration(23 * SECOND), "{:?}", begin.elapsed());
    assert_eq!(progress.in_flight, 0);
    let asked = asked.lock().unwrap().len();
    let told = events(&watcher).await.len();
    assert!(asked >= 3 && asked == told && progress.decided == told as u64, "{asked} {told}");
    // Nothing is leased: another worker goes on at once.
    let claims = watcher.store.claim(Wanted {
        accounts: vec![("shop".to_owned(), 100)],
        lease: SECOND,
        ahead: 0,
        horizon: 3600 * SECOND,
    });
    assert_eq!(claims.await.unwrap().rows.len(), 50 - told);
}

#[tokio::test(start_paused = true)]
async fn work_goes_on_by_itself_when_the_store_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let (path, away) = (folder.path().join("paystatus.db"), folder.path().join("away.db"));
    let (client, asked) = scripted(None, |lookup, _| paid(lookup));
    let client = Scripted { takes: duration(10 * SECOND), ..client };
    let watcher = watcher(&store(folder.path()).await, one("shop", client)).await;
    watcher.add_all((0..5).map(|id| Watch::new("shop", format!("p{id}")))).await.unwrap();
    let troubles = Arc::new(Mutex::new(Vec::new()));
    let working = tokio::spawn({
        let (watcher, troubles) = (watcher.clone(), Arc::clone(&troubles));
        async move {
            let see = |progress: &Progress| troubles.lock().unwrap().extend(progress.trouble.clone());
            watcher.worker().until_idle().run(std::future::pending(), see).await
        }
    });
    sleep(duration(5 * SECOND)).await;
    std::fs::rename(&path, &away).unwrap();
    sleep(duration(25 * SECOND)).await;
    std::fs::rename(&away, &path).unwrap();
    let progress = working.await.unwrap().unwrap();
    assert_eq!((progress.decided, progress.trouble.is_none()), (5, true));
    let kinds: BTreeSet<_> = troubles.lock().unwrap().iter().map(|error| error.kind().as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["unavailable"]));
    assert_eq!((events(&watcher).await.len(), asked.lock().unwrap().len()), (5, 5));
}

#[tokio::test(start_paused = true)]
async fn what_another_process_adds_is_found_without_being_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let (client, asked) = scripted(None, |lookup, _| paid(lookup));
    let accounts = Arc::new(one("shop", client));
    let (works, adds) = (watcher(&store, Arc::clone(&accounts)).await, watcher(&store, accounts).await);
    let working = tokio::spawn(async move { works.run(sleep(MINUTE)).await });
    sleep(MINUTE / 2).await;
    adds.add(Watch::new("shop", "p1")).await.unwrap();
    sleep(duration(3 * SECOND)).await;
    assert_eq!(events(&adds).await.len(), 1);
    assert_eq!(asked.lock().unwrap().len(), 1);
    assert_eq!(working.await.unwrap().unwrap().decided, 1);
}

#[tokio::test(start_paused = true)]
async fn a_hint_has_it_asked_about_at_once_and_believes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let price = Money::parse("50.00", "EUR").unwrap();
    let client = FakeClient::new("acme").pending("p1").pending("p1").paid("p1", price);
    let hour = 60 * MINUTE;
    let slow = WaitPlan::new(hour, hour, 2 * hour);
    let watcher = watcher(&store(folder.path()).await, one("shop", client)).await;
    watcher.add(Watch::new("shop", "p1").with_plan(slow)).await.unwrap();
    let worker = watcher.clone();
    let working = tokio::spawn(async move { worker.run(sleep(20 * MINUTE)).await });
    for (decided, asks) in [(0, 2), (1, 3)] {
        sleep(5 * MINUTE).await;
        assert_eq!(watcher.hint("shop", &Lookup::payment("p1")).await.unwrap(), 1);
        sleep(duration(3 * SECOND)).await;
        assert_eq!(events(&watcher).await.len(), decided, "a hint decides nothing");
        assert_eq!(watcher.show("shop/p1").await.unwrap().unwrap().asks(), asks);
    }
    assert_eq!(working.await.unwrap().unwrap().decided, 1);
}

#[tokio::test(start_paused = true)]
async fn what_can_not_be_read_ends_as_failed_and_the_worker_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let (client, _) = scripted(None, |lookup, _| paid(lookup));
    let watcher = watcher(&store, one("shop", client)).await;
    watcher.add_all((0..3).map(|id| Watch::new("shop", format!("p{id}")))).await.unwrap();
    let raw = rusqlite::Connection::open(folder.path().join("paystatus.db")).unwrap();
    assert_eq!(raw.execute("UPDATE watch SET terms = '{' WHERE key = 'shop/p1'", []).unwrap(), 1);
    let progress = until_idle(&watcher).await;
    assert_eq!((progress.decided, progress.failed), (2, 1));
    let event = watcher.history("shop/p1").await.unwrap().pop().unwrap();
    assert_eq!(event.kind(), EventKind::Failed);
    assert_eq!(serde_json::to_value(event).unwrap()["error"]["kind"], "damaged");
}

#[tokio::test(start_paused = true)]
async fn what_can_not_be_added_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let watcher = watcher(&store(folder.path()).await, one("shop", FakeClient::new("acme"))).await;
    let watch = || Watch::new("shop", "pay_1").with_key("k");
    for (refused, why) in [
        (Watch::new("shpo", "pay_1").with_key("k"), "there is no account \"shpo\": did you mean `shop`?"),
        (Watch::new("shop", "").with_key("k"), "the payment id is empty: give the id"),
        (Watch::new("shop", "..").with_key("k"), "the payment id is a relative path segment"),
        (watch().with_deadline(Duration::ZERO), "the deadline must be from 1 ms"),
        (watch().with_deadline(4000 * DAY), "the deadline must be from 1 ms to ten years"),
        (watch().with_deadline_at(SystemTime::UNIX_EPOCH), "the deadline is in the past"),
        (watch().following_for(4000 * DAY), "`follow` must be at most ten years"),
        (
            watch().with_metadata(json!("x".repeat(4095))),
            "the metadata has 4097 bytes of JSON and may have 4096",
        ),
        (watch().with_plan(WaitPlan::new(DAY, MINUTE, DAY)), "a wait's longest pause"),
    ] {
        let error = watcher.add(refused).await.unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Refused, "{error}");
        assert!(error.to_string().starts_with(&format!("watch `k`: {why}")), "{error}");
    }
    for (key, why) in [("", "the key is blank"), ("a\nb", "the key has a control character")] {
        let error = watcher.add(watch().with_key(key)).await.unwrap_err().to_string();
        assert!(error.contains(why) && !error.contains('\n'), "{error}");
    }
    assert!(std::pin::pin!(watcher.list(Filter::default())).next().await.is_none(), "nothing was added");
    watcher.add(watch().with_metadata(json!("x".repeat(4094)))).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn consumers_share_a_name_and_see_each_event_at_least_once_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path()).await;
    let (client, _) = scripted(None, |lookup, _| paid(lookup));
    let watcher = watcher(&store, one("shop", client)).await;
    watcher.add_all((0..10).map(|id| Watch::new("shop", format!("p{id}")))).await.unwrap();
    until_idle(&watcher).await;
    let all = events(&watcher).await;
    let take = async |deliveries: &mut crate::Deliveries| deliveries.next().await.unwrap().unwrap();

    let mut first = watcher.deliveries("mail");
    for event in &all[..3] {
        let delivery = take(&mut first).await;
        assert_eq!(delivery.event(), event);
        delivery.acknowledge().await.unwrap();
    }
    let unacknowledged = take(&mut first).await;
    let mut second = watcher.deliveries("mail");
    let waits = tokio::time::timeout(duration(20 * SECOND), second.next()).await;
    assert!(waits.is_err(), "the first one has them");
    // The first one is silent for more than a minute: it may be gone.
    sleep(2 * MINUTE).await;
    let delivery = take(&mut second).await;
    assert_eq!(delivery.event(), &all[3], "what was not acknowledged comes again");
    delivery.acknowledge().await.unwrap();
    assert_eq!(unacknowledged.acknowledge().await.unwrap_err().kind(), crate::ErrorKind::Conflict);
    drop(second);
    sleep(duration(SECOND)).await;
    let mut third = watcher.deliveries("mail");
    assert_eq!(take(&mut third).await.event(), &all[4]);
    // Another consumer has every event of its own.
    let mut ledger = watcher.deliveries("ledger");
    assert_eq!(take(&mut ledger).await.event(), &all[0]);
}
