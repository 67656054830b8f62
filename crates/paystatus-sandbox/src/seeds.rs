//! What a sandbox starts with: the samples of each protocol, and one payment in every state.

use crate::{NewPayment, Provider, seeded_id};

pub(crate) fn all() -> impl Iterator<Item = NewPayment> {
    Provider::ALL.iter().flat_map(|&provider| {
        let states = provider.states().iter().map(move |state| in_state(provider, state));
        (provider.0.samples)().into_iter().chain(states)
    })
}

/// Whatever its id looks like, the payment is found under the plain one too.
fn in_state(provider: Provider, state: &str) -> NewPayment {
    (provider.0.seed)(provider, state).with_alias(seeded_id(state))
}
