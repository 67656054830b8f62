//! The suite, and what only a file can do.

use std::{
    fs,
    sync::atomic::{AtomicI64, Ordering},
};

use super::*;
use crate::{
    ErrorKind,
    moment::{SECOND, to_system_time},
    store::{
        Change,
        suite::{Subject, suite},
    },
};

/// Some time in November 2026.
const BEGIN: Micros = 1_795_000_000 * SECOND;

async fn open() -> Option<(Subject, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("paystatus.db");
    let now = Arc::new(AtomicI64::new(BEGIN));
    let clock = Arc::clone(&now);
    let store =
        Sqlite::with_clock(&path, move || to_system_time(clock.load(Ordering::Relaxed))).await.unwrap();
    let subject = Subject {
        store: Arc::new(store.clone()),
        pass: Box::new(move |time| {
            now.fetch_add(time, Ordering::Relaxed);
            Box::pin(async {})
        }),
        damage: Box::new(move |key| {
            let (store, key) = (store.clone(), key.to_owned());
            Box::pin(async move {
                let damage = "UPDATE watch SET known = '{\"last\":7' WHERE key = ?1";
                let changed = store.write(move |tx, _| tx.execute(damage, [key])).await;
                assert_eq!(changed.unwrap(), 1);
            })
        }),
    };
    Some((subject, folder))
}

suite!(open);

fn served(name: &str) -> Served {
    Served { name: name.to_owned(), gap: 0, start: 0 }
}

/// A store with one watch in it.
async fn with_a_watch(path: &Path) -> Sqlite {
    let store = Sqlite::open(path).await.unwrap();
    store.serve(vec![served("shop")]).await.unwrap();
    store.add(vec![Watch::new("shop", "p1")]).await.unwrap().pop().unwrap().unwrap();
    store
}

#[tokio::test]
async fn what_is_not_ours_is_refused_and_stays_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (letter, foreign) = (folder.path().join("letter.txt"), folder.path().join("foreign.db"));
    fs::write(&letter, "Dear customer").unwrap();
    Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (1)")
        .unwrap();
    for path in [&letter, &foreign] {
        let before = fs::read(path).unwrap();
        let error = Sqlite::open(path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unusable);
        assert!(
            error.to_string().ends_with("is not a store of paystatus and stays as it is: name another file")
        );
        assert_eq!(fs::read(path).unwrap(), before);
    }
    assert_eq!(Sqlite::open(folder.path()).await.unwrap_err().kind(), ErrorKind::Unusable);
    let nowhere = Sqlite::open(folder.path().join("no-such-folder/x.db")).await.unwrap_err();
    assert_eq!(nowhere.kind(), ErrorKind::Unavailable);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing was made beside them");
}

#[tokio::test]
async fn a_newer_version_is_refused_and_stays_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("paystatus.db");
    drop(with_a_watch(&path).await);
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let before = fs::read(&path).unwrap();
    let error = Sqlite::open(&path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unusable);
    let told = "is of version 99, and this program knows versions up to 1: update paystatus";
    assert!(error.to_string().ends_with(told), "{error}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_store_that_is_gone_for_a_while_is_used_again_and_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (path, away) = (folder.path().join("paystatus.db"), folder.path().join("away.db"));
    let store = with_a_watch(&path).await;
    fs::rename(&path, &away).unwrap();
    for _ in 0..2 {
        let error = store.add(vec![Watch::new("shop", "p2")]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.to_string().contains("is not there: name the right one, or put it back"), "{error}");
    }
    assert!(!path.exists());
    fs::rename(&away, &path).unwrap();
    assert!(store.add(vec![Watch::new("shop", "p2")]).await.unwrap()[0].is_ok());
    assert_eq!(store.list(&Filter::default(), 0, 9).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_full_store_says_so_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_a_watch(&folder.path().join("paystatus.db")).await;
    let limit = async |pages: u32| {
        let sql = format!("PRAGMA max_page_count = {pages}");
        store
            .read(move |connection| connection.query_row(&sql, [], |row| row.get::<_, i64>(0)))
            .await
            .unwrap()
    };
    limit(1).await;
    let many = || (0..500).map(|id| Watch::new("shop", format!("q{id}"))).collect::<Vec<_>>();
    let error = store.add(many()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().ends_with("can't be written: the disk is full"), "{error}");
    assert_eq!(store.list(&Filter::default(), 0, 9).await.unwrap().len(), 1, "all or nothing");
    limit(1_000_000).await;
    assert_eq!(store.add(many()).await.unwrap().len(), 500);
}

#[tokio::test]
async fn a_decision_whose_event_can_not_be_written_is_not_kept_either() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_a_watch(&folder.path().join("paystatus.db")).await;
    let accounts = vec![("shop".to_owned(), 9)];
    let wanted = Wanted { accounts, lease: SECOND, ahead: 0, horizon: SECOND };
    let row = store.claim(wanted).await.unwrap().rows.pop().unwrap();
    let event = Some((crate::EventKind::Decided, crate::event::Body::default()));
    let change = Change { state: State::Decided, asks: 1, known: "{}".to_owned(), next_in: None, event };
    let finish = || vec![Finish { id: row.id, fence: row.fence, change: Some(change.clone()) }];
    let breaks = "CREATE TEMP TRIGGER broken BEFORE INSERT ON event BEGIN SELECT raise(ABORT, 'broken'); END";
    store.read(move |connection| connection.execute_batch(breaks)).await.unwrap();
    assert!(store.finish(finish(), Vec::new()).await.is_err());
    assert_eq!(store.show("shop/p1").await.unwrap().unwrap().life.state, State::Open);
    store.read(|connection| connection.execute_batch("DROP TRIGGER broken")).await.unwrap();
    assert_eq!(store.finish(finish(), Vec::new()).await.unwrap().len(), 1, "the same once more");
    assert_eq!(store.events("", 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_store_that_can_only_be_read_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_a_watch(&folder.path().join("paystatus.db")).await;
    store.read(|connection| connection.execute_batch("PRAGMA query_only = ON")).await.unwrap();
    let error = store.add(vec![Watch::new("shop", "p2")]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().ends_with("can't be written: it is read-only"), "{error}");
    assert_eq!(store.list(&Filter::default(), 0, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn many_open_a_new_store_at_once_and_share_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("paystatus.db");
    let each = (0..8).map(|index| {
        let path = path.clone();
        tokio::spawn(async move {
            let store = Sqlite::open(path).await.unwrap();
            store.serve(vec![served("shop")]).await.unwrap();
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
async fn a_cursor_of_the_future_tells_that_the_store_was_restored() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_a_watch(&folder.path().join("paystatus.db")).await;
    let error = store.events("17", 10).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(error.to_string().starts_with("there is no event 17 yet: was the store restored?"), "{error}");
}
