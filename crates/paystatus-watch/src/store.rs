//! Where watches are kept. Whatever is decided is decided by the pure parts; a store keeps it, all or nothing.

#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;
#[cfg(test)]
mod suite;

use std::{fmt, sync::Arc};

use paystatus::{Lookup, async_trait};

#[cfg(feature = "postgres")]
#[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
pub use self::postgres::Postgres;
pub use self::sqlite::Sqlite;
use crate::{
    Added, Error, ErrorKind, Event, Filter, State, Watch,
    event::{Body, EventKind},
    health::{Health, News},
    life::Life,
    moment::Micros,
    watch::Terms,
};

/// Where watches are kept: [`Sqlite`], or PostgreSQL with the feature `postgres`. Only this crate has stores, so that
/// each keeps the same promises.
pub trait Store: Driver {}

/// Opens the store that a URL names: `sqlite:FILE`, or with the feature `postgres` also `postgres:URL` or `postgres://…`.
///
/// # Errors
/// [`Refused`](crate::ErrorKind::Refused) for a URL of no store, and those of opening it, such as [`Sqlite::open`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # std::env::set_current_dir(folder.path())?;
/// let store = paystatus_watch::open("sqlite:paystatus.db").await?;
/// let error = paystatus_watch::open("paystatus.db").await.unwrap_err();
/// assert!(error.to_string().starts_with("the store must be `sqlite:FILE`"));
/// # drop(store); Ok(()) }
/// ```
pub async fn open(url: &str) -> Result<Arc<dyn Store>, Error> {
    match named(url)? {
        Named::File(path) => Ok(Sqlite::open(path).await?.into()),
        #[cfg(feature = "postgres")]
        Named::Server(url) => Ok(Postgres::open(url).await?.into()),
    }
}

/// As [`open`], and makes none: for whoever only looks.
///
/// # Errors
/// As [`open`], and [`Unavailable`](crate::ErrorKind::Unavailable) if there is none.
///
/// ```
/// use paystatus_watch::ErrorKind;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let error = paystatus_watch::open_existing("sqlite:no-such-folder/paystatus.db").await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Unavailable);
/// # }
/// ```
pub async fn open_existing(url: &str) -> Result<Arc<dyn Store>, Error> {
    match named(url)? {
        Named::File(path) => Ok(Sqlite::open_existing(path).await?.into()),
        #[cfg(feature = "postgres")]
        Named::Server(url) => Ok(Postgres::open_existing(url).await?.into()),
    }
}

/// The store that a URL names.
enum Named<'a> {
    File(&'a str),
    #[cfg(feature = "postgres")]
    Server(&'a str),
}

fn named(url: &str) -> Result<Named<'_>, Error> {
    match url.split_once(':') {
        Some(("sqlite", path)) if !path.is_empty() => Ok(Named::File(path)),
        #[cfg(feature = "postgres")]
        Some(("postgres" | "postgresql", rest)) if !rest.is_empty() => Ok(Named::Server(url)),
        #[cfg(not(feature = "postgres"))]
        Some(("postgres" | "postgresql", _)) => {
            Err(Error::refused("this program was built without PostgreSQL: the store must be `sqlite:FILE`"))
        }
        // What was given is not shown: it may be a URL with a password.
        _ => {
            let why = "the store must be `sqlite:FILE`, such as `sqlite:paystatus.db`, or `postgres:URL`";
            Err(Error::refused(why))
        }
    }
}

/// Adding a watch twice is the same watch; with other content it is a mistake. Nothing is there that can't be read.
fn same(watch: &Watch, there: Option<Stored>) -> Result<Added, Error> {
    let is_same = |there: &Stored| {
        there.account == watch.account() && there.lookup == *watch.lookup() && there.terms == watch.terms
    };
    match there {
        Some(there) if is_same(&there) => {
            Ok(Added { key: there.key, state: there.life.state, is_new: false })
        }
        _ => Err(another(watch)),
    }
}

fn another(watch: &Watch) -> Error {
    let why = "there is another watch of this key, with other content: give this one its own";
    Error::new(ErrorKind::Conflict, watch.refused(why).to_string())
}

/// The place in the events that a cursor names; the beginning for an empty one.
fn place(cursor: &str) -> Result<i64, Error> {
    let read = if cursor.is_empty() { Some(0) } else { cursor.parse().ok().filter(|place| *place >= 0) };
    read.ok_or_else(|| {
        Error::refused("this is no cursor: take that of an event, or leave it out to begin with the first")
    })
}

/// Refuses a place after the last that was ever given out.
fn not_after_the_end(place: i64, last: i64) -> Result<(), Error> {
    if place <= last {
        return Ok(());
    }
    Err(Error::refused(format!(
        "there is no event {place} yet: was the store restored? begin again without a cursor; \
         events have the ids that they had"
    )))
}

impl From<Sqlite> for Arc<dyn Store> {
    fn from(store: Sqlite) -> Self {
        Arc::new(store)
    }
}

#[cfg(feature = "postgres")]
impl From<Postgres> for Arc<dyn Store> {
    fn from(store: Postgres) -> Self {
        Arc::new(store)
    }
}

/// What a store does. The clock is the store's, read once in each transaction.
///
/// Each call is all or nothing, and may be made again if its outcome is not known.
#[async_trait]
pub trait Driver: Send + Sync + fmt::Debug {
    /// Makes accounts known with their pace, or changes it.
    async fn serve(&self, accounts: Vec<Served>) -> Result<(), Error>;

    /// Adds watches in one transaction; of those that are refused nothing is kept.
    async fn add(&self, watches: Vec<Watch>) -> Result<Vec<Result<Added, Error>>, Error>;

    /// Leases due watches to a worker, of each account as many as its pace has slots.
    async fn claim(&self, wanted: Wanted) -> Result<Claims, Error>;

    /// Leases open watches whose deadline has been over for that long, whoever's account it is.
    async fn overdue(&self, grace: Micros, lease: Micros, most: u32) -> Result<Claims, Error>;

    /// Keeps what came of asking, and what that says about accounts; gives back which watches it was kept of:
    /// not of those whose lease was lost, because somebody else has them by now.
    async fn finish(&self, results: Vec<Finish>, news: Vec<(String, News)>) -> Result<Vec<i64>, Error>;

    /// Calls a watch off; nothing if there is no such watch.
    async fn cancel(&self, key: &str) -> Result<Option<State>, Error>;

    /// Makes an account's watches of a payment due at once; tells how many.
    async fn hint(&self, account: &str, lookup: &Lookup) -> Result<u64, Error>;

    /// One watch.
    async fn show(&self, key: &str) -> Result<Option<Stored>, Error>;

    /// Watches in the order in which they were added, after this one.
    async fn list(&self, filter: &Filter, after: i64, most: u32) -> Result<Vec<Stored>, Error>;

    /// How many open watches these accounts have.
    async fn open(&self, accounts: Vec<String>) -> Result<u64, Error>;

    /// Events after a cursor, in order; an empty one is the beginning.
    async fn events(&self, after: &str, most: u32) -> Result<Vec<Event>, Error>;

    /// The events of one watch.
    async fn history(&self, key: &str) -> Result<Vec<Event>, Error>;

    /// Leases a consumer's place in the events to a holder, and gives the place;
    /// nothing while another holder has it.
    async fn hold(&self, consumer: &str, holder: &str, lease: Micros) -> Result<Option<String>, Error>;

    /// Moves a consumer's place forward; tells whether the holder still has it.
    async fn acknowledge(&self, consumer: &str, holder: &str, cursor: &str) -> Result<bool, Error>;

    /// Gives a consumer's place back.
    async fn release(&self, consumer: &str, holder: &str) -> Result<(), Error>;

    /// Removes some of the watches that ended so long ago and whose events every consumer has acknowledged,
    /// with their events; tells how many.
    async fn prune(&self, older: Micros, most: u32) -> Result<u64, Error>;

    /// Returns when there may be something new to claim; a store that can't tell never does.
    async fn changed(&self) {
        std::future::pending().await
    }
}

/// An account that a worker asks.
#[derive(Clone, Debug)]
pub struct Served {
    pub(crate) name: String,
    /// Between two asks; 0 for an account without a pace.
    pub(crate) gap: Micros,
    /// From when a watch is added until it is asked about first.
    pub(crate) start: Micros,
}

/// What a worker has room for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Accounts, and how many watches of each.
    pub(crate) accounts: Vec<(String, u32)>,
    pub(crate) lease: Micros,
    /// The first slot is no sooner: so long an answer took to arrive of late.
    pub(crate) ahead: Micros,
    /// Slots reach no further ahead.
    pub(crate) horizon: Micros,
}

/// What a worker was given.
#[derive(Debug)]
pub struct Claims {
    /// The store's clock.
    pub(crate) now: Micros,
    pub(crate) rows: Vec<Claimed>,
    /// After that there may be more, where nothing was given.
    pub(crate) next_in: Option<Micros>,
}

/// A leased watch.
#[derive(Debug)]
pub(crate) struct Claimed {
    pub(crate) id: i64,
    pub(crate) fence: i64,
    pub(crate) account: String,
    /// When to ask, after the claim.
    pub(crate) ask_in: Micros,
    /// Nobody else asks this account before it came back.
    pub(crate) is_probe: bool,
    /// How the account does.
    pub(crate) health: Health,
    /// What is kept of it.
    pub(crate) stored: Result<Stored, Damaged>,
}

/// What is kept of a watch can't be read as a whole.
#[derive(Debug)]
pub(crate) struct Damaged {
    pub(crate) state: State,
    pub(crate) why: String,
}

/// A watch as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    pub(crate) id: i64,
    pub(crate) key: String,
    pub(crate) account: String,
    pub(crate) lookup: Lookup,
    pub(crate) terms: Terms,
    pub(crate) life: Life,
    pub(crate) next_at: Option<Micros>,
}

/// What came of a lease.
#[derive(Clone, Debug)]
pub struct Finish {
    pub(crate) id: i64,
    pub(crate) fence: i64,
    /// Nothing to give it back as it was.
    pub(crate) change: Option<Change>,
}

/// What changes of a watch.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) state: State,
    pub(crate) asks: u32,
    /// As JSON.
    pub(crate) known: String,
    /// Nothing for a watch that has ended.
    pub(crate) next_in: Option<Micros>,
    pub(crate) event: Option<(EventKind, Body)>,
}
