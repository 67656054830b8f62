use std::{fmt, sync::Arc, time::Duration};

use futures_util::{Stream, StreamExt, stream};
use paystatus::{Accounts, Lookup, Pace};
use tokio::sync::Notify;

use crate::{
    Added, Deliveries, Error, Event, Filter, Progress, State, Store, Watch, Watched, Worker,
    moment::{Micros, micros},
    store::Served,
};

/// A used slot may be so much late; slots are so much further apart, and a little for the network.
pub(crate) const LATE: Duration = Duration::from_millis(250);
const APART: Duration = Duration::from_millis(300);

/// So many watches are added in one transaction.
const ADDED_AT_ONCE: usize = 1000;
/// So many watches are fetched or removed at once.
const PAGE: u32 = 500;

/// Adds watches to a store, works them off, and tells what came of them.
///
/// Any number of them, in any number of processes, may use one store at the same time.
///
/// ```
/// use paystatus::{Accounts, Money};
/// use paystatus_testkit::FakeClient; // `Accounts::from_toml` has the real providers
/// use paystatus_watch::{EventKind, Sqlite, Watch, Watcher};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("paystatus.db");
/// let mut accounts = Accounts::default();
/// accounts.insert("shop", FakeClient::new("acme").paid("pay_001", Money::parse("50.00", "EUR")?));
/// let watcher = Watcher::new(Sqlite::open(file).await?, accounts).await?;
///
/// let added = watcher.add(Watch::new("shop", "pay_001").with_key("order-1")).await?;
/// assert!(added.is_new); // from here on it is not forgotten, whatever happens to this process
/// watcher.worker().until_idle().run(std::future::pending(), |_| {}).await?;
///
/// let events = watcher.events_after("", 100).await?;
/// assert_eq!((events[0].key(), events[0].kind()), (Some("order-1"), EventKind::Decided));
/// assert_eq!(events[0].payment().unwrap()["status"], "paid");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Watcher {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) accounts: Arc<Accounts>,
    /// There may be something new.
    pub(crate) news: Arc<Notify>,
}

impl Watcher {
    /// Takes a store and the accounts that may be asked; the store learns their names and paces.
    ///
    /// Accounts are asked once for each ask, without retries of their own, because an ask that fails is made again
    /// anyway. Without accounts it can do everything but add and work.
    ///
    /// # Errors
    /// If the store can't be written.
    pub async fn new(
        store: impl Into<Arc<dyn Store>>,
        accounts: impl Into<Arc<Accounts>>,
    ) -> Result<Self, Error> {
        let watcher = Self { store: store.into(), accounts: accounts.into(), news: Arc::default() };
        let served: Vec<_> = watcher.accounts.names().filter_map(|name| watcher.served(name)).collect();
        if !served.is_empty() {
            watcher.store.serve(served).await?;
        }
        Ok(watcher)
    }

    fn served(&self, name: &str) -> Option<Served> {
        let client = self.accounts.get(name).ok()?;
        let start = micros(client.wait_plan().start());
        Some(Served { name: name.to_owned(), gap: client.pace().map_or(0, gap), start })
    }

    /// Adds a watch. Adding it again is the same watch, whatever has become of it.
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused) for an unknown account, an id that can't be asked about, a deadline in
    /// the past, or metadata over 4 KiB; [`Conflict`](crate::ErrorKind::Conflict) for a key that is another watch's;
    /// and those of the store. Then nothing was added.
    ///
    /// ```
    /// # use paystatus::Accounts;
    /// # use paystatus_testkit::FakeClient;
    /// # use paystatus_watch::{ErrorKind, Sqlite, Watch, Watcher};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let mut accounts = Accounts::default();
    /// # accounts.insert("shop", FakeClient::new("acme"));
    /// # let watcher = Watcher::new(Sqlite::open(folder.path().join("x.db")).await?, accounts).await?;
    /// assert!(watcher.add(Watch::new("shop", "pay_001").with_key("order-1")).await?.is_new);
    /// assert!(!watcher.add(Watch::new("shop", "pay_001").with_key("order-1")).await?.is_new);
    /// let other = watcher.add(Watch::new("shop", "pay_002").with_key("order-1")).await.unwrap_err();
    /// assert_eq!(other.kind(), ErrorKind::Conflict);
    /// # Ok(()) }
    /// ```
    pub async fn add(&self, watch: Watch) -> Result<Added, Error> {
        match self.add_all(vec![watch]).await?.pop() {
            Some(added) => added,
            None => Err(Error::refused("nothing was to be added")),
        }
    }

    /// Adds many watches, a thousand in a transaction; tells of each what became of it, in order.
    ///
    /// # Errors
    /// Those of the store: what was added before it failed is added, and adding all again is harmless.
    ///
    /// ```
    /// # use paystatus::Accounts;
    /// # use paystatus_testkit::FakeClient;
    /// # use paystatus_watch::{Sqlite, Watch, Watcher};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let mut accounts = Accounts::default();
    /// # accounts.insert("shop", FakeClient::new("acme"));
    /// # let watcher = Watcher::new(Sqlite::open(folder.path().join("x.db")).await?, accounts).await?;
    /// let ids = ["pay_001", "", "pay_003"];
    /// let added = watcher.add_all(ids.map(|id| Watch::new("shop", id))).await?;
    /// assert!(added[0].is_ok() && added[1].is_err() && added[2].is_ok());
    /// # Ok(()) }
    /// ```
    pub async fn add_all(
        &self,
        watches: impl IntoIterator<Item = Watch>,
    ) -> Result<Vec<Result<Added, Error>>, Error> {
        let mut all = Vec::new();
        let mut watches = watches.into_iter();
        loop {
            let chunk: Vec<_> = watches.by_ref().take(ADDED_AT_ONCE).collect();
            if chunk.is_empty() {
                return Ok(all);
            }
            let mut refused: Vec<_> = chunk.iter().map(|watch| self.refusal(watch)).collect();
            let good = chunk.into_iter().zip(&refused).filter(|(_, refused)| refused.is_none());
            let mut added = self.store.add(good.map(|(watch, _)| watch).collect()).await?.into_iter();
            let results = refused.iter_mut().filter_map(|refused| match refused.take() {
                Some(refused) => Some(Err(refused)),
                None => added.next(),
            });
            all.extend(results);
            self.news.notify_waiters();
        }
    }

    /// What is wrong with a watch, as far as the store need not be asked.
    fn refusal(&self, watch: &Watch) -> Option<Error> {
        if let Err(why) = watch.check() {
            return Some(watch.refused(&why));
        }
        let can_ask = self.accounts.get(watch.account()).and_then(|client| client.can_ask(watch.lookup()));
        can_ask.err().map(|error| watch.refused(error.message()))
    }

    /// Calls a watch off, and tells where it stands: a decision is not called off, but nothing is looked at further.
    /// Nothing comes back if there is no such watch.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn cancel(&self, key: &str) -> Result<Option<State>, Error> {
        self.store.cancel(key).await
    }

    /// Has an account's watches of a payment asked about at once, because a callback says that there is news;
    /// tells how many there are. What the callback says beside that changes nothing.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn hint(&self, account: &str, lookup: &Lookup) -> Result<u64, Error> {
        let hinted = self.store.hint(account, lookup).await?;
        self.news.notify_waiters();
        Ok(hinted)
    }

    /// One watch as it is in the store; nothing if there is no such watch.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn show(&self, key: &str) -> Result<Option<Watched>, Error> {
        Ok(self.store.show(key).await?.map(Watched))
    }

    /// What was told about a watch, in order.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn history(&self, key: &str) -> Result<Vec<Event>, Error> {
        self.store.history(key).await
    }

    /// Watches in the order in which they were added.
    ///
    /// ```
    /// use futures_util::StreamExt;
    /// # use paystatus::Accounts;
    /// # use paystatus_testkit::FakeClient;
    /// # use paystatus_watch::{Filter, Sqlite, State, Watch, Watcher};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let mut accounts = Accounts::default();
    /// # accounts.insert("shop", FakeClient::new("acme"));
    /// # let watcher = Watcher::new(Sqlite::open(folder.path().join("x.db")).await?, accounts).await?;
    /// # watcher.add(Watch::new("shop", "pay_001")).await?;
    /// let mut open = std::pin::pin!(watcher.list(Filter::default().in_state(State::Open)));
    /// assert_eq!(open.next().await.unwrap()?.key(), "shop/pay_001");
    /// # Ok(()) }
    /// ```
    pub fn list(&self, filter: Filter) -> impl Stream<Item = Result<Watched, Error>> + Send + use<> {
        let store = Arc::clone(&self.store);
        let pages = stream::unfold(Some((store, filter, 0)), |next| async {
            let (store, filter, after) = next?;
            match store.list(&filter, after, PAGE).await {
                Err(error) => Some((vec![Err(error)], None)),
                Ok(page) => {
                    let after = page.last()?.id;
                    let page = page.into_iter().map(|stored| Ok(Watched(stored))).collect();
                    Some((page, Some((store, filter, after))))
                }
            }
        });
        pages.flat_map(stream::iter)
    }

    /// Events after a cursor, in order; an empty cursor is the beginning. The cursor of the last one is the next.
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused) for what is no cursor of this store, and those of the store.
    pub async fn events_after(&self, cursor: &str, most: u32) -> Result<Vec<Event>, Error> {
        self.store.events(cursor, most).await
    }

    /// Takes events as a consumer of that name, from where it last acknowledged one; without an end.
    pub fn deliveries(&self, consumer: impl Into<String>) -> Deliveries {
        Deliveries::new(Arc::clone(&self.store), Arc::clone(&self.news), consumer.into())
    }

    /// Removes what ended longer ago than that, with its events; what is open stays, and what a consumer has not
    /// acknowledged. Tells how many watches went.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn prune(&self, older: Duration) -> Result<u64, Error> {
        let mut removed = 0;
        loop {
            let page = self.store.prune(micros(older), PAGE).await?;
            removed += page;
            if page == 0 {
                return Ok(removed);
            }
        }
    }

    /// How many watches of its accounts are open.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn open_count(&self) -> Result<u64, Error> {
        self.store.open(self.accounts.names().map(ToOwned::to_owned).collect()).await
    }

    /// A worker, to be configured and then run; several at once are normal.
    pub fn worker(&self) -> Worker {
        Worker::new(self.clone())
    }

    /// Works until it is told to stop, with all that a worker does by itself.
    ///
    /// # Errors
    /// As [`Worker::run`].
    pub async fn run(&self, stop: impl Future<Output = ()>) -> Result<Progress, Error> {
        self.worker().run(stop, |_| {}).await
    }
}

/// The time between two asks, without a burst: no period has more asks than the pace allows, even if some are late.
fn gap(pace: Pace) -> Micros {
    micros(pace.period() + APART) / Micros::from(pace.requests()) + 1
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { store, accounts, news: _ } = self;
        f.debug_struct("Watcher").field("store", store).field("accounts", accounts).finish()
    }
}
