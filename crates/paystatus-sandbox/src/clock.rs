//! Keeps the time of faults that are over after a while.

use std::{sync::Arc, time::Duration};

use tokio::sync::mpsc::UnboundedReceiver;

use crate::plan::Place;

/// A fault that is over after a while.
pub(crate) struct Timer {
    pub(crate) at: Place,
    pub(crate) turn: u64,
    pub(crate) after: Duration,
}

/// Ends the turns of faults whose time has come, for ever.
pub(crate) async fn keep_time(
    mut timers: UnboundedReceiver<Timer>,
    end_turn: impl Fn(Place, u64) + Send + Sync + 'static,
) {
    let end_turn = Arc::new(end_turn);
    while let Some(Timer { at, turn, after }) = timers.recv().await {
        let end_turn = Arc::clone(&end_turn);
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            end_turn(at, turn);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fault, Provider, store::Store};

    fn lasting(seconds: u64) -> Fault {
        Fault::none().lasting(Duration::from_secs(seconds))
    }

    #[tokio::test(start_paused = true)]
    async fn a_fault_ends_when_its_time_has_come_and_no_other_one_does() {
        let (store, _, timers) = Store::seeded();
        let store = Arc::new(store);
        let keeper = Arc::clone(&store);
        tokio::spawn(keep_time(timers, move |at, turn| keeper.end_turn(at, turn)));
        let (provider, id) = (Provider::BEARER, "sandbox-pending");
        let state = || store.payment(provider, id).unwrap().state().to_owned();
        let passed = async |seconds| tokio::time::sleep(Duration::from_secs(seconds)).await;

        // The timer of a fault that was cleared does not end the one that took its place.
        store.set_faults(provider, Some(id), vec![lasting(3), Fault::state("canceled")]).unwrap();
        passed(1).await;
        let faults = vec![lasting(5), Fault::state("failed").lasting(Duration::from_secs(60)).times(9)];
        store.set_faults(provider, Some(id), faults).unwrap();
        store.inject(provider, Some(id), vec![Fault::state("succeeded")]).unwrap();
        for (seconds, expected) in [(4, "pending"), (2, "failed"), (58, "failed"), (2, "succeeded")] {
            passed(seconds).await;
            assert_eq!(state(), expected);
        }
    }
}
