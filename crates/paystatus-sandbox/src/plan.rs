use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::sync::mpsc::UnboundedReceiver;

use crate::{
    Error, Fault, Provider,
    fault::Effect,
    store::{Store, Where},
};

/// The faults of a payment or of a provider, one after the other.
#[derive(Default)]
pub(crate) struct Plan {
    faults: VecDeque<Fault>,
    /// The number of the first fault's turn, once that has begun.
    turn: Option<u64>,
}

impl Plan {
    /// Refuses faults that can't be done, and faults that would never begin, before anything is changed.
    pub(crate) fn append(
        &mut self,
        faults: Vec<Fault>,
        provider: Provider,
        is_payment: bool,
    ) -> Result<(), Error> {
        faults.iter().try_for_each(|fault| fault.check(provider, is_payment))?;
        let before = self.faults.back().into_iter().chain(&faults);
        let followed = faults.len() + usize::from(!self.faults.is_empty());
        if before.take(followed.saturating_sub(1)).any(Fault::is_endless) {
            let why = "without `times` or `for_ms` the fault before would stay, and this one never come";
            return Err(Error::invalid("times", why));
        }
        self.faults.extend(faults);
        Ok(())
    }

    /// Begins the first fault's turn, if there is one whose turn has not begun.
    pub(crate) fn begin(&mut self, turn: u64) -> Option<&Fault> {
        if self.turn.is_some() {
            return None;
        }
        let first = self.faults.front()?;
        self.turn = Some(turn);
        Some(first)
    }

    /// Ends the first fault's turn.
    pub(crate) fn end(&mut self) {
        self.faults.pop_front();
        self.turn = None;
    }

    pub(crate) fn is_at(&self, turn: u64) -> bool {
        self.turn == Some(turn)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// What one request meets, and whether the fault is over with this request.
    pub(crate) fn meet(&mut self) -> (Effect, bool) {
        let Some(first) = self.faults.front_mut() else { return (Effect::default(), false) };
        let left = first.times.map(|times| times.saturating_sub(1));
        first.times = left;
        (first.effect.clone(), left == Some(0))
    }
}

/// A fault that is over after a while.
pub(crate) struct Timer {
    pub(crate) at: Where,
    pub(crate) turn: u64,
    pub(crate) after: Duration,
}

/// Ends the faults whose time has come, for ever.
pub(crate) async fn keep_time(mut timers: UnboundedReceiver<Timer>, store: Arc<Store>) {
    while let Some(Timer { at, turn, after }) = timers.recv().await {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            store.end_turn(at, turn);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lasting(seconds: u64) -> Fault {
        Fault::none().lasting(Duration::from_secs(seconds))
    }

    #[tokio::test(start_paused = true)]
    async fn a_fault_ends_when_its_time_has_come_and_no_other_one_does() {
        let (store, _, timers) = Store::seeded();
        let store = Arc::new(store);
        tokio::spawn(keep_time(timers, Arc::clone(&store)));
        let (provider, id) = (Provider::Bearer, "sandbox-pending");
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

    #[test]
    fn nothing_stands_behind_a_fault_that_stays() {
        let mut plan = Plan::default();
        let mut append = |faults| plan.append(faults, Provider::Bearer, true);
        let refused = |result: Result<(), Error>| result.unwrap_err().field().to_owned();
        assert_eq!(append(vec![Fault::hang().times(1), Fault::state("failed"), lasting(1)]), Ok(()));
        assert_eq!(refused(append(vec![Fault::hang(), Fault::reset()])), "times");
        assert_eq!(append(vec![Fault::hang()]), Ok(()));
        assert_eq!(refused(append(vec![Fault::state("failed")])), "times");
        assert_eq!(append(vec![]), Ok(()));
        assert_eq!(plan.faults.len(), 4);
    }
}
