mod claims;
mod events;
mod file;
mod rows;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use paystatus::{Lookup, async_trait};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use self::file::{If, failed, unavailable};
use super::{Claims, Driver, Finish, Served, Store, Stored, Wanted};
use crate::{
    Added, Error, Event, Filter, State, Watch,
    health::News,
    moment::{Micros, of_system_time},
};

/// A store in one file, without a server: several processes of one machine may share it.
///
/// Its clock is the machine's. What is in it survives the end of any process, and a power cut.
///
/// ```
/// use paystatus_watch::{ErrorKind, Sqlite};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let store = Sqlite::open(folder.path().join("paystatus.db")).await?; // made if there is none
///
/// std::fs::write(folder.path().join("letter.txt"), "Dear customer")?;
/// let error = Sqlite::open(folder.path().join("letter.txt")).await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Unusable); // and the letter is as it was
/// # drop(store); Ok(()) }
/// ```
#[derive(Clone)]
pub struct Sqlite {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
    /// Nothing after it broke: the next one who needs it opens it anew.
    open: Mutex<Option<(Connection, file::Identity)>>,
}

impl Sqlite {
    /// Opens the store in a file, and makes it if there is none.
    ///
    /// # Errors
    /// [`Unusable`](crate::ErrorKind::Unusable) for what is no store of ours or of a newer version, which stays as it is;
    /// [`Unavailable`](crate::ErrorKind::Unavailable) for what can't be reached or written.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::opened(path.into(), If::NotThereMakeIt, SystemTime::now).await
    }

    /// Opens the store that is in a file, and makes none.
    ///
    /// # Errors
    /// As [`open`](Self::open), and [`Unavailable`](crate::ErrorKind::Unavailable) if there is none.
    pub async fn open_existing(path: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::opened(path.into(), If::NotThereFail, SystemTime::now).await
    }

    /// As [`open`](Self::open), with another clock than the machine's.
    #[cfg(test)]
    pub(crate) async fn with_clock(
        path: impl Into<PathBuf>,
        clock: impl Fn() -> SystemTime + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        Self::opened(path.into(), If::NotThereMakeIt, clock).await
    }

    async fn opened(
        path: PathBuf,
        missing: If,
        clock: impl Fn() -> SystemTime + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let inner = Inner { path, clock: Box::new(clock), open: Mutex::new(None) };
        let store = Self { inner: Arc::new(inner) };
        store.blocking(move |inner| inner.with(missing, |_| Ok(()))).await?;
        Ok(store)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let inner = Arc::clone(&self.inner);
        match tokio::task::spawn_blocking(move || work(&inner)).await {
            Ok(result) => result,
            Err(_) => Err(unavailable(&self.inner.path, "can't be used: this program is ending")),
        }
    }

    /// One transaction, and the time of the store in it.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>, Micros) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.blocking(|inner| {
            inner.with(If::NotThereFail, |connection| {
                let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                // Read when nobody else is at it any more.
                let now = of_system_time((inner.clock)());
                let done = work(&transaction, now)?;
                transaction.commit()?;
                Ok(done)
            })
        })
        .await
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.blocking(|inner| inner.with(If::NotThereFail, |connection| work(connection))).await
    }
}

impl Inner {
    fn with<T>(
        &self,
        missing: If,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        // What is written to a file without a name is lost.
        if open.as_ref().is_some_and(|(_, opened)| file::identity(&self.path) != Some(*opened)) {
            *open = None;
        }
        let (connection, _) = match &mut *open {
            Some(open) => open,
            closed => closed.insert(file::open(&self.path, missing)?),
        };
        let result = work(connection);
        result.map_err(|error| {
            if !is_passing(&error) {
                *open = None;
            }
            failed(&self.path, &error)
        })
    }
}

/// Tells whether the connection is as good as before.
fn is_passing(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{ConstraintViolation, DatabaseBusy, DatabaseLocked};
    matches!(error.sqlite_error_code(), Some(ConstraintViolation | DatabaseBusy | DatabaseLocked))
}

impl Store for Sqlite {}

#[async_trait]
impl Driver for Sqlite {
    async fn serve(&self, accounts: Vec<Served>) -> Result<(), Error> {
        self.write(move |tx, _| {
            let mut upsert = tx.prepare(
                "INSERT INTO account (name, gap, start) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET gap = ?2, start = ?3",
            )?;
            accounts.iter().try_for_each(|served| {
                upsert.execute(params![served.name, served.gap, served.start]).map(drop)
            })
        })
        .await
    }

    async fn add(&self, watches: Vec<Watch>) -> Result<Vec<Result<Added, Error>>, Error> {
        self.write(move |tx, now| rows::add(tx, now, &watches)).await
    }

    async fn claim(&self, wanted: Wanted) -> Result<Claims, Error> {
        self.write(move |tx, now| claims::claim(tx, now, &wanted)).await
    }

    async fn overdue(&self, grace: Micros, lease: Micros, most: u32) -> Result<Claims, Error> {
        // Most of the time there are none, and nobody has to wait for a look.
        let look = move |inner: &Inner| {
            let now = of_system_time((inner.clock)());
            let any =
                inner.with(If::NotThereFail, |connection| claims::any_overdue(connection, now - grace))?;
            Ok((now, any))
        };
        let (now, any) = self.blocking(move |inner| look(inner)).await?;
        if !any {
            return Ok(Claims { now, rows: Vec::new(), next_in: None });
        }
        self.write(move |tx, now| claims::overdue(tx, now, now - grace, lease, most)).await
    }

    async fn finish(&self, results: Vec<Finish>, news: Vec<(String, News)>) -> Result<Vec<i64>, Error> {
        self.write(move |tx, now| {
            for (account, news) in &news {
                claims::take_news(tx, now, account, news)?;
            }
            claims::finish(tx, now, &results)
        })
        .await
    }

    async fn cancel(&self, key: &str) -> Result<Option<State>, Error> {
        let key = key.to_owned();
        self.write(move |tx, now| rows::cancel(tx, now, &key)).await
    }

    async fn hint(&self, account: &str, lookup: &Lookup) -> Result<u64, Error> {
        let (account, lookup) = (account.to_owned(), lookup.clone());
        self.write(move |tx, now| {
            let hinted = tx
                .prepare(
                    "UPDATE watch SET next_at = min(next_at, ?4), is_hinted = (lease_until IS NOT NULL)
                 WHERE account = (SELECT id FROM account WHERE name = ?1)
                   AND asked_id = ?2 AND asked_by = ?3 AND next_at IS NOT NULL",
                )?
                .execute(params![account, lookup.id(), lookup.by().as_str(), now])?;
            Ok(hinted as u64)
        })
        .await
    }

    async fn show(&self, key: &str) -> Result<Option<Stored>, Error> {
        let key = key.to_owned();
        self.read(move |connection| rows::show(connection, &key)).await
    }

    async fn list(&self, filter: &Filter, after: i64, most: u32) -> Result<Vec<Stored>, Error> {
        let filter = filter.clone();
        self.read(move |connection| rows::list(connection, &filter, after, most)).await
    }

    async fn open(&self, accounts: Vec<String>) -> Result<u64, Error> {
        self.read(move |connection| {
            let mut count = connection.prepare(
                "SELECT count(*) FROM watch WHERE state = 'open' AND next_at IS NOT NULL
                 AND account = (SELECT id FROM account WHERE name = ?1)",
            )?;
            accounts
                .iter()
                .map(|name| count.query_row([name], |row| row.get::<_, i64>(0)))
                .try_fold(0, |sum, count| Ok(sum + u64::try_from(count?).unwrap_or(0)))
        })
        .await
    }

    async fn events(&self, after: &str, most: u32) -> Result<Vec<Event>, Error> {
        let after = super::place(after)?;
        let (found, last) = self
            .read(move |connection| Ok((events::after(connection, after, most)?, events::last(connection)?)))
            .await?;
        super::not_after_the_end(after, last)?;
        Ok(found)
    }

    async fn history(&self, key: &str) -> Result<Vec<Event>, Error> {
        let key = key.to_owned();
        self.read(move |connection| events::of_watch(connection, &key)).await
    }

    async fn hold(&self, consumer: &str, holder: &str, lease: Micros) -> Result<Option<String>, Error> {
        let (consumer, holder) = (consumer.to_owned(), holder.to_owned());
        self.write(move |tx, now| events::hold(tx, now, &consumer, &holder, lease)).await
    }

    async fn acknowledge(&self, consumer: &str, holder: &str, cursor: &str) -> Result<bool, Error> {
        let (consumer, holder, seq) = (consumer.to_owned(), holder.to_owned(), super::place(cursor)?);
        self.write(move |tx, _| events::acknowledge(tx, &consumer, &holder, seq)).await
    }

    async fn release(&self, consumer: &str, holder: &str) -> Result<(), Error> {
        let (consumer, holder) = (consumer.to_owned(), holder.to_owned());
        self.write(move |tx, _| events::release(tx, &consumer, &holder)).await
    }

    async fn prune(&self, older: Micros, most: u32) -> Result<u64, Error> {
        self.write(move |tx, now| rows::prune(tx, now.saturating_sub(older), most)).await
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sqlite").field(&Path::display(&self.inner.path).to_string()).finish()
    }
}

#[cfg(test)]
mod tests;
