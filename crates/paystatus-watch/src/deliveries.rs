use std::{
    collections::VecDeque,
    fmt,
    hash::{BuildHasher, RandomState},
    ops::Deref,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{Stream, future::BoxFuture};
use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};

use crate::{Error, ErrorKind, Event, Store, moment::micros};

/// So long a consumer's place is held; whoever is gone for longer is taken over.
const LEASE: Duration = Duration::from_secs(60);
/// How often is looked for new events, and whether a place has become free.
const LOOK: Duration = Duration::from_millis(500);
/// So many events are fetched at once.
const PAGE: u32 = 100;

/// A consumer's events, as a stream without an end: see [`Watcher::deliveries`](crate::Watcher::deliveries).
///
/// Several processes may take one consumer's events: one of them has them at a time, and when it is gone for a minute
/// another goes on after the last event that was acknowledged. Each event is delivered at least once, and those of a
/// watch in their order. Consumers of different names have every event each.
///
/// An error of the store does not end the stream: it goes on when the store is back.
///
/// ```
/// use futures_util::StreamExt;
/// # use paystatus::{Accounts, Money};
/// # use paystatus_testkit::FakeClient;
/// # use paystatus_watch::{EventKind, Sqlite, Watch, Watcher};
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let mut accounts = Accounts::default();
/// # accounts.insert("shop", FakeClient::new("acme").paid("pay_001", Money::parse("50.00", "EUR")?));
/// # let watcher = Watcher::new(Sqlite::open(folder.path().join("x.db")).await?, accounts).await?;
/// # watcher.add(Watch::new("shop", "pay_001")).await?;
/// # watcher.worker().until_idle().run(std::future::pending(), |_| {}).await?;
/// let mut deliveries = watcher.deliveries("shipping");
/// let delivery = deliveries.next().await.unwrap()?;
/// assert_eq!(delivery.kind(), EventKind::Decided); // ship it, unless this event's id was seen before
/// delivery.acknowledge().await?; // and it does not come again
/// # Ok(()) }
/// ```
#[must_use = "a stream does nothing until it is polled"]
pub struct Deliveries {
    place: Arc<Place>,
    /// The next event, on its way; it owns what it needs.
    next: Option<BoxFuture<'static, (Taken, Result<Delivery, Error>)>>,
    taken: Option<Taken>,
}

/// Whose place in the events it is, and who holds it.
struct Place {
    store: Arc<dyn Store>,
    news: Arc<Notify>,
    consumer: String,
    holder: String,
}

/// What was taken and not given out.
#[derive(Default)]
struct Taken {
    events: VecDeque<Event>,
    /// After this event comes what was not taken yet; nothing before the place is held.
    cursor: Option<String>,
    held_at: Option<Instant>,
}

/// An event on its way to a consumer: it comes again unless it is acknowledged.
#[derive(Clone)]
pub struct Delivery {
    event: Event,
    place: Arc<Place>,
}

impl Deliveries {
    pub(crate) fn new(store: Arc<dyn Store>, news: Arc<Notify>, consumer: String) -> Self {
        let state = RandomState::new();
        let holder = format!("{:016x}{:016x}", state.hash_one(0), state.hash_one(1));
        Self {
            place: Arc::new(Place { store, news, consumer, holder }),
            next: None,
            taken: Some(Taken::default()),
        }
    }
}

impl Stream for Deliveries {
    type Item = Result<Delivery, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let place = &this.place;
        let taken = &mut this.taken;
        let next = this
            .next
            .get_or_insert_with(|| Box::pin(next(Arc::clone(place), taken.take().unwrap_or_default())));
        next.as_mut().poll(context).map(|(taken, delivery)| {
            (this.next, this.taken) = (None, Some(taken));
            Some(delivery)
        })
    }
}

/// Waits for the next event.
async fn next(place: Arc<Place>, mut taken: Taken) -> (Taken, Result<Delivery, Error>) {
    loop {
        match take(&place, &mut taken).await {
            Ok(Some(event)) => return (taken, Ok(Delivery { event, place })),
            Ok(None) => {
                // In another process there may be news without anybody telling.
                let _ = timeout(LOOK, place.news.notified()).await;
            }
            Err(error) => {
                taken = Taken::default();
                tokio::time::sleep(LOOK).await;
                return (taken, Err(error));
            }
        }
    }
}

async fn take(place: &Place, taken: &mut Taken) -> Result<Option<Event>, Error> {
    let is_held = taken.held_at.is_some_and(|at| at.elapsed() < LEASE / 2);
    if !is_held {
        let now = Instant::now();
        match place.store.hold(&place.consumer, &place.holder, micros(LEASE)).await? {
            Some(acknowledged) => {
                taken.held_at = Some(now);
                taken.cursor.get_or_insert(acknowledged);
            }
            None => {
                // Somebody else goes on after what was acknowledged.
                *taken = Taken::default();
                return Ok(None);
            }
        }
    }
    if taken.events.is_empty()
        && let Some(cursor) = &taken.cursor
    {
        taken.events = place.store.events(cursor, PAGE).await?.into();
        if let Some(last) = taken.events.back() {
            taken.cursor = Some(last.cursor.clone());
        }
    }
    Ok(taken.events.pop_front())
}

impl Delivery {
    /// The event.
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// Says that this event and all before it are done with: they are not delivered to this consumer again.
    ///
    /// # Errors
    /// [`Conflict`](ErrorKind::Conflict) if another process has taken over the consumer's events meanwhile, because
    /// this one was slow: then the event comes again there. And those of the store: then it may come again.
    pub async fn acknowledge(&self) -> Result<(), Error> {
        let Place { store, consumer, holder, .. } = &*self.place;
        if store.acknowledge(consumer, holder, self.event.cursor()).await? {
            return Ok(());
        }
        let why = "another process has taken over this consumer's events: this one comes again there";
        Err(Error::new(ErrorKind::Conflict, why))
    }
}

impl Deref for Delivery {
    type Target = Event;

    fn deref(&self) -> &Event {
        &self.event
    }
}

/// Lets another holder go on at once.
impl Drop for Deliveries {
    fn drop(&mut self) {
        let place = Arc::clone(&self.place);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { place.store.release(&place.consumer, &place.holder).await });
        }
    }
}

impl fmt::Debug for Deliveries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deliveries").field("consumer", &self.place.consumer).finish_non_exhaustive()
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Delivery").field(&self.event).finish()
    }
}
