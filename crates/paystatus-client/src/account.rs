use std::{
    hash::{BuildHasher, RandomState},
    time::SystemTime,
};

use http::{Request, Response};
use paystatus_core::{
    BaseUrl, Body, Check, Error, ErrorKind, Facts, FetchesTokens, Lookup, Pace, Payment, Provider, Status,
    Token,
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};
use tracing::Instrument;

use crate::{
    Settings, Transport,
    exchange::Route,
    pacer::{Pacer, TooLate},
    retry::Retries,
    settings::Observer,
    tokens::Tokens,
    trace,
};

/// One account of a provider.
pub(crate) struct Account<P> {
    pub(crate) provider: P,
    pub(crate) shared: Shared,
}

/// Everything that the checks of an account share, whichever provider it is of.
///
/// What does not depend on the provider is compiled once, and not for each of them.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    route: Route,
    /// For a provider whose requests need an access token.
    tokens: Option<Tokens>,
    pacer: Pacer,
    in_flight: Semaphore,
}

impl<P: Provider> Account<P> {
    pub(crate) fn new(provider: P, settings: Settings, transport: &Transport) -> Result<Self, Error> {
        let tokens_from = provider.tokens().map(FetchesTokens::base_url);
        let shared = Shared::new(provider.facts(), provider.base_url(), tokens_from, settings, transport)?;
        Ok(Self { provider, shared })
    }

    /// Tells whether the provider takes such a lookup; what is missing to ask it, such as a token, is none of this.
    pub(crate) fn can_ask(&self, lookup: &Lookup) -> Result<(), Error> {
        lookup.any_id()?;
        match self.provider.request(&lookup.into()) {
            Err(error) if matches!(error.kind(), ErrorKind::InvalidLookup | ErrorKind::Unsupported) => {
                Err(error.with_provider(self.provider.facts().name))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn pace(&self) -> Option<Pace> {
        self.shared.settings.pace(self.provider.facts())
    }

    /// One whole check: attempts and pauses within the timeout.
    pub(crate) async fn check(&self, lookup: &Lookup, begin: Begin) -> Result<Payment<P::Details>, Error> {
        let facts = self.provider.facts();
        let provider = &self.provider;
        let mut check = Checking { provider, check: Check::new(provider, lookup), payment: None };
        let run = self.shared.check(&mut check, facts, self.provider.base_url(), lookup, begin);
        run.await?;
        check.payment.ok_or_else(|| {
            Error::new(ErrorKind::InvalidReply, "the check ended without a payment").with_provider(facts.name)
        })
    }
}

impl Shared {
    fn new(
        facts: &Facts,
        base_url: &BaseUrl,
        tokens_from: Option<&BaseUrl>,
        settings: Settings,
        transport: &Transport,
    ) -> Result<Self, Error> {
        settings.check()?;
        let route = transport.route(base_url)?;
        let tokens = tokens_from.map(|base_url| transport.route(base_url)).transpose()?.map(Tokens::new);
        let pace = settings.pace(facts);
        pace.map_or(Ok(()), Pace::check)?;
        let in_flight = Semaphore::new(settings.max_in_flight);
        Ok(Self { settings, route, tokens, pacer: Pacer::new(pace), in_flight })
    }

    async fn check(
        &self,
        check: &mut dyn Steps,
        facts: &Facts,
        base_url: &BaseUrl,
        lookup: &Lookup,
        begin: Begin,
    ) -> Result<(), Error> {
        let span = trace::check(facts.name, lookup, base_url);
        let deadline = Instant::now() + self.settings.timeout();
        let mut run = Run { account: self, check, deadline, begin, sent: 0 };
        let result = run.payment(facts, lookup).instrument(span.clone()).await;
        let result = result.map_err(|error| error.with_provider(facts.name).with_attempts(run.sent));
        trace::outcome(&span, result.as_ref().copied(), run.sent);
        result.map(drop)
    }
}

/// What a check does between its requests, whichever provider it asks.
trait Steps: Send {
    /// Builds the request about the payment, and nothing else.
    fn look(&self, lookup: &Lookup) -> Result<(), Error>;
    fn needs_token(&self, now: SystemTime) -> bool;
    fn token(&self) -> Option<&Token>;
    fn offer(&mut self, kept: Option<Token>);
    fn next(&mut self, now: SystemTime, nonce: [u8; 16]) -> Result<Request<Body>, Error>;
    /// Reads a reply; gives the payment's status if it is there.
    fn read(&mut self, reply: &Response<Body>) -> Result<Option<Status>, Error>;
}

/// A check of one provider, and in the end its payment.
struct Checking<'a, P: Provider> {
    provider: &'a P,
    check: Check<'a, P>,
    payment: Option<Payment<P::Details>>,
}

impl<P: Provider> Steps for Checking<'_, P> {
    fn look(&self, lookup: &Lookup) -> Result<(), Error> {
        self.provider.request(&lookup.into()).map(drop)
    }

    fn needs_token(&self, now: SystemTime) -> bool {
        self.check.needs_token(now)
    }

    fn token(&self) -> Option<&Token> {
        self.check.token()
    }

    fn offer(&mut self, kept: Option<Token>) {
        self.check.offer(kept);
    }

    fn next(&mut self, now: SystemTime, nonce: [u8; 16]) -> Result<Request<Body>, Error> {
        self.check.next(now, nonce)
    }

    fn read(&mut self, reply: &Response<Body>) -> Result<Option<Status>, Error> {
        self.payment = self.check.read(reply)?;
        Ok(self.payment.as_ref().map(|payment| payment.status()))
    }
}

/// When the timeout of a check begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begin {
    AtOnce,
    /// It stands still while the check waits for its turn to send a request.
    InTurn,
    /// The same, for a check that makes one attempt.
    InTurnOnce,
}

/// A check that is under way.
struct Run<'a> {
    account: &'a Shared,
    check: &'a mut dyn Steps,
    deadline: Instant,
    begin: Begin,
    sent: u32,
}

impl<'a> Run<'a> {
    async fn payment(&mut self, facts: &Facts, lookup: &Lookup) -> Result<Status, Error> {
        lookup.any_id()?;
        if !facts.asked_by.contains(&lookup.by()) {
            // What can't be asked takes no turn, and fetches no token.
            self.check.look(lookup)?;
        }
        let mut retries = Retries::new(match self.begin {
            Begin::InTurnOnce => 1,
            Begin::AtOnce | Begin::InTurn => self.account.settings.max_attempts,
        });
        loop {
            match self.attempt().await {
                Ok(status) => return Ok(status),
                Err(error) => retries.pause_after(error, self.deadline).await?,
            }
        }
    }

    /// Does what is left to do, up to the payment or the first error; the next attempt goes on there.
    async fn attempt(&mut self) -> Result<Status, Error> {
        let account = self.account;
        let _place = self.place().await?;
        let mut has_turn = false;
        loop {
            if let Some(tokens) = &account.tokens {
                self.have_token(tokens).await?;
            }
            if !has_turn {
                let limit = self.limit();
                self.unhurried(account.pacer.turn(limit)).await.map_err(|late| limited(late, limit))?;
                has_turn = true;
            }
            let now = SystemTime::now();
            if self.check.needs_token(now) {
                continue; // The kept token has ended while this check waited for its turn.
            }
            let used = self.check.token().cloned();
            let request = self.check.next(now, nonce())?;
            let read = self.exchange(&account.route, request, account.settings.observer.as_ref()).await?;
            if let Some(status) = read {
                return Ok(status);
            }
            // What comes next is another request: the second one, or the same with another token.
            has_turn = false;
            if let (Some(tokens), Some(refused), None) = (&account.tokens, used, self.check.token()) {
                tokens.forget(&refused);
            }
        }
    }

    /// Sees to it that the check has an access token: the kept one, the one that is being fetched, or a new one.
    async fn have_token(&mut self, tokens: &Tokens) -> Result<(), Error> {
        if !self.check.needs_token(SystemTime::now()) {
            return Ok(());
        }
        self.check.offer(tokens.kept());
        if !self.check.needs_token(SystemTime::now()) {
            return Ok(());
        }
        // No token is fetched for a request that can't be sent in time, and none while the provider asked for silence.
        let (pacer, limit) = (&self.account.pacer, self.limit());
        pacer.look_ahead(limit).map_err(|late| limited(late, limit))?;
        self.unhurried(pacer.silence(limit)).await.map_err(|late| limited(late, limit))?;

        let fetching = timeout_at(self.deadline, tokens.fetching()).await;
        let mut fetching =
            fetching.map_err(|_| Error::new(ErrorKind::Timeout, "no access token came in time"))??;
        self.check.offer(tokens.kept());
        let now = SystemTime::now();
        if !self.check.needs_token(now) {
            return Ok(());
        }
        let request = self.check.next(now, nonce())?;
        match self.exchange(tokens.route(), request, None).await {
            Ok(_) => {
                // From now on it is one that is kept: it may end, or be revoked, before this check has its turn.
                fetching.end(self.check.token());
                self.check.offer(tokens.kept());
                Ok(())
            }
            Err(error) => {
                fetching.fail(&error);
                Err(error)
            }
        }
    }

    /// Sends one request and reads its reply.
    async fn exchange(
        &mut self,
        route: &Route,
        request: Request<Body>,
        observer: Option<&Observer>,
    ) -> Result<Option<Status>, Error> {
        let request = route.address(request)?;
        self.sent += 1;
        let reply = timeout_at(self.deadline, route.send(request, self.account.settings.max_body));
        let reply =
            reply.await.map_err(|_| Error::new(ErrorKind::Timeout, "no whole answer came in time"))??;
        trace::reply(&reply);
        if let Some(observer) = observer {
            observer.see(&reply);
        }
        let read = self.check.read(&reply);
        if let Err(error) = &read
            && error.kind() == ErrorKind::RateLimited
        {
            self.account.pacer.hold(error.retry_after().unwrap_or_default());
        }
        read
    }

    /// Waits for a place in flight.
    async fn place(&mut self) -> Result<SemaphorePermit<'a>, Error> {
        let Shared { in_flight, pacer, .. } = self.account;
        if let Ok(place) = in_flight.try_acquire() {
            return Ok(place);
        }
        // Other checks may hold every place while they wait for their turns:
        // a check that would be too late learns it now, and not when a place is free.
        let limit = self.limit();
        pacer.look_ahead(limit).map_err(|late| limited(late, limit))?;
        let place = self.unhurried(async {
            match limit {
                Some(limit) => timeout_at(limit, in_flight.acquire()).await.ok(),
                None => Some(in_flight.acquire().await),
            }
        });
        let place = place.await.and_then(Result::ok).filter(|_| Instant::now() < self.deadline);
        place.ok_or_else(|| {
            Error::new(ErrorKind::Timeout, "too many requests were in flight to send this one in time")
        })
    }

    /// Until when the check waits for its turn.
    fn limit(&self) -> Option<Instant> {
        match self.begin {
            Begin::AtOnce => Some(self.deadline),
            Begin::InTurn | Begin::InTurnOnce => None,
        }
    }

    /// Waits for what belongs to the check's turn.
    async fn unhurried<T>(&mut self, turn: impl Future<Output = T>) -> T {
        let start = Instant::now();
        let turn = turn.await;
        if self.begin != Begin::AtOnce {
            self.deadline += start.elapsed();
        }
        turn
    }
}

fn limited(TooLate(delay): TooLate, limit: Option<Instant>) -> Error {
    let why = match limit {
        Some(_) => {
            "the account may send its next request only after the timeout: \
             so its pace says, or the provider's latest answer"
        }
        None => "the provider asked for a longer silence than this check waits for",
    };
    Error::new(ErrorKind::RateLimited, why).with_retry_after(delay)
}

/// Sixteen bytes that no other request has; they are no secret.
///
/// Each state of std's hasher has 128 bits of key: from the operating system once a thread, and another one each time.
fn nonce() -> [u8; 16] {
    let mut nonce = [0; 16];
    let state = RandomState::new();
    nonce[..8].copy_from_slice(&state.hash_one(0).to_ne_bytes());
    nonce[8..].copy_from_slice(&state.hash_one(1).to_ne_bytes());
    nonce
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_nonce_comes_twice() {
        let here = (0..10_000).map(|_| nonce());
        let there = std::thread::spawn(|| (0..10_000).map(|_| nonce()).collect::<Vec<_>>());
        let nonces: HashSet<_> = here.chain(there.join().unwrap()).collect();
        assert_eq!(nonces.len(), 20_000);
    }
}
