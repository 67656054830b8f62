use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    Error, NewPayment, Overrides, Payment, Provider, Reply, payment::check_state, protocol::Asked, seeds,
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
    pub(crate) fn seeded() -> Self {
        let mut inner = Inner::default();
        for (payment, overrides) in seeds::all().map(NewPayment::into_payment) {
            inner.insert(payment, overrides);
        }
        Self { inner: Mutex::new(inner) }
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
        inner.insert(payment.clone(), overrides);
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
        let record = inner.record(provider, id)?;
        if let Some(state) = state {
            record.payment.state = state;
        }
        if let Some(overrides) = overrides {
            record.overrides = overrides;
        }
        Ok(record.payment.clone())
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
    fn insert(&mut self, payment: Payment, overrides: Overrides) {
        let (provider, position) = (payment.provider(), self.records.len());
        self.by_id.insert((provider, payment.id().to_owned()), position);
        if let Some(order) = payment.reference() {
            self.latest_of_order.insert((provider, order.to_owned()), position);
        }
        self.records.push(Record { payment, overrides, behaviour: Behaviour::default() });
    }

    fn position(&self, provider: Provider, id: &str) -> Option<usize> {
        self.by_id.get(&(provider, id.to_owned())).copied()
    }

    fn record(&mut self, provider: Provider, id: &str) -> Result<&mut Record, Error> {
        let position = self.position(provider, id);
        position
            .and_then(|position| self.records.get_mut(position))
            .ok_or_else(|| Error::not_found("id", format!("{provider} has no payment {id:?}")))
    }
}
