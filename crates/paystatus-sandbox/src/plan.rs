use std::collections::VecDeque;

use crate::{Error, Fault, Provider, fault::Effect};

/// Whose faults are meant: a payment's by its index, or a provider's.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) provider: Provider,
    pub(crate) position: Option<usize>,
}

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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn lasting(seconds: u64) -> Fault {
        Fault::none().lasting(Duration::from_secs(seconds))
    }

    #[test]
    fn nothing_stands_behind_a_fault_that_stays() {
        let mut plan = Plan::default();
        let mut append = |faults| plan.append(faults, Provider::BEARER, true);
        let refused = |result: Result<(), Error>| result.unwrap_err().field().to_owned();
        assert_eq!(append(vec![Fault::hang().times(1), Fault::state("failed"), lasting(1)]), Ok(()));
        assert_eq!(refused(append(vec![Fault::hang(), Fault::reset()])), "times");
        assert_eq!(append(vec![Fault::hang()]), Ok(()));
        assert_eq!(refused(append(vec![Fault::state("failed")])), "times");
        assert_eq!(append(vec![]), Ok(()));
        assert_eq!(plan.faults.len(), 4);
    }
}
