//! The suite, and what only a server can do.

use super::{server::Database, *};
use crate::{
    moment::SECOND,
    store::suite::{Subject, suite},
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
