use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{
    Error, Fault, NewPayment, Overrides, Payment, Provider, SentCallback,
    callback::Target,
    clock::Timer,
    delivery::Outgoing,
    fault::Effect,
    payment::check_state,
    plan::{Place, Plan},
    protocol::{Asked, Issued},
    seeds,
    tokens::Tokens,
};

/// Everything the sandbox knows and was told, behind one lock that is never held across a wait.
pub(crate) struct Store {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    // Payments are never taken away, so that an index stays valid; their order is the order of creation.
    records: Vec<Record>,
    /// By their ids and by their aliases.
    by_id: HashMap<(Provider, String), usize>,
    /// The attempts of each order, oldest first.
    by_order: HashMap<(Provider, String), Vec<usize>>,
    providers: HashMap<Provider, Service>,
    events: u64,
    sent: Vec<SentCallback>,
    /// Counts the turns of faults: each fault that begins has one, with a number of its own.
    turns: u64,
    timers: Option<UnboundedSender<Timer>>,
}

struct Record {
    payment: Payment,
    overrides: Overrides,
    plan: Plan,
    /// In which state it was answered about, for the requests for a part that follow.
    answered: Option<String>,
}

/// A provider as a whole.
#[derive(Default)]
struct Service {
    requests: u64,
    token_requests: u64,
    tokens: Tokens,
    plan: Plan,
    callbacks: Option<Target>,
    /// The callbacks that are put in here are sent.
    queue: Option<UnboundedSender<Outgoing>>,
}

impl Store {
    /// A store, the callbacks to deliver for it, by provider, and the timers to keep for it.
    pub(crate) fn seeded() -> (Self, Vec<UnboundedReceiver<Outgoing>>, UnboundedReceiver<Timer>) {
        let (timers, started) = unbounded_channel();
        let mut inner = Inner { timers: Some(timers), ..Inner::default() };
        let sending = Provider::ALL.iter().filter(|provider| provider.sends_callbacks());
        let queues = sending.map(|&provider| {
            let (queue, queued) = unbounded_channel();
            inner.providers.entry(provider).or_default().queue = Some(queue);
            queued
        });
        let queues = queues.collect();
        for (payment, overrides) in seeds::all().map(NewPayment::into_payment) {
            inner.insert(payment, overrides);
        }
        (Self { inner: Mutex::new(inner) }, queues, started)
    }

    pub(crate) fn create(&self, new: NewPayment) -> Result<Payment, Error> {
        new.check()?;
        let (payment, overrides) = new.into_payment();
        let provider = payment.provider();
        let mut inner = self.lock();
        if inner.position(provider, payment.id()).is_some() {
            return Err(Error::exists("id", format!("{provider} has a payment {:?} already", payment.id())));
        }
        if let Some(target) = payment.cascades_to()
            && inner.position(provider, target).is_none()
        {
            return Err(Error::invalid("cascades_to", format!("{provider} has no payment {target:?}")));
        }
        let position = inner.insert(payment.clone(), overrides);
        inner.announce(position);
        Ok(payment)
    }

    /// Moves a payment to another state, gives it other overrides, or both.
    pub(crate) fn change(
        &self,
        provider: Provider,
        id: &str,
        state: Option<String>,
        overrides: Option<Overrides>,
    ) -> Result<Payment, Error> {
        if let Some(state) = &state {
            check_state(provider, state)?;
        }
        let mut inner = self.lock();
        let position = inner.existing(provider, id)?;
        if let Some(overrides) = overrides {
            inner.records[position].overrides = overrides;
        }
        if let Some(state) = state {
            inner.records[position].answered = None;
            inner.move_to(position, state);
        }
        Ok(inner.records[position].payment.clone())
    }

    pub(crate) fn set_callback(
        &self,
        provider: Provider,
        url: String,
        digest: Option<&str>,
    ) -> Result<(), Error> {
        let target = Target::new(provider, url, digest)?;
        self.lock().providers.entry(provider).or_default().callbacks = Some(target);
        Ok(())
    }

    pub(crate) fn clear_callback(&self, provider: Provider) {
        self.lock().providers.entry(provider).or_default().callbacks = None;
    }

    /// Keeps what came of a callback.
    pub(crate) fn record(&self, sent: SentCallback) {
        self.lock().sent.push(sent);
    }

    pub(crate) fn callbacks(&self) -> Vec<SentCallback> {
        self.lock().sent.clone()
    }

    pub(crate) fn payments(&self) -> Vec<Payment> {
        self.lock().records.iter().map(|record| record.payment.clone()).collect()
    }

    pub(crate) fn payment(&self, provider: Provider, id: &str) -> Result<Payment, Error> {
        let inner = self.lock();
        inner.existing(provider, id).map(|position| inner.records[position].payment.clone())
    }

    /// Adds faults behind those that there are; nothing changes if one of them is refused.
    pub(crate) fn inject(
        &self,
        provider: Provider,
        id: Option<&str>,
        faults: Vec<Fault>,
    ) -> Result<(), Error> {
        let mut inner = self.lock();
        let at = inner.place(provider, id)?;
        inner.plan(at).append(faults, provider, id.is_some())?;
        inner.begin(at);
        Ok(())
    }

    /// Puts faults in the place of those that there are; nothing changes if one of them is refused.
    pub(crate) fn set_faults(
        &self,
        provider: Provider,
        id: Option<&str>,
        faults: Vec<Fault>,
    ) -> Result<(), Error> {
        let mut inner = self.lock();
        let at = inner.place(provider, id)?;
        let mut plan = Plan::default();
        plan.append(faults, provider, id.is_some())?;
        *inner.plan(at) = plan;
        inner.begin(at);
        Ok(())
    }

    /// Ends a fault whose time has come, unless it is over already.
    pub(crate) fn end_turn(&self, at: Place, turn: u64) {
        let mut inner = self.lock();
        if inner.plan(at).is_at(turn) {
            inner.plan(at).end();
            inner.begin(at);
        }
    }

    pub(crate) fn requests(&self, provider: Provider) -> u64 {
        self.lock().providers.get(&provider).map_or(0, |service| service.requests)
    }

    pub(crate) fn token_requests(&self, provider: Provider) -> u64 {
        self.lock().providers.get(&provider).map_or(0, |service| service.token_requests)
    }

    /// Counts a request to a provider and tells what goes wrong with everything that it is sent.
    pub(crate) fn enter(&self, provider: Provider, is_for_a_token: bool) -> Effect {
        let mut inner = self.lock();
        let service = inner.providers.entry(provider).or_default();
        if is_for_a_token {
            service.token_requests += 1;
        } else {
            service.requests += 1;
        }
        inner.meet(Place { provider, position: None })
    }

    /// Hands an access token out.
    pub(crate) fn issue(&self, provider: Provider, prefix: &str, lifetime: u32) -> Issued {
        let mut inner = self.lock();
        let tokens = &mut inner.providers.entry(provider).or_default().tokens;
        let (token, lifetime) = tokens.issue(prefix, lifetime);
        Issued { token, lifetime, at: SystemTime::now() }
    }

    /// The access tokens that a provider takes now.
    pub(crate) fn tokens(&self, provider: Provider) -> Vec<String> {
        self.lock().providers.get(&provider).map_or_else(Vec::new, |service| service.tokens.valid())
    }

    pub(crate) fn revoke_tokens(&self, provider: Provider) -> Result<(), Error> {
        self.with_tokens(provider, Tokens::revoke)
    }

    pub(crate) fn set_token_lifetime(&self, provider: Provider, seconds: u32) -> Result<(), Error> {
        self.with_tokens(provider, |tokens| tokens.set_lifetime(seconds))
    }

    fn with_tokens(&self, provider: Provider, change: impl FnOnce(&mut Tokens)) -> Result<(), Error> {
        if !provider.issues_tokens() {
            let issuing = Provider::ALL.iter().filter(|other| other.issues_tokens());
            let message = format!("{provider} hands out no access tokens");
            return Err(Error::invalid("provider", message).allowing(issuing));
        }
        change(&mut self.lock().providers.entry(provider).or_default().tokens);
        Ok(())
    }

    /// The payments to answer about, and what goes wrong with that: the faults of the one that was asked for,
    /// which is an order's most recent one, or else of the one that it cascades to.
    ///
    /// A request for a part of a payment belongs to the request for the payment before it: it meets no fault of the
    /// payment, and finds it as it was then.
    pub(crate) fn find(
        &self,
        provider: Provider,
        asked: &Asked,
    ) -> Option<(Vec<(Payment, Overrides)>, Effect)> {
        let mut inner = self.lock();
        // Under the alias that was asked for, if so: a merchant's client compares the ids.
        let name = match asked {
            Asked::Payment(id) | Asked::Either(id) | Asked::Part(_, id) => id,
            Asked::Order(_) | Asked::Attempts(..) => "",
        };
        let is_part = matches!(asked, Asked::Part(..));
        let (asked, answered) = match asked {
            Asked::Payment(id) | Asked::Part(_, id) => {
                let asked = inner.position(provider, id)?;
                (asked, vec![inner.cascaded(asked)])
            }
            Asked::Order(order) => {
                let asked = *inner.attempts(provider, order, 1).first()?;
                (asked, vec![inner.cascaded(asked)])
            }
            Asked::Either(name) => {
                let of_order = || inner.attempts(provider, name, 1).first().copied();
                let asked = inner.position(provider, name).or_else(of_order)?;
                (asked, vec![inner.cascaded(asked)])
            }
            // Each stands for itself: the one that another cascades to is in the list too.
            Asked::Attempts(order, size) => {
                let attempts = inner.attempts(provider, order, *size);
                (*attempts.first()?, attempts)
            }
        };
        // As they are now: the next fault may move one.
        let as_now = |&position: &usize| {
            let record = &mut inner.records[position];
            let mut payment = record.payment.clone().under(name);
            match (is_part, &record.answered) {
                (true, Some(state)) => state.clone_into(&mut payment.state),
                (true, None) => {}
                (false, _) => record.answered = Some(payment.state.clone()),
            }
            (payment, record.overrides.clone())
        };
        let payments = answered.iter().map(as_now).collect();
        if is_part {
            return Some((payments, Effect::default()));
        }
        let faulty = if inner.records[asked].plan.is_empty() { answered[0] } else { asked };
        let effect = inner.meet(Place { provider, position: Some(faulty) });
        Some((payments, effect))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn insert(&mut self, payment: Payment, overrides: Overrides) -> usize {
        let (provider, position) = (payment.provider(), self.records.len());
        for id in [Some(payment.id()), payment.alias()].into_iter().flatten() {
            self.by_id.insert((provider, id.to_owned()), position);
        }
        if let Some(order) = payment.reference() {
            self.by_order.entry((provider, order.to_owned())).or_default().push(position);
        }
        self.records.push(Record { payment, overrides, plan: Plan::default(), answered: None });
        position
    }

    /// Has a callback sent about what has just happened to a payment, if there is somebody to tell.
    ///
    /// Under the same lock, so that callbacks are sent in the order of what they tell of.
    fn announce(&mut self, position: usize) {
        let Some(Record { payment, overrides, .. }) = self.records.get(position) else { return };
        let Some(Service { callbacks: Some(target), queue: Some(queue), .. }) =
            self.providers.get(&payment.provider())
        else {
            return;
        };
        self.events += 1;
        let Target { url, digest } = target;
        if let Some(callback) = payment.provider().0.callback(payment, overrides, url, digest, self.events) {
            // Nobody delivers any more once the sandbox stops.
            let _ = queue.send(Outgoing { payment: payment.clone(), url: url.clone(), callback });
        }
    }

    fn position(&self, provider: Provider, id: &str) -> Option<usize> {
        self.by_id.get(&(provider, id.to_owned())).copied()
    }

    /// The most recent payments of an order, newest first.
    fn attempts(&self, provider: Provider, order: &str, size: usize) -> Vec<usize> {
        let attempts = self.by_order.get(&(provider, order.to_owned()));
        attempts.into_iter().flatten().rev().take(size).copied().collect()
    }

    /// The payment that is answered when this one is asked for.
    fn cascaded(&self, position: usize) -> usize {
        let payment = &self.records[position].payment;
        payment.cascades_to().and_then(|id| self.position(payment.provider(), id)).unwrap_or(position)
    }

    fn existing(&self, provider: Provider, id: &str) -> Result<usize, Error> {
        let not_found = || Error::not_found("id", format!("{provider} has no payment {id:?}"));
        self.position(provider, id).ok_or_else(not_found)
    }

    fn place(&self, provider: Provider, id: Option<&str>) -> Result<Place, Error> {
        let position = id.map(|id| self.existing(provider, id)).transpose()?;
        Ok(Place { provider, position })
    }

    fn plan(&mut self, at: Place) -> &mut Plan {
        match at.position {
            Some(position) => &mut self.records[position].plan,
            None => &mut self.providers.entry(at.provider).or_default().plan,
        }
    }

    /// What one request meets of the fault whose turn it is.
    fn meet(&mut self, at: Place) -> Effect {
        let (effect, is_over) = self.plan(at).meet();
        if is_over {
            self.plan(at).end();
            self.begin(at);
        }
        effect
    }

    /// Lets the turn of the first fault begin, if there is one whose turn has come.
    fn begin(&mut self, at: Place) {
        loop {
            self.turns += 1;
            let turn = self.turns;
            let Some(fault) = self.plan(at).begin(turn) else { return };
            let (state, lasting, is_over) = (fault.state.clone(), fault.lasting, fault.is_momentary());
            if let (Some(state), Some(position)) = (state, at.position) {
                self.move_to(position, state);
            }
            if let (Some(after), Some(timers)) = (lasting, &self.timers) {
                // Nobody keeps time any more once the sandbox stops.
                let _ = timers.send(Timer { at, turn, after });
            }
            if !is_over {
                return;
            }
            self.plan(at).end();
        }
    }

    /// Moves a payment to a state, and tells of it if it was in another one.
    fn move_to(&mut self, position: usize, state: String) {
        let payment = &mut self.records[position].payment;
        if payment.state != state {
            payment.state = state;
            self.announce(position);
        }
    }
}
