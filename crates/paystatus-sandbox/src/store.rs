use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::{
    Digest, Error, NewPayment, Overrides, Payment, Provider, Reply, SentCallback,
    callback::Target,
    delivery::{Outgoing, Queue},
    payment::check_state,
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
    latest_of_order: HashMap<(Provider, String), usize>,
    providers: HashMap<Provider, Service>,
    events: u64,
    sent: Vec<SentCallback>,
}

struct Record {
    payment: Payment,
    overrides: Overrides,
    behaviour: Behaviour,
}

/// A provider as a whole.
#[derive(Default)]
struct Service {
    requests: u64,
    behaviour: Behaviour,
    callbacks: Option<Target>,
    /// What is put in here is sent.
    queue: Option<Queue>,
}

/// What happens in place of the provider's own answer; the place for every fault that is to come.
#[derive(Clone, Default)]
struct Behaviour {
    reply: Option<Reply>,
}

/// What there is to say to somebody who asked for a payment.
pub(crate) enum Found {
    Nothing,
    Canned(Reply),
    Payment(Payment, Overrides),
}

impl Store {
    /// A store, and the callbacks to deliver for it, by provider.
    pub(crate) fn seeded() -> (Self, Vec<UnboundedReceiver<Outgoing>>) {
        let mut inner = Inner::default();
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
        (Self { inner: Mutex::new(inner) }, queues)
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
        let record = &mut inner.records[position];
        if let Some(overrides) = overrides {
            record.overrides = overrides;
        }
        let is_moved = state.as_ref().is_some_and(|state| *state != record.payment.state);
        if let Some(state) = state {
            record.payment.state = state;
        }
        let payment = record.payment.clone();
        if is_moved {
            inner.announce(position);
        }
        Ok(payment)
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
        self.lock().record(provider, id).map(|record| record.payment.clone())
    }

    pub(crate) fn set_reply(&self, provider: Provider, id: &str, reply: Option<Reply>) -> Result<(), Error> {
        reply.as_ref().map_or(Ok(()), Reply::check)?;
        self.lock().record(provider, id)?.behaviour.reply = reply;
        Ok(())
    }

    pub(crate) fn set_provider_reply(&self, provider: Provider, reply: Option<Reply>) -> Result<(), Error> {
        reply.as_ref().map_or(Ok(()), Reply::check)?;
        self.lock().providers.entry(provider).or_default().behaviour.reply = reply;
        Ok(())
    }

    pub(crate) fn requests(&self, provider: Provider) -> u64 {
        self.lock().providers.get(&provider).map_or(0, |service| service.requests)
    }

    /// Counts a request to a provider and says what that provider was told to answer to everything.
    pub(crate) fn enter(&self, provider: Provider) -> Option<Reply> {
        let mut inner = self.lock();
        let service = inner.providers.entry(provider).or_default();
        service.requests += 1;
        service.behaviour.reply.clone()
    }

    pub(crate) fn find(&self, provider: Provider, asked: &Asked) -> Found {
        let inner = self.lock();
        let position = match asked {
            Asked::Payment(id) => inner.position(provider, id),
            Asked::Order(order) => inner.latest_of_order.get(&(provider, order.clone())).copied(),
        };
        let Some(asked) = position.and_then(|position| inner.records.get(position)) else {
            return Found::Nothing;
        };
        let target = asked.payment.cascades_to().and_then(|id| inner.position(provider, id));
        let answered = target.and_then(|position| inner.records.get(position)).unwrap_or(asked);
        match asked.behaviour.reply.as_ref().or(answered.behaviour.reply.as_ref()) {
            Some(reply) => Found::Canned(reply.clone()),
            None => Found::Payment(answered.payment.clone(), answered.overrides.clone()),
        }
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
            self.latest_of_order.insert((provider, order.to_owned()), position);
        }
        self.records.push(Record { payment, overrides, behaviour: Behaviour::default() });
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

    fn existing(&self, provider: Provider, id: &str) -> Result<usize, Error> {
        let not_found = || Error::not_found("id", format!("{provider} has no payment {id:?}"));
        self.position(provider, id).ok_or_else(not_found)
    }

    fn record(&mut self, provider: Provider, id: &str) -> Result<&mut Record, Error> {
        let position = self.existing(provider, id)?;
        Ok(&mut self.records[position])
    }
}
