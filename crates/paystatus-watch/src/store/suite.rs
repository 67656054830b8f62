//! What every store promises: one suite, run against each of them.

use std::{collections::BTreeSet, fmt, sync::Arc};

use futures_util::future::BoxFuture;
use paystatus::{Error as NoAnswer, ErrorKind as NoAnswerKind, Lookup};

use super::{Change, Claimed, Claims, Finish, Served, Store, Wanted};
use crate::{
    ErrorKind, Event, EventKind, Filter, State, Watch,
    event::Body,
    health::News,
    moment::{Micros, SECOND, duration},
};

/// A store, and what a test does to it beside asking it.
pub(crate) struct Subject {
    pub(crate) store: Arc<dyn Store>,
    /// Moves the store's clock on.
    pub(crate) pass: Box<dyn Fn(Micros) -> BoxFuture<'static, ()> + Send + Sync>,
    /// Makes what is kept of a watch unreadable.
    pub(crate) damage: Box<Damages>,
}

type Damages = dyn Fn(&str) -> BoxFuture<'static, ()> + Send + Sync;

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(f)
    }
}

/// One test for each promise, against whatever `$open` opens.
macro_rules! suite {
    ($open:path: $($name:ident),* $(,)?) => {$(
        #[tokio::test]
        async fn $name() {
            let Some((subject, _kept)) = $open().await else { return };
            crate::store::suite::$name(&subject).await;
        }
    )*};
    ($open:path) => {
        crate::store::suite::suite! { $open:
            adding_twice_is_the_same_watch_and_other_content_is_refused,
            what_can_not_be_added_is_refused_by_name_and_the_rest_is_added,
            a_worker_that_lost_its_lease_can_not_write,
            the_same_result_sent_again_changes_nothing,
            there_is_no_second_decision,
            a_result_and_its_event_are_kept_together,
            the_pace_holds_over_all_workers_and_a_crash_counts,
            silence_and_trouble_of_one_account_are_no_business_of_another,
            an_account_that_refuses_is_asked_a_handful_of_times_and_told_about_once,
            every_account_has_its_turn,
            what_is_given_back_is_due_as_it_was,
            a_canceled_watch_takes_no_answer,
            a_hint_makes_it_due_at_once_even_while_it_is_asked_about,
            what_nobody_asks_about_expires_all_the_same,
            events_come_in_order_with_ids_of_their_own,
            one_holder_at_a_time_has_a_consumers_place,
            what_was_acknowledged_and_is_old_can_be_removed,
            what_can_not_be_read_stops_nobody_else,
            watches_are_listed_page_by_page,
        }
    };
}
pub(crate) use suite;

const MINUTE: Micros = 60 * SECOND;
const DAY: Micros = 24 * 60 * MINUTE;
const LEASE: Micros = MINUTE;

impl Subject {
    async fn pass(&self, time: Micros) {
        (self.pass)(time).await;
    }

    /// Makes accounts known, with so much time between two asks.
    async fn serve(&self, accounts: &[(&str, Micros)]) {
        let served =
            accounts.iter().map(|(name, gap)| Served { name: (*name).to_owned(), gap: *gap, start: 0 });
        self.store.serve(served.collect()).await.unwrap();
    }

    /// Accounts that have answered before: they are not asked one at a time any more.
    async fn serve_proven(&self, accounts: &[(&str, Micros)]) {
        self.serve(accounts).await;
        let good = News { is_probe: true, answered: true, ..News::default() };
        let news = accounts.iter().map(|(name, _)| ((*name).to_owned(), good.clone())).collect();
        self.store.finish(Vec::new(), news).await.unwrap();
    }

    async fn add(&self, account: &str, ids: impl IntoIterator<Item = u32>) {
        let watches = ids.into_iter().map(|id| watch(account, id)).collect();
        for added in self.store.add(watches).await.unwrap() {
            assert!(added.unwrap().is_new);
        }
    }

    async fn claim(&self, accounts: &[&str]) -> Claims {
        let accounts = accounts.iter().map(|name| ((*name).to_owned(), 100)).collect();
        self.store.claim(Wanted { accounts, lease: LEASE, ahead: 0, horizon: SECOND }).await.unwrap()
    }

    /// Claims again and again as long as there is something.
    async fn claim_all(&self, accounts: &[&str]) -> Vec<Claimed> {
        let mut all = Vec::new();
        loop {
            let claims = self.claim(accounts).await;
            if claims.rows.is_empty() {
                return all;
            }
            all.extend(claims.rows);
        }
    }

    async fn finish(&self, results: Vec<Finish>) -> usize {
        self.store.finish(results, Vec::new()).await.unwrap().len()
    }

    async fn events(&self) -> Vec<Event> {
        self.store.events("", 1000).await.unwrap()
    }

    async fn state(&self, key: &str) -> State {
        self.store.show(key).await.unwrap().unwrap().life.state
    }
}

fn watch(account: &str, id: u32) -> Watch {
    Watch::new(account, Lookup::payment(format!("p{id}")))
}

fn change(state: State, next_in: Option<Micros>, kind: Option<EventKind>) -> Option<Change> {
    let event = kind.map(|kind| (kind, Body::default()));
    Some(Change { state, asks: 1, known: "{}".to_owned(), next_in, event })
}

fn pending(row: &Claimed, next_in: Micros) -> Finish {
    Finish { id: row.id, fence: row.fence, change: change(State::Open, Some(next_in), None) }
}

fn decided(row: &Claimed) -> Finish {
    let change = change(State::Decided, None, Some(EventKind::Decided));
    Finish { id: row.id, fence: row.fence, change }
}

fn key(row: &Claimed) -> &str {
    &row.stored.as_ref().unwrap().key
}

fn keys(rows: &[Claimed]) -> BTreeSet<String> {
    rows.iter().map(|row| key(row).to_owned()).collect()
}

pub(crate) async fn adding_twice_is_the_same_watch_and_other_content_is_refused(subject: &Subject) {
    subject.serve(&[("shop", 0), ("other", 0)]).await;
    let add = async |watch: Watch| subject.store.add(vec![watch]).await.unwrap().pop().unwrap();
    let first = watch("shop", 1).with_key("k").with_metadata(serde_json::json!({ "a": 1, "b": [1.5, "x"] }));
    let added = add(first.clone()).await.unwrap();
    assert_eq!((added.key.as_str(), added.state, added.is_new), ("k", State::Open, true));
    subject.pass(DAY).await;
    let again = add(first.clone()).await.unwrap();
    assert_eq!((again.state, again.is_new), (State::Open, false));
    for other in [
        first.clone().with_deadline(duration(DAY)),
        first.clone().with_metadata(serde_json::json!({ "a": 2 })),
        watch("shop", 1).with_key("k"),
        watch("shop", 2).with_key("k"),
        watch("other", 1).with_key("k"),
        Watch::new("shop", Lookup::order("p1")).with_key("k"),
    ] {
        let refused = add(other).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Conflict);
        assert!(refused.to_string().starts_with("watch `k`: there is another"), "{refused}");
    }
    assert_eq!(subject.store.list(&Filter::default(), 0, 10).await.unwrap().len(), 1);
    let stored = subject.store.show("k").await.unwrap().unwrap();
    assert_eq!((stored.lookup.id(), &stored.terms), ("p1", &first.terms));
    let row = subject.claim(&["shop"]).await.rows.pop().unwrap();
    assert_eq!(subject.finish(vec![decided(&row)]).await, 1);
    let after = add(first).await.unwrap();
    assert_eq!((after.state, after.is_new), (State::Decided, false));
}

pub(crate) async fn what_can_not_be_added_is_refused_by_name_and_the_rest_is_added(subject: &Subject) {
    subject.serve(&[("shop", 0)]).await;
    let past = std::time::SystemTime::UNIX_EPOCH + duration(1000 * DAY);
    let results = subject.store.add(vec![
        watch("shop", 1).with_deadline_at(past),
        watch("shop", 2),
        watch("shpo", 3),
        watch("shop", 4),
    ]);
    let results = results.await.unwrap();
    let told: Vec<_> = results.iter().map(|result| result.as_ref().map_err(ToString::to_string)).collect();
    assert_eq!(told[0].as_ref().unwrap_err(), "watch `shop/p1`: the deadline is in the past");
    assert_eq!(told[2].as_ref().unwrap_err(), "watch `shpo/p3`: the store knows no account \"shpo\"");
    assert!(told[1].is_ok() && told[3].is_ok());
    assert_eq!(keys(&subject.claim_all(&["shop", "shpo"]).await).len(), 1, "one at a time at first");
    assert_eq!(subject.store.list(&Filter::default(), 0, 10).await.unwrap().len(), 2);
}

pub(crate) async fn a_worker_that_lost_its_lease_can_not_write(subject: &Subject) {
    subject.serve_proven(&[("shop", 0)]).await;
    subject.add("shop", [1]).await;
    let slow = subject.claim(&["shop"]).await.rows.pop().unwrap();
    assert!(subject.claim(&["shop"]).await.rows.is_empty(), "it is leased");
    subject.pass(LEASE + 1).await;
    let quick = subject.claim(&["shop"]).await.rows.pop().unwrap();
    assert_eq!((quick.id, quick.fence), (slow.id, slow.fence + 1));
    assert_eq!(subject.finish(vec![decided(&slow)]).await, 0);
    assert_eq!(subject.finish(vec![Finish { change: None, ..decided(&slow) }]).await, 0);
    assert_eq!((subject.events().await.len(), subject.state("shop/p1").await), (0, State::Open));
    assert_eq!(subject.finish(vec![decided(&quick)]).await, 1);
    assert_eq!(subject.finish(vec![decided(&slow)]).await, 0);
    assert_eq!((subject.events().await.len(), subject.state("shop/p1").await), (1, State::Decided));
}

pub(crate) async fn the_same_result_sent_again_changes_nothing(subject: &Subject) {
    subject.serve_proven(&[("shop", 0)]).await;
    subject.add("shop", 1..=3).await;
    let rows = subject.claim(&["shop"]).await.rows;
    let results = || vec![decided(&rows[0]), pending(&rows[1], MINUTE), decided(&rows[2])];
    assert_eq!(subject.finish(results()).await, 3);
    assert_eq!(subject.finish(results()).await, 0);
    assert_eq!(subject.events().await.len(), 2);
}

pub(crate) async fn there_is_no_second_decision(subject: &Subject) {
    subject.serve_proven(&[("shop", 0)]).await;
    subject.add("shop", [1]).await;
    let following = |row: &Claimed| Finish {
        id: row.id,
        fence: row.fence,
        change: change(State::Decided, Some(MINUTE), Some(EventKind::Decided)),
    };
    for _ in 0..3 {
        let row = subject.claim(&["shop"]).await.rows.pop().unwrap();
        assert_eq!(subject.finish(vec![following(&row)]).await, 1);
        subject.pass(2 * MINUTE).await;
    }
    let kinds: Vec<_> = subject.events().await.iter().map(Event::kind).collect();
    assert_eq!(kinds, [EventKind::Decided]);
    let row = subject.claim(&["shop"]).await.rows.pop().unwrap();
    let refund = change(State::Decided, None, Some(EventKind::Changed));
    assert_eq!(subject.finish(vec![Finish { change: refund, ..decided(&row) }]).await, 1);
    let events = subject.events().await;
    assert_eq!((events[1].kind(), events[1].number()), (EventKind::Changed, 2));
    assert_eq!(subject.store.history("shop/p1").await.unwrap(), events);
}

pub(crate) async fn a_result_and_its_event_are_kept_together(subject: &Subject) {
    subject.serve_proven(&[("shop", 0)]).await;
    subject.add("shop", 0..100).await;
    let rows = subject.claim(&["shop"]).await.rows;
    // In any order, and with results of leases that were lost among them.
    let results = rows.iter().rev().map(|row| Finish { fence: row.fence - row.id % 2, ..decided(row) });
    let kept: BTreeSet<_> =
        subject.store.finish(results.collect(), Vec::new()).await.unwrap().into_iter().collect();
    let (mut events, mut states) = (BTreeSet::new(), BTreeSet::new());
    for event in subject.events().await {
        assert!(events.insert(event.key().unwrap().to_owned()));
    }
    for stored in subject.store.list(&Filter::default().in_state(State::Decided), 0, 1000).await.unwrap() {
        assert!(kept.contains(&stored.id) && stored.life.decided_at.is_some());
        states.insert(stored.key);
    }
    assert_eq!((kept.len(), &events), (50, &states));
}

pub(crate) async fn the_pace_holds_over_all_workers_and_a_crash_counts(subject: &Subject) {
    let gap = SECOND / 10;
    subject.serve_proven(&[("shop", gap), ("free", 0)]).await;
    subject.add("shop", 0..100).await;
    subject.add("free", 0..50).await;
    let mut slots: Vec<Micros> = Vec::new();
    let mut time = 0;
    // Nothing ever comes back: every worker crashes with what it was given.
    for _ in 0..40 {
        for _worker in 0..3 {
            let rows = subject.claim(&["shop"]).await.rows;
            assert!(rows.iter().all(|row| (0..=SECOND).contains(&row.ask_in)));
            slots.extend(rows.iter().map(|row| time + row.ask_in));
        }
        subject.pass(SECOND / 4).await;
        time += SECOND / 4;
    }
    assert!(slots.len() >= 95, "{}", slots.len());
    assert!(slots.is_sorted());
    let close = slots.windows(2).filter(|pair| pair[1] - pair[0] < gap).count();
    // Where the store's clock can't be stopped it goes on between a claim and the next.
    assert!(close <= 40, "{close} asks came too early");
    let span = slots.last().unwrap() - slots[0];
    assert!(slots.len() as i64 <= span / gap + 1, "{} asks in {span}", slots.len());
    assert_eq!(subject.claim_all(&["free"]).await.len(), 50, "an account without a pace has none");
}

pub(crate) async fn silence_and_trouble_of_one_account_are_no_business_of_another(subject: &Subject) {
    subject.serve_proven(&[("limited", 0), ("good", 0)]).await;
    subject.add("limited", 0..10).await;
    subject.add("good", 0..10).await;
    let mut news = News::default();
    let busy = NoAnswer::new(NoAnswerKind::RateLimited, "busy").with_retry_after(duration(5 * MINUTE));
    news.add(Err(&busy));
    subject.store.finish(Vec::new(), vec![("limited".to_owned(), news)]).await.unwrap();
    let rows = subject.claim_all(&["limited", "good"]).await;
    assert!(rows.len() == 10 && rows.iter().all(|row| row.account == "good"));
    let next_in = subject.claim(&["limited", "good"]).await.next_in.unwrap();
    assert!(next_in > 4 * MINUTE && next_in <= 5 * MINUTE, "{next_in}");
    subject.pass(5 * MINUTE).await;
    assert_eq!(subject.claim_all(&["limited"]).await.len(), 10);
    assert!(subject.events().await.is_empty(), "a limit is nothing that a person has to know");
}

pub(crate) async fn an_account_that_refuses_is_asked_a_handful_of_times_and_told_about_once(
    subject: &Subject,
) {
    subject.serve(&[("revoked", 0), ("good", 0)]).await;
    subject.add("revoked", 0..300).await;
    subject.add("good", 0..10).await;
    let refused = NoAnswer::new(NoAnswerKind::Unauthorized, "the credentials were refused");
    let (mut asks, mut good) = (Vec::new(), 0);
    // For two hours a worker looks every ten seconds.
    for _ in 0..720 {
        let rows = subject.claim(&["revoked", "good"]).await.rows;
        let (mut results, mut news) = (Vec::new(), std::collections::BTreeMap::<String, News>::new());
        for row in &rows {
            let news = news.entry(row.account.clone()).or_default();
            news.is_probe |= row.is_probe;
            if row.account == "good" {
                good += 1;
                results.push(decided(row));
                news.add(Ok(()));
            } else {
                asks.push(key(row).to_owned());
                results.push(pending(row, MINUTE));
                news.add(Err(&refused));
            }
        }
        subject.store.finish(results, news.into_iter().collect()).await.unwrap();
        subject.pass(10 * SECOND).await;
    }
    assert!(good == 10 && (5..=9).contains(&asks.len()), "{good} {asks:?}");
    assert_eq!(asks.iter().collect::<BTreeSet<_>>().len(), asks.len(), "not the same payment each time");
    let alerts = |events: Vec<Event>| {
        let of_account = events.into_iter().filter(|event| event.key().is_none());
        of_account.map(|event| (event.account, event.kind, event.number)).collect::<Vec<_>>()
    };
    let blocked = ("revoked".to_owned(), EventKind::Blocked, 1);
    assert_eq!(alerts(subject.events().await), std::slice::from_ref(&blocked));
    // The key is good again.
    subject.pass(30 * MINUTE).await;
    let probe = subject.claim(&["revoked"]).await.rows;
    assert!(probe.len() == 1 && probe[0].is_probe);
    let good = News { is_probe: true, answered: true, ..News::default() };
    subject.store.finish(vec![decided(&probe[0])], vec![("revoked".to_owned(), good)]).await.unwrap();
    assert!(subject.claim_all(&["revoked"]).await.len() > 200);
    let recovered = ("revoked".to_owned(), EventKind::Recovered, 2);
    assert_eq!(alerts(subject.events().await), [blocked, recovered]);
}

pub(crate) async fn every_account_has_its_turn(subject: &Subject) {
    let accounts: Vec<_> = (0..5).map(|index| format!("a{index}")).collect();
    let names: Vec<&str> = accounts.iter().map(String::as_str).collect();
    subject.serve_proven(&names.iter().map(|name| (*name, 0)).collect::<Vec<_>>()).await;
    subject.add("a0", 0..1000).await;
    for name in &names[1..] {
        subject.add(name, [1]).await;
    }
    let mut seen = BTreeSet::new();
    for _ in 0..names.len() {
        let rows = subject.claim(&names).await.rows;
        assert!(rows.iter().filter(|row| row.account == "a0").count() <= 100);
        seen.extend(rows.into_iter().map(|row| row.account));
    }
    assert_eq!(seen.len(), names.len(), "{seen:?}");
    assert!(subject.claim(&["nobody"]).await.rows.is_empty());
}

pub(crate) async fn what_is_given_back_is_due_as_it_was(subject: &Subject) {
    subject.serve_proven(&[("shop", 0)]).await;
    subject.add("shop", [1]).await;
    let before = subject.store.show("shop/p1").await.unwrap().unwrap();
    let row = subject.claim(&["shop"]).await.rows.pop().unwrap();
    assert_eq!(subject.finish(vec![Finish { change: None, ..decided(&row) }]).await, 1);
    assert_eq!(subject.store.show("shop/p1").await.unwrap().unwrap(), before);
    assert_eq!(subject.claim(&["shop"]).await.rows.len(), 1, "at once");
}

pub(crate) async fn a_canceled_watch_takes_no_answer(subject: &Subject) {
    subject.serve_proven(&[("shop", 0)]).await;
    subject.add("shop", 1..=2).await;
    let rows = subject.claim(&["shop"]).await.rows;
    assert_eq!(subject.store.cancel("shop/p1").await.unwrap(), Some(State::Canceled));
    assert_eq!(subject.store.cancel("nobody").await.unwrap(), None);
    assert_eq!(subject.finish(rows.iter().map(decided).collect()).await, 1);
    assert_eq!(subject.state("shop/p1").await, State::Canceled);
    // A decision is not called off.
    assert_eq!(subject.store.cancel("shop/p2").await.unwrap(), Some(State::Decided));
    assert_eq!(subject.store.cancel("shop/p1").await.unwrap(), Some(State::Canceled));
    assert_eq!(subject.events().await.len(), 1);
    subject.pass(4 * DAY).await;
    assert!(subject.claim(&["shop"]).await.rows.is_empty());
    assert!(subject.store.overdue(MINUTE, LEASE, 10).await.unwrap().rows.is_empty());
}

pub(crate) async fn a_hint_makes_it_due_at_once_even_while_it_is_asked_about(subject: &Subject) {
    subject.serve_proven(&[("shop", 0), ("other", 0)]).await;
    subject.add("shop", 1..=2).await;
    let rows = subject.claim(&["shop"]).await.rows;
    subject.finish(rows.iter().map(|row| pending(row, 60 * MINUTE)).collect()).await;
    assert!(subject.claim(&["shop"]).await.rows.is_empty());
    let hint = async |account: &str, lookup: Lookup| subject.store.hint(account, &lookup).await.unwrap();
    for nobody in [hint("other", Lookup::payment("p1")).await, hint("shop", Lookup::order("p1")).await] {
        assert_eq!(nobody, 0);
    }
    assert_eq!(hint("shop", Lookup::payment("p1")).await, 1);
    let row = subject.claim(&["shop"]).await.rows.pop().unwrap();
    assert_eq!(key(&row), "shop/p1");
    // The news may have come after the question.
    assert_eq!(hint("shop", Lookup::payment("p1")).await, 1);
    assert!(subject.claim(&["shop"]).await.rows.is_empty(), "it is leased");
    subject.finish(vec![pending(&row, 60 * MINUTE)]).await;
    let row = subject.claim(&["shop"]).await.rows.pop().unwrap();
    subject.finish(vec![decided(&row)]).await;
    assert_eq!(hint("shop", Lookup::payment("p1")).await, 0, "it has ended");
    assert!(subject.claim(&["shop"]).await.rows.is_empty());
}

pub(crate) async fn what_nobody_asks_about_expires_all_the_same(subject: &Subject) {
    subject.serve_proven(&[("abandoned", 0)]).await;
    subject.add("abandoned", 1..=3).await;
    let none = subject.store.overdue(MINUTE, LEASE, 10).await.unwrap();
    assert!(none.rows.is_empty());
    subject.pass(3 * DAY + 30 * SECOND).await;
    assert!(subject.store.overdue(MINUTE, LEASE, 10).await.unwrap().rows.is_empty(), "it has a last ask");
    subject.pass(MINUTE).await;
    let overdue = subject.store.overdue(MINUTE, LEASE, 2).await.unwrap();
    assert_eq!((overdue.rows.len(), overdue.rows[0].account.as_str()), (2, "abandoned"));
    let life = &overdue.rows[0].stored.as_ref().unwrap().life;
    assert!(overdue.now >= life.deadline_at + MINUTE);
    assert_eq!(subject.store.overdue(MINUTE, LEASE, 10).await.unwrap().rows.len(), 1);
    let expired = |row: &Claimed| {
        let change = change(State::Expired, None, Some(EventKind::Expired));
        Finish { change, ..decided(row) }
    };
    assert_eq!(subject.finish(overdue.rows.iter().map(expired).collect()).await, 2);
    assert_eq!(subject.store.open(vec!["abandoned".to_owned()]).await.unwrap(), 1);
}

pub(crate) async fn events_come_in_order_with_ids_of_their_own(subject: &Subject) {
    subject.serve_proven(&[("shop", 0)]).await;
    subject.add("shop", 0..50).await;
    let rows = subject.claim(&["shop"]).await.rows;
    for row in &rows {
        subject.finish(vec![decided(row)]).await;
    }
    let (mut cursor, mut told) = (String::new(), Vec::new());
    loop {
        let page = subject.store.events(&cursor, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        cursor = last.cursor().to_owned();
        told.extend(page);
    }
    assert_eq!(told.len(), 50);
    let order: Vec<_> = rows.iter().map(|row| key(row).to_owned()).collect();
    let of_events: Vec<_> = told.iter().map(|event| event.key().unwrap().to_owned()).collect();
    assert_eq!(of_events, order);
    let ids: BTreeSet<_> = told.iter().map(|event| event.id().to_owned()).collect();
    assert!(ids.len() == 50 && ids.iter().all(|id| id.len() >= 32), "{ids:?}");
    assert_eq!(subject.events().await, told, "each time the same");
    for nonsense in ["x", "-1"] {
        assert_eq!(subject.store.events(nonsense, 1).await.unwrap_err().kind(), ErrorKind::Refused);
    }
}

pub(crate) async fn one_holder_at_a_time_has_a_consumers_place(subject: &Subject) {
    subject.serve_proven(&[("shop", 0)]).await;
    subject.add("shop", 0..3).await;
    let rows = subject.claim(&["shop"]).await.rows;
    subject.finish(rows.iter().map(decided).collect()).await;
    let events = subject.events().await;
    let hold = async |holder: &str| subject.store.hold("mail", holder, MINUTE).await.unwrap();
    let seen = async |holder: &str, event: &Event| {
        subject.store.acknowledge("mail", holder, event.cursor()).await.unwrap()
    };
    let begin = hold("one").await.unwrap();
    assert_eq!(subject.store.events(&begin, 10).await.unwrap(), events);
    assert_eq!(hold("two").await, None);
    assert!(seen("one", &events[0]).await && !seen("two", &events[1]).await);
    assert_eq!(hold("one").await.as_deref(), Some(events[0].cursor()));
    subject.pass(2 * MINUTE).await;
    assert_eq!(hold("two").await.as_deref(), Some(events[0].cursor()), "one is gone");
    assert!(!seen("one", &events[2]).await && seen("two", &events[1]).await);
    assert!(seen("two", &events[0]).await, "going back changes nothing");
    subject.store.release("mail", "two").await.unwrap();
    assert_eq!(hold("one").await.as_deref(), Some(events[1].cursor()));
    // Another consumer has a place of its own.
    let other = subject.store.hold("ledger", "three", MINUTE).await.unwrap().unwrap();
    assert_eq!(subject.store.events(&other, 10).await.unwrap().len(), 3);
}

pub(crate) async fn what_was_acknowledged_and_is_old_can_be_removed(subject: &Subject) {
    subject.serve_proven(&[("shop", 0)]).await;
    subject.add("shop", 0..4).await;
    let rows = subject.claim(&["shop"]).await.rows;
    subject.finish(rows[..2].iter().map(decided).chain([pending(&rows[2], DAY)]).collect()).await;
    subject.store.cancel(key(&rows[3])).await.unwrap();
    let prune = async |days: i64| subject.store.prune(days * DAY, 100).await.unwrap();
    assert_eq!(prune(1).await, 0);
    subject.pass(2 * DAY).await;
    let events = subject.events().await;
    subject.store.hold("mail", "one", MINUTE).await.unwrap();
    assert!(subject.store.acknowledge("mail", "one", events[0].cursor()).await.unwrap());
    assert_eq!(prune(1).await, 2, "the canceled one, and the one whose event was seen");
    assert_eq!(subject.events().await, events[1..]);
    assert!(subject.store.acknowledge("mail", "one", events[1].cursor()).await.unwrap());
    assert_eq!(prune(1).await, 1);
    let left = subject.store.list(&Filter::default(), 0, 10).await.unwrap();
    assert_eq!((left.len(), left[0].life.state), (1, State::Open), "what is open is never removed");
    // Its place in the events stands.
    assert_eq!(subject.store.events(events[1].cursor(), 10).await.unwrap(), []);
}

pub(crate) async fn what_can_not_be_read_stops_nobody_else(subject: &Subject) {
    subject.serve_proven(&[("shop", 0)]).await;
    subject.add("shop", 1..=3).await;
    (subject.damage)("shop/p2").await;
    let shown = subject.store.show("shop/p2").await.unwrap().unwrap();
    assert_eq!((shown.life.state, shown.life.known.error.unwrap().kind.as_str()), (State::Open, "damaged"));
    assert_eq!(subject.store.list(&Filter::default(), 0, 10).await.unwrap().len(), 3);
    let again = subject.store.add(vec![watch("shop", 2)]).await.unwrap().pop().unwrap();
    assert_eq!(again.unwrap_err().kind(), ErrorKind::Conflict);
    let rows = subject.claim(&["shop"]).await.rows;
    let (good, bad): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.stored.is_ok());
    assert_eq!((good.len(), bad.len()), (2, 1));
    let failed = Finish { change: change(State::Failed, None, Some(EventKind::Failed)), ..decided(&bad[0]) };
    assert_eq!(subject.finish(vec![decided(&good[0]), failed, decided(&good[1])]).await, 3);
    let events = subject.events().await;
    assert_eq!((events[1].key(), events[1].kind()), (Some("shop/p2"), EventKind::Failed));
    assert_eq!(subject.state("shop/p2").await, State::Failed);
}

pub(crate) async fn watches_are_listed_page_by_page(subject: &Subject) {
    subject.serve_proven(&[("shop", 0), ("other", 0)]).await;
    subject.add("shop", 0..5).await;
    subject.add("other", 0..5).await;
    subject.store.cancel("shop/p3").await.unwrap();
    let list = async |filter: Filter, after, most| {
        let list = subject.store.list(&filter, after, most).await.unwrap();
        list.into_iter().map(|stored| (stored.id, stored.key)).collect::<Vec<_>>()
    };
    let all = list(Filter::default(), 0, 100).await;
    assert_eq!(all.len(), 10);
    assert_eq!(list(Filter::default(), all[3].0, 3).await, all[4..7]);
    let open = list(Filter::default().in_state(State::Open).of_account("shop"), 0, 100).await;
    assert_eq!(open.len(), 4);
    let canceled = list(Filter::default().in_state(State::Canceled), 0, 100).await;
    assert_eq!(canceled.into_iter().map(|(_, key)| key).collect::<Vec<_>>(), ["shop/p3"]);
    let accounts = ["shop", "other", "nobody"].map(ToOwned::to_owned).to_vec();
    assert_eq!(subject.store.open(accounts).await.unwrap(), 9);
}
