use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{
    Digest, Error, Fault, NewPayment, Overrides, Payment, Provider, SentCallback,
    callback::Target,
    delivery::{Outgoing, Queue},
    fault::Effect,
    payment::check_state,
    plan::{Plan, Timer},
    protocol::{self, Asked, Event},
    seeds,
};

/// Everything the sandbox knows and was told, behind one lock that is never held across a wait.
pub(crate) struct Store {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    // Payments are never taken away, so that an index stays valid; their order is the order of creation.
    records: Vec<Record>,
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
}

/// A provider as a whole.
#[derive(Default)]
struct Service {
    requests: u64,
    plan: Plan,
    callbacks: Option<Target>,
    /// The callbacks that are put in here are sent.
    queue: Option<Queue>,
}

/// Whose faults are meant: a payment's by its index, or a provider's.
#[derive(Clone, Copy)]
pub(crate) struct Where {
    provider: Provider,
    position: Option<usize>,
}

impl Store {
    /// A store, the callbacks to deliver for it, by provider, and the timers to keep for it.
    pub(crate) fn seeded() -> (Self, Vec<UnboundedReceiver<Outgoing>>, UnboundedReceiver<Timer>) {
        let (timers, started) = unbounded_channel();
        let mut inner = Inner { timers: Some(timers), ..Inner::default() };
        let signing = Provider::ALL.iter().filter(|provider| protocol::of(**provider).callback.is_some());
        let queues = signing.map(|&provider| {
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
            inner.move_to(position, state);
        }
        Ok(inner.records[position].payment.clone())
    }

    pub(crate) fn set_callback(
        &self,
        provider: Provider,
        url: String,
        digest: Option<Digest>,
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
    pub(crate) fn end_turn(&self, at: Where, turn: u64) {
        let mut inner = self.lock();
        if inner.plan(at).is_at(turn) {
            inner.plan(at).end();
            inner.begin(at);
        }
    }

    pub(crate) fn requests(&self, provider: Provider) -> u64 {
        self.lock().providers.get(&provider).map_or(0, |service| service.requests)
    }

    /// Counts a request to a provider and tells what goes wrong with everything that it is sent.
    pub(crate) fn enter(&self, provider: Provider) -> Effect {
        let mut inner = self.lock();
        inner.providers.entry(provider).or_default().requests += 1;
        inner.meet(Where { provider, position: None })
    }

    /// The payments to answer about, and what goes wrong with that: the faults of the one that was asked for,
    /// which is an order's most recent one, or else of the one that it cascades to.
    pub(crate) fn find(
        &self,
        provider: Provider,
        asked: &Asked,
    ) -> Option<(Vec<(Payment, Overrides)>, Effect)> {
        let mut inner = self.lock();
        let (asked, answered) = match asked {
            Asked::Payment(id) => {
                let asked = inner.position(provider, id)?;
                (asked, vec![inner.cascaded(asked)])
            }
            Asked::Order(order) => {
                let asked = *inner.attempts(provider, order, 1).first()?;
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
            let Record { payment, overrides, .. } = &inner.records[position];
            (payment.clone(), overrides.clone())
        };
        let payments = answered.iter().map(as_now).collect();
        let faulty = if inner.records[asked].plan.is_empty() { answered[0] } else { asked };
        let effect = inner.meet(Where { provider, position: Some(faulty) });
        Some((payments, effect))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn insert(&mut self, payment: Payment, overrides: Overrides) -> usize {
        let (provider, position) = (payment.provider(), self.records.len());
        self.by_id.insert((provider, payment.id().to_owned()), position);
        if let Some(order) = payment.reference() {
            self.by_order.entry((provider, order.to_owned())).or_default().push(position);
        }
        self.records.push(Record { payment, overrides, plan: Plan::default() });
        position
    }

    /// Has a callback sent about what has just happened to a payment, if there is somebody to tell.
    ///
    /// Under the same lock, so that callbacks are sent in the order of what they tell of.
    fn announce(&mut self, position: usize) {
        let Some(Record { payment, overrides, .. }) = self.records.get(position) else { return };
        let protocol = protocol::of(payment.provider());
        let service = self.providers.get(&payment.provider());
        let (Some(sign), Some(Service { callbacks: Some(target), queue: Some(queue), .. })) =
            (protocol.callback, service)
        else {
            return;
        };
        let mut reply = (protocol.answer)(payment).body;
        overrides.apply(&mut reply);
        self.events += 1;
        let (digest, at, number) = (target.digest, SystemTime::now(), self.events);
        if let Some(callback) = sign(&Event { payment, reply: &reply, digest, at, number }) {
            // Nobody delivers any more once the sandbox stops.
            let _ = queue.send(Outgoing { payment: payment.clone(), url: target.url.clone(), callback });
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

    fn place(&self, provider: Provider, id: Option<&str>) -> Result<Where, Error> {
        let position = id.map(|id| self.existing(provider, id)).transpose()?;
        Ok(Where { provider, position })
    }

    fn plan(&mut self, at: Where) -> &mut Plan {
        match at.position {
            Some(position) => &mut self.records[position].plan,
            None => &mut self.providers.entry(at.provider).or_default().plan,
        }
    }

    /// What one request meets of the fault whose turn it is.
    fn meet(&mut self, at: Where) -> Effect {
        let (effect, is_over) = self.plan(at).meet();
        if is_over {
            self.plan(at).end();
            self.begin(at);
        }
        effect
    }

    /// Lets the turn of the first fault begin, if there is one whose turn has come.
    fn begin(&mut self, at: Where) {
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
