use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use paystatus_core::{Error, Token};
use tokio::sync;

use crate::exchange::Route;

/// An account's access token: kept in memory only, and fetched by one check at a time for all.
pub(crate) struct Tokens {
    route: Route,
    known: Mutex<Known>,
    /// Whoever has it fetches a token; it is free again when that check is dropped.
    fetching: sync::Mutex<()>,
}

#[derive(Default)]
struct Known {
    kept: Option<Token>,
    /// The error of the latest fetch that failed, and how many have.
    failure: Option<Error>,
    failures: u64,
}

impl Tokens {
    pub(crate) fn new(route: Route) -> Self {
        Self { route, known: Mutex::default(), fetching: sync::Mutex::default() }
    }

    /// The way to where tokens are fetched.
    pub(crate) fn route(&self) -> &Route {
        &self.route
    }

    /// The token that was fetched last, if it can be kept.
    pub(crate) fn kept(&self) -> Option<Token> {
        self.known().kept.clone()
    }

    /// Keeps a token no longer that a provider refused, unless another one has come into its place.
    pub(crate) fn forget(&self, refused: &Token) {
        self.known().kept.take_if(|kept| kept.is(refused));
    }

    /// Waits until no other check fetches a token; then there is one, or this check is to fetch it.
    ///
    /// # Errors
    /// That of the fetch that this check has waited for: who waits for a fetch fails with it,
    /// because another request at once would fare no better.
    pub(crate) async fn fetching(&self) -> Result<Fetching<'_>, Error> {
        let before = self.known().failures;
        let alone = self.fetching.lock().await;
        let known = self.known();
        match &known.failure {
            Some(failure) if known.failures > before => Err(failure.clone()),
            _ => Ok(Fetching { tokens: self, _alone: alone }),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to fetch a token, which one check has at a time.
pub(crate) struct Fetching<'a> {
    tokens: &'a Tokens,
    _alone: sync::MutexGuard<'a, ()>,
}

impl Fetching<'_> {
    /// Keeps the token that came, unless it ends so soon that no other check can use it.
    pub(crate) fn end(&mut self, token: Option<&Token>) {
        let now = SystemTime::now();
        self.tokens.known().kept = token.filter(|token| token.is_fresh(now)).cloned();
    }

    /// Tells those who wait that no token came.
    pub(crate) fn fail(&mut self, error: &Error) {
        let mut known = self.tokens.known();
        known.failures += 1;
        known.failure = Some(error.clone());
    }
}
