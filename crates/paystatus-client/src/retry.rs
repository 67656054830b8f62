use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use paystatus_core::Error;
use tokio::time::{Instant, sleep_until};

/// Decides after each failed attempt of one check whether to try again, and waits before that.
pub(crate) struct Retries {
    max_attempts: u32,
    /// They are made when the first attempt has failed, because most checks need none.
    delays: Option<Box<dyn Iterator<Item = Duration> + Send>>,
}

impl Retries {
    pub(crate) fn new(max_attempts: u32) -> Self {
        Self { max_attempts, delays: None }
    }

    /// Waits until the next attempt is due.
    ///
    /// The error comes back, at once and not at the deadline, if it can't go away by itself,
    /// the attempts are used up, or the next one would come after the deadline.
    pub(crate) async fn pause_after(&mut self, error: Error, deadline: Instant) -> Result<(), Error> {
        let retries = self.max_attempts as usize - 1;
        let delays = self.delays.get_or_insert_with(|| Box::new(delays().take(retries)));
        let delay = if error.is_retryable() { delays.next() } else { None };
        let delay = delay.map(|delay| delay.max(error.retry_after().unwrap_or_default()));
        match delay.and_then(|delay| Instant::now().checked_add(delay)) {
            Some(next) if next < deadline => {
                sleep_until(next).await;
                Ok(())
            }
            _ => Err(error),
        }
    }
}

/// The back-off before each retry: 0.2 s at first, then twice as long each time up to 5 s,
/// and a random jitter of up to the same length.
fn delays() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(200))
        .with_max_delay(Duration::from_secs(5))
        .with_jitter()
        .without_max_times()
        .build()
}

#[cfg(test)]
mod tests {
    use paystatus_core::ErrorKind;

    use super::*;

    /// Gives one answer after the other, and tells how many were asked for and how much time went by.
    async fn run(
        timeout: u64,
        max_attempts: u32,
        answers: Vec<Result<(), Error>>,
    ) -> (Result<(), Error>, usize, Duration) {
        let start = Instant::now();
        let (mut retries, deadline) = (Retries::new(max_attempts), start + Duration::from_secs(timeout));
        for (index, answer) in answers.into_iter().enumerate() {
            let end = match answer {
                Ok(()) => Ok(()),
                Err(error) => match retries.pause_after(error, deadline).await {
                    Ok(()) => continue,
                    Err(error) => Err(error),
                },
            };
            return (end, index + 1, start.elapsed());
        }
        panic!("asked more often than answers were scripted");
    }

    fn fails(kind: ErrorKind) -> Result<(), Error> {
        Err(Error::new(kind, "scripted"))
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_go_away_is_tried_again_with_growing_pauses() {
        let answers = vec![fails(ErrorKind::Unavailable), fails(ErrorKind::Transport), Ok(())];
        let (result, asked, elapsed) = run(10, 3, answers).await;
        assert!(result.is_ok());
        assert_eq!(asked, 3);
        let range = Duration::from_millis(600)..Duration::from_millis(1300);
        assert!(range.contains(&elapsed), "{elapsed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_cannot_go_away_is_not_tried_again() {
        use ErrorKind::*;
        for kind in
            [Config, InvalidLookup, Unauthorized, NotFound, InvalidReply, Mismatch, Rejected, Unsupported]
        {
            let (result, asked, _) = run(10, 3, vec![fails(kind), Ok(())]).await;
            assert_eq!((result.unwrap_err().kind(), asked), (kind, 1));
        }
        let (_, asked, _) = run(10, 3, vec![fails(Transport).map_err(Error::permanent), Ok(())]).await;
        assert_eq!(asked, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn the_attempts_are_bounded_and_the_last_error_comes_back() {
        for max_attempts in [1, 2, 5] {
            let answers = std::iter::repeat_with(|| fails(ErrorKind::Timeout)).take(9).collect();
            let (result, asked, _) = run(60, max_attempts, answers).await;
            assert_eq!((result.unwrap_err().kind(), asked), (ErrorKind::Timeout, max_attempts as usize));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn retry_after_is_honoured_within_the_deadline() {
        let limited = |seconds| {
            fails(ErrorKind::RateLimited).map_err(|e| e.with_retry_after(Duration::from_secs(seconds)))
        };
        let (result, asked, elapsed) = run(10, 3, vec![limited(4), Ok(())]).await;
        assert!(result.is_ok());
        assert_eq!((asked, elapsed.as_secs()), (2, 4));

        for beyond in [10, 59, u64::MAX] {
            let (result, asked, elapsed) = run(10, 3, vec![limited(beyond), Ok(())]).await;
            let error = result.unwrap_err();
            assert_eq!(error.retry_after(), Some(Duration::from_secs(beyond)));
            assert_eq!((error.kind(), asked, elapsed), (ErrorKind::RateLimited, 1, Duration::ZERO));
        }
    }
}
