use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use paystatus::{
    Error, ErrorKind, Finality, Funds, Lookup, Meaning, Money, Payment, Status, StatusClient, async_trait,
};
use serde_json::Value;

/// A provider's account as a reconciliation sees it: what is not told is not found, amounts are 10.00 USD.
#[derive(Clone, Default)]
pub(crate) struct Shop {
    payments: HashMap<Lookup, Payment<Value>>,
    otherwise: Otherwise,
    asked: Arc<Mutex<HashMap<String, u32>>>,
}

#[derive(Clone, Copy, Default)]
enum Otherwise {
    #[default]
    NotFound,
    Refused,
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

    pub(crate) fn refusing(self) -> Self {
        Self { otherwise: Otherwise::Refused, ..self }
    }

    pub(crate) fn unusable(self) -> Self {
        Self { otherwise: Otherwise::Unusable, ..self }
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
        let payment = Payment::new(&asked, id, meaning, "word", Value::Null)
            .with_amount(Some(Money::parse("10.00", "USD").unwrap()))
            .with_reference(Some(reference.to_owned()).filter(|reference| !reference.is_empty()));
        self.payments.insert(asked, payment);
        self
    }
}

#[async_trait]
impl StatusClient for Shop {
    fn provider(&self) -> &'static str {
        "acme"
    }

    async fn status(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
        *self.asked.lock().unwrap().entry(lookup.id().to_owned()).or_default() += 1;
        tokio::task::yield_now().await;
        if let Some(payment) = self.payments.get(lookup) {
            return Ok(payment.clone());
        }
        Err(match self.otherwise {
            Otherwise::NotFound => Error::new(ErrorKind::NotFound, "no such payment"),
            Otherwise::Refused => Error::new(ErrorKind::Unauthorized, "wrong key"),
            Otherwise::Unusable => Error::new(ErrorKind::Config, "no credentials"),
            Otherwise::Silent => std::future::pending().await,
        })
    }
}
