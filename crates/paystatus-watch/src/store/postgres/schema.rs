//! The schema: only ours, never newer than this program, forward only.

use tokio_postgres::{Client, error::SqlState};

use super::session::{If, Server};
use crate::Error;

/// Each row is one version's change; what is published is never edited.
pub(super) const MIGRATIONS: &[&[&str]] = &[&[
    include_str!("0001/tables.sql"),
    include_str!("0001/add.sql"),
    include_str!("0001/claim.sql"),
    include_str!("0001/finish.sql"),
]];

/// The oldest server that it is tested with.
const OLDEST_SERVER: i32 = 150_000;

enum Found {
    Nothing,
    /// It is empty: an administrator made it for us.
    Room,
    Ours(usize),
    Foreign,
}

/// Brings the schema to this program's version, and refuses what is not ours without touching it.
pub(super) async fn prepare(server: &Server, client: &mut Client, missing: If) -> Result<(), Error> {
    let foreign = || {
        server.unusable(
            "has a schema `paystatus` that is not a store of paystatus and stays as it is: name another database",
        )
    };
    let known = |version: usize| {
        if version <= MIGRATIONS.len() {
            return Ok(());
        }
        Err(server.unusable(&format!(
            "is of version {version}, and this program knows versions up to {}: update paystatus",
            MIGRATIONS.len()
        )))
    };
    let failed = |error| server.failed(&error);
    match look(client).await.map_err(failed)? {
        Found::Ours(version) if version == MIGRATIONS.len() => return Ok(()),
        Found::Ours(version) => known(version)?,
        Found::Foreign => return Err(foreign()),
        Found::Nothing | Found::Room if missing == If::NotThereFail => {
            return Err(
                server.unavailable("has no schema `paystatus`: name the right database, or put it back")
            );
        }
        Found::Nothing | Found::Room => can_hold_it(server, client).await?,
    }
    // Others may be at it at the same moment; whoever comes second finds it done.
    let transaction = client.transaction().await.map_err(failed)?;
    transaction.batch_execute("SELECT pg_advisory_xact_lock(1885436279, 1)").await.map_err(failed)?;
    let version = match look(transaction.client()).await.map_err(failed)? {
        Found::Ours(version) => version,
        Found::Foreign => return Err(foreign()),
        Found::Room => 0,
        Found::Nothing => {
            transaction.batch_execute("CREATE SCHEMA paystatus").await.map_err(failed)?;
            0
        }
    };
    known(version)?;
    for migration in &MIGRATIONS[version..] {
        for file in *migration {
            transaction.batch_execute(file).await.map_err(failed)?;
        }
    }
    let reached = format!("UPDATE paystatus.store SET version = {}", MIGRATIONS.len());
    transaction.batch_execute(&reached).await.map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

async fn look(client: &Client) -> Result<Found, tokio_postgres::Error> {
    let row = client
        .query_one(
            "SELECT n.oid IS NOT NULL, to_regclass('paystatus.store') IS NOT NULL,
                EXISTS (SELECT FROM pg_class WHERE relnamespace = n.oid)
                    OR EXISTS (SELECT FROM pg_proc WHERE pronamespace = n.oid)
                    OR EXISTS (SELECT FROM pg_type WHERE typnamespace = n.oid)
             FROM (SELECT to_regnamespace('paystatus')::oid AS oid) n",
            &[],
        )
        .await?;
    if !row.try_get::<_, bool>(0)? {
        return Ok(Found::Nothing);
    }
    if !row.try_get::<_, bool>(1)? {
        return Ok(if row.try_get(2)? { Found::Foreign } else { Found::Room });
    }
    let told = client.query("SELECT application::text, version::text FROM paystatus.store", &[]).await;
    let rows = match told {
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_COLUMN) => return Ok(Found::Foreign),
        told => told?,
    };
    let [row] = &rows[..] else { return Ok(Found::Foreign) };
    let (application, version): (Option<&str>, Option<&str>) = (row.try_get(0)?, row.try_get(1)?);
    match (application, version.and_then(|version| version.parse().ok())) {
        (Some("paystatus-watch"), Some(version)) => Ok(Found::Ours(version)),
        _ => Ok(Found::Foreign),
    }
}

/// Refuses a server or a database that could not keep what we write.
async fn can_hold_it(server: &Server, client: &Client) -> Result<(), Error> {
    let sql = "SELECT current_setting('server_version_num')::int, current_setting('server_encoding')";
    let row = client.query_one(sql, &[]).await.map_err(|error| server.failed(&error))?;
    if row.get::<_, i32>(0) < OLDEST_SERVER {
        return Err(server.unusable("is of a version before 15: update the server"));
    }
    if row.get::<_, &str>(1) != "UTF8" {
        return Err(server.unusable("does not keep every text: make a database with ENCODING 'UTF8'"));
    }
    Ok(())
}
