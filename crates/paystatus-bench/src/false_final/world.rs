use std::{sync::Mutex, time::Duration};

use paystatus_core::{Error, ErrorKind, Lookup, Payment, Snapshot, StatusClient, async_trait};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::{
    false_final::story::{Story, Trouble},
    random::Random,
};

/// How long an ask takes that gets no answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many single replies in a hundred get lost on their way.
const LOST_PERCENT: u32 = 2;

/// A provider with one payment, as a policy sees it from the time when it begins to ask.
pub(super) struct World<'a> {
    story: &'a Story,
    begin: Instant,
    chance: Mutex<(Random, u64)>,
}

impl<'a> World<'a> {
    pub(super) fn begin(story: &'a Story) -> Self {
        Self { story, begin: Instant::now(), chance: Mutex::new((Random::new(story.seed), 0)) }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.begin.elapsed()
    }

    pub(super) fn calls(&self) -> u64 {
        self.chance().1
    }

    fn chance(&self) -> std::sync::MutexGuard<'_, (Random, u64)> {
        self.chance.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Draws how long this ask is on its way, and whether its reply gets lost.
    fn ask(&self) -> (Duration, bool) {
        let mut chance = self.chance();
        chance.1 += 1;
        (Duration::from_secs_f64(chance.0.spread(0.03, 0.5)), chance.0.percent(LOST_PERCENT))
    }
}

#[async_trait]
impl StatusClient for World<'_> {
    fn provider(&self) -> &'static str {
        "simulated"
    }

    /// The provider answers what is true when the request arrives, half of the way.
    async fn status(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
        let (way, is_lost) = self.ask();
        sleep(way / 2).await;
        let at = self.elapsed().as_secs_f64();
        let trouble = self.story.trouble(at);
        if is_lost || matches!(trouble, Some((Trouble::Silent, _))) {
            sleep(PATIENCE).await;
            return Err(Error::new(ErrorKind::Timeout, "no whole answer came in time"));
        }
        sleep(way / 2).await;
        let fails = |kind, http| Err(Error::new(kind, "simulated").with_http_status(http));
        match trouble {
            Some((Trouble::Unavailable, _)) => fails(ErrorKind::Unavailable, 503),
            Some((Trouble::Unauthorized, _)) => fails(ErrorKind::Unauthorized, 401),
            Some((Trouble::Limited, lasts)) => {
                let seconds = Duration::from_secs(lasts.as_secs() + 1);
                fails(ErrorKind::RateLimited, 429).map_err(|error| error.with_retry_after(seconds))
            }
            Some((Trouble::Broken, _)) => Err(Error::new(ErrorKind::Transport, "the connection broke")),
            _ if !self.story.is_known(at) => fails(ErrorKind::NotFound, 404),
            _ => {
                let (word, meaning) = self.story.says(at).means();
                Ok(Payment::new(lookup, Snapshot::new(lookup.id(), meaning, word), Value::Null))
            }
        }
    }
}
