use std::{collections::VecDeque, sync::Mutex, time::Duration};

use paystatus_core::Pace;
use tokio::time::Instant;

/// The longest that an account sends nothing because the provider asked it to wait.
const LONGEST_SILENCE: Duration = Duration::from_secs(3600);
/// The longest silence that a check without a deadline waits for.
const LONGEST_WAIT_FOR_SILENCE: Duration = Duration::from_secs(300);

/// One account's pace: at most so many requests in any period, first come, first served.
///
/// A turn is the permission to send one request, from a point in time on.
/// The times of the latest turns are kept, taken or promised, so that a burst at the edge of a period
/// can't exceed what the provider allows; a turn that is given up goes back.
pub(crate) struct Pacer {
    pace: Option<Pace>,
    turns: Mutex<Turns>,
}

#[derive(Default)]
struct Turns {
    /// The latest turns, in order; never more than the pace names, beside those still waiting.
    latest: VecDeque<Instant>,
    /// The provider asked for silence until then.
    silent_until: Option<Instant>,
}

/// The turn would come too late: this is how long to wait for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLate(pub(crate) Duration);

impl Pacer {
    pub(crate) fn new(pace: Option<Pace>) -> Self {
        Self { pace, turns: Mutex::default() }
    }

    /// Waits for the account's next turn, or tells at once that it lies beyond the deadline.
    ///
    /// Without a deadline it waits for as long as the pace takes, because that is known to end,
    /// but for no longer than five minutes because the provider asked for silence:
    /// that can be any length, and whoever asks has to hear of it.
    pub(crate) async fn turn(&self, deadline: Option<Instant>) -> Result<(), TooLate> {
        loop {
            let now = Instant::now();
            let at = self.promise(now, deadline)?;
            if at <= now {
                return Ok(());
            }
            let mut promised = Promised { pacer: self, turn: Some(at) };
            tokio::time::sleep_until(at).await;
            // The provider may have asked for silence meanwhile: then the turn goes back, for a later one.
            if self.turns().silent_until.is_none_or(|until| until <= at) {
                promised.turn = None;
                return Ok(());
            }
        }
    }

    /// Lets no request of the account through for a while, because the provider asked for it: at most an hour,
    /// so that one absurd header can't close the account for ever.
    pub(crate) fn hold(&self, delay: Duration) {
        let until = Instant::now().checked_add(delay.min(LONGEST_SILENCE));
        let mut turns = self.turns();
        turns.silent_until = turns.silent_until.max(until);
    }

    /// Waits until the provider's silence is over, and takes no turn: for a request that the pace does not count.
    pub(crate) async fn silence(&self, deadline: Option<Instant>) -> Result<(), TooLate> {
        loop {
            let now = Instant::now();
            let until = self.turns().silent_until.filter(|until| *until > now);
            let Some(until) = until else { return Ok(()) };
            in_time(until, now, deadline, Some(until))?;
            tokio::time::sleep_until(until).await;
        }
    }

    /// Tells at once if the next turn lies beyond the deadline, without taking it.
    pub(crate) fn look_ahead(&self, deadline: Option<Instant>) -> Result<(), TooLate> {
        self.next(&self.turns(), Instant::now(), deadline).map(drop)
    }

    fn promise(&self, now: Instant, deadline: Option<Instant>) -> Result<Instant, TooLate> {
        let mut turns = self.turns();
        let at = self.next(&turns, now, deadline)?;
        if let Some(pace) = self.pace {
            turns.latest.push_back(at);
            while turns.latest.len() > pace.requests() as usize && turns.latest[0] + pace.period() <= now {
                turns.latest.pop_front();
            }
        }
        Ok(at)
    }

    fn next(&self, turns: &Turns, now: Instant, deadline: Option<Instant>) -> Result<Instant, TooLate> {
        let before = self.pace.and_then(|pace| {
            let turn = turns.latest.iter().rev().nth(pace.requests() as usize - 1)?;
            Some(*turn + pace.period())
        });
        let at = before.max(turns.silent_until).map_or(now, |at| at.max(now));
        in_time(at, now, deadline, turns.silent_until)
    }

    fn turns(&self) -> std::sync::MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Tells whether a point in time can be waited for.
fn in_time(
    at: Instant,
    now: Instant,
    deadline: Option<Instant>,
    silent_until: Option<Instant>,
) -> Result<Instant, TooLate> {
    let is_too_late = match deadline {
        Some(deadline) => at > deadline,
        None => silent_until.is_some_and(|until| until > now + LONGEST_WAIT_FOR_SILENCE),
    };
    if is_too_late { Err(TooLate(at - now)) } else { Ok(at) }
}

/// A turn that goes back if whoever waits for it gives up.
struct Promised<'a> {
    pacer: &'a Pacer,
    turn: Option<Instant>,
}

impl Drop for Promised<'_> {
    fn drop(&mut self) {
        let Some(turn) = self.turn else { return };
        let mut turns = self.pacer.turns();
        if let Some(index) = turns.latest.iter().rposition(|&latest| latest == turn) {
            turns.latest.remove(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pacer(requests: u32) -> Pacer {
        Pacer::new(Some(Pace::per_minute(requests)))
    }

    fn in_seconds(seconds: u64) -> Option<Instant> {
        Some(Instant::now() + Duration::from_secs(seconds))
    }

    #[tokio::test(start_paused = true)]
    async fn no_period_has_more_requests_than_the_pace() {
        let (pacer, start) = (pacer(15), Instant::now());
        let mut turns = Vec::new();
        for _ in 0..100 {
            pacer.turn(in_seconds(3600)).await.unwrap();
            turns.push(start.elapsed());
        }
        for (index, turn) in turns.iter().enumerate().skip(15) {
            assert!(*turn - turns[index - 15] >= Duration::from_secs(60), "{index}");
        }
        assert_eq!(turns[99], Duration::from_secs(360));
        assert!(pacer.turns().latest.len() <= 16);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_beyond_the_deadline_is_refused_at_once_with_the_time() {
        let (pacer, start) = (pacer(1), Instant::now());
        pacer.turn(in_seconds(10)).await.unwrap();
        assert_eq!(pacer.turn(in_seconds(10)).await, Err(TooLate(Duration::from_secs(60))));
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_given_up_goes_back() {
        let (pacer, start) = (pacer(1), Instant::now());
        pacer.turn(in_seconds(0)).await.unwrap();
        let given_up = tokio::time::timeout(Duration::from_secs(5), pacer.turn(in_seconds(100))).await;
        assert!(given_up.is_err());
        pacer.turn(in_seconds(100)).await.unwrap();
        assert_eq!(start.elapsed(), Duration::from_secs(60));
    }

    #[tokio::test(start_paused = true)]
    async fn turns_already_promised_wait_for_the_silence_and_keep_the_pace() {
        let (pacer, start) = (std::sync::Arc::new(Pacer::new(Some(Pace::per_second(1)))), Instant::now());
        let mut checks = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let pacer = std::sync::Arc::clone(&pacer);
            checks.spawn(async move { pacer.turn(in_seconds(100)).await.map(|()| Instant::now()) });
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        pacer.hold(Duration::from_millis(5500));
        let turns = checks.join_all().await;
        let mut seconds: Vec<_> = turns.into_iter().map(|turn| (turn.unwrap() - start).as_secs()).collect();
        seconds.sort_unstable();
        assert_eq!(seconds, [0, 6, 7, 8]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_silence_is_longer_than_an_hour() {
        let (pacer, start) = (Pacer::new(None), Instant::now());
        pacer.hold(Duration::MAX);
        pacer.turn(in_seconds(100_000)).await.unwrap();
        assert_eq!(start.elapsed(), Duration::from_secs(3600));
    }

    #[tokio::test(start_paused = true)]
    async fn silence_holds_for_every_request_even_without_a_pace() {
        let (pacer, start) = (Pacer::new(None), Instant::now());
        pacer.turn(in_seconds(0)).await.unwrap();
        pacer.hold(Duration::from_secs(7));
        pacer.hold(Duration::from_secs(3));
        assert_eq!(pacer.turn(in_seconds(1)).await, Err(TooLate(Duration::from_secs(7))));
        pacer.turn(in_seconds(10)).await.unwrap();
        assert_eq!(start.elapsed(), Duration::from_secs(7));
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_deadline_the_pace_is_waited_for_and_a_long_silence_is_told() {
        let (pacer, start) = (Pacer::new(Some(Pace::per_hour(1))), Instant::now());
        pacer.turn(None).await.unwrap();
        pacer.turn(None).await.unwrap();
        assert_eq!(start.elapsed(), Duration::from_secs(3600));

        let pacer = Pacer::new(None);
        pacer.hold(Duration::from_secs(300));
        pacer.turn(None).await.unwrap();
        assert_eq!(start.elapsed(), Duration::from_secs(3900));
        pacer.hold(Duration::MAX);
        assert_eq!(pacer.look_ahead(None), Err(TooLate(Duration::from_secs(3600))));
        assert_eq!(pacer.turn(None).await, Err(TooLate(Duration::from_secs(3600))));
        assert_eq!(start.elapsed(), Duration::from_secs(3900), "it was told at once");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_for_a_turn_already_is_told_of_a_long_silence_when_it_comes() {
        let (pacer, start) = (std::sync::Arc::new(pacer(1)), Instant::now());
        pacer.turn(None).await.unwrap();
        let waiting = tokio::spawn({
            let pacer = std::sync::Arc::clone(&pacer);
            async move { pacer.turn(None).await }
        });
        tokio::time::sleep(Duration::from_secs(1)).await;
        pacer.hold(Duration::MAX);
        assert_eq!(waiting.await.unwrap(), Err(TooLate(Duration::from_secs(3541))));
        assert_eq!(start.elapsed(), Duration::from_secs(60));
    }
}
