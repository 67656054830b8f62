use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use paystatus::{
    Error, ErrorKind, Finality, Funds, Lookup, Meaning, Money, Payment, Snapshot, Status, StatusClient,
    async_trait,
};
use serde_json::Value;

/// A provider's account as a reconciliation sees it: what is not told is not found, amounts are 10.00 USD.
#[derive(Clone, Default)]
pub(crate) struct Shop {
    payments: HashMap<Lookup, Payment<Value>>,
    otherwise: Otherwise,
    server: Option<&'static str>,
    allows_test_money: bool,
    /// How many calls are answered before the credentials are refused, and how many fail at first.
    good_for: Option<u32>,
    fails_first: u32,
    asked: Arc<Mutex<HashMap<String, u32>>>,
}

#[derive(Clone, Copy, Default)]
enum Otherwise {
    #[default]
    NotFound,
    Refused,
    Unreachable,
    Unusable,
    Silent,
}

impl Shop {
    pub(crate) fn paid(self, id: &str, reference: &str) -> Self {
        self.knows(Lookup::payment(id), id, reference, Status::Paid, Funds::Taken)
    }

    pub(crate) fn failed(self, id: &str, reference: &str) -> Self {
        self.knows(Lookup::payment(id), id, reference, Status::Failed, Funds::NotTaken)
    }

    /// An order that is answered with this payment, paid.
    pub(crate) fn order(self, order: &str, id: &str, reference: &str) -> Self {
        self.knows(Lookup::order(order), id, reference, Status::Paid, Funds::Taken)
    }

    pub(crate) fn at(self, server: &'static str) -> Self {
        Self { server: Some(server), ..self }
    }

    /// Its payments are test money from here on.
    pub(crate) fn in_test_mode(mut self) -> Self {
        for payment in self.payments.values_mut() {
            let test = payment.snapshot().clone().with_test_mode(Some(true));
            *payment = Payment::new(payment.asked(), test, Value::Null);
        }
        self
    }

    pub(crate) fn allowing_test_money(self) -> Self {
        Self { allows_test_money: true, ..self }
    }

    pub(crate) fn refusing(self) -> Self {
        Self { otherwise: Otherwise::Refused, ..self }
    }

    pub(crate) fn unreachable(self) -> Self {
        Self { otherwise: Otherwise::Unreachable, ..self }
    }

    pub(crate) fn unusable(self) -> Self {
        Self { otherwise: Otherwise::Unusable, ..self }
    }

    /// Refuses its credentials after so many calls.
    pub(crate) fn good_for(self, calls: u32) -> Self {
        Self { good_for: Some(calls), ..self }
    }

    /// Is not reachable the first time that it is asked about any but the first so many ids.
    pub(crate) fn failing_once_after(self, calls: u32) -> Self {
        Self { fails_first: calls, ..self }
    }

    /// A payment that is answered with another one of the same order.
    pub(crate) fn cascading(mut self, asked: &str, id: &str, reference: &str) -> Self {
        self = self.knows(Lookup::payment(asked), id, reference, Status::Paid, Funds::Taken);
        let payment = self.payments.remove(&Lookup::payment(asked)).unwrap().about_another();
        self.payments.insert(Lookup::payment(asked), payment);
        self
    }

    pub(crate) fn never(self) -> Self {
        Self { otherwise: Otherwise::Silent, ..self }
    }

    /// How often it was asked about an id.
    pub(crate) fn asked(&self, id: &str) -> u32 {
        self.asked.lock().unwrap().get(id).copied().unwrap_or_default()
    }

    pub(crate) fn asked_in_all(&self) -> u32 {
        self.asked.lock().unwrap().values().sum()
    }

    fn knows(mut self, asked: Lookup, id: &str, reference: &str, status: Status, funds: Funds) -> Self {
        let meaning = Meaning::new(status, Finality::Final, funds);
        let payment = Payment::new(
            &asked,
            Snapshot::new(id, meaning, "word")
                .with_amount(Some(Money::parse("10.00", "USD").unwrap()))
                .with_reference(Some(reference.to_owned()).filter(|reference| reference != "none")),
            Value::Null,
        );
        self.payments.insert(asked, payment);
        self
    }
}

#[async_trait]
impl StatusClient for Shop {
    fn provider(&self) -> &'static str {
        "acme"
    }

    fn server(&self) -> Option<String> {
        self.server.map(str::to_owned)
    }

    fn allows_test_money(&self) -> bool {
        self.allows_test_money
    }

    async fn status(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
        let (calls, times) = {
            let mut asked = self.asked.lock().unwrap();
            let calls = asked.values().sum::<u32>();
            let times = asked.entry(lookup.id().to_owned()).or_default();
            *times += 1;
            (calls, *times)
        };
        tokio::task::yield_now().await;
        if self.good_for.is_some_and(|good| calls >= good) {
            return Err(Error::new(ErrorKind::Unauthorized, "the token has expired"));
        }
        if self.fails_first > 0 && times == 1 && calls >= self.fails_first {
            return Err(Error::new(ErrorKind::Unavailable, "maintenance"));
        }
        if let Some(payment) = self.payments.get(lookup) {
            return Ok(payment.clone());
        }
        Err(match self.otherwise {
            Otherwise::NotFound => Error::new(ErrorKind::NotFound, "no such payment"),
            Otherwise::Refused => Error::new(ErrorKind::Unauthorized, "wrong key"),
            Otherwise::Unreachable => Error::new(ErrorKind::Transport, "connection refused"),
            Otherwise::Unusable => Error::new(ErrorKind::Config, "no credentials"),
            Otherwise::Silent => std::future::pending().await,
        })
    }
}
