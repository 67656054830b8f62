use std::ops::Deref;

use serde::Serialize;
use serde_json::Value;

use crate::{Lookup, Snapshot};

/// What a provider said about the payment that was asked for.
///
/// It is the telling [`Snapshot`], whose getters it has; and where an order has several attempts, the others;
/// and the provider's own reply, typed.
/// `Serialize` writes one flat object, with personal data redacted.
///
/// ```
/// use paystatus_core::{Lookup, MayChargeAgain, Money, Payment, Snapshot, Status};
/// # use paystatus_core::{Finality, Funds, Row, Source};
/// # const SEEN: Source = Source::new("https://example.com/docs", "2026-11");
/// # const TABLE: &[Row] = &[Row::new(&["settled"], Status::Paid, Finality::Final, Funds::Taken, SEEN)];
///
/// let snapshot = Snapshot::new("pay_001", Row::judge(TABLE, &[Some("settled")]), "settled");
/// let payment = Payment::new(&Lookup::payment("pay_001"), snapshot, "visa");
/// assert_eq!((payment.status(), payment.may_charge_again()), (Status::Paid, MayChargeAgain::No));
/// assert_eq!((payment.asked().id(), *payment.details()), ("pay_001", "visa"));
/// assert_eq!(serde_json::to_value(&payment).unwrap()["asked_id"], "pay_001");
/// ```
#[derive(Clone, Debug)]
pub struct Payment<D> {
    asked: Lookup,
    is_another: bool,
    telling: Snapshot,
    others: Box<[Snapshot]>,
    details: D,
}

impl<D> Payment<D> {
    /// Puts together what was asked and what was answered: for doubles in tests,
    /// because a provider's replies become payments by [`interpret`](crate::interpret).
    pub fn new(asked: &Lookup, snapshot: Snapshot, details: D) -> Self {
        Self {
            asked: asked.clone(),
            is_another: false,
            telling: snapshot.sharing(asked.shared_id()),
            others: Box::default(),
            details,
        }
    }

    /// Adds the other attempts of the order, the newest first: for doubles, and for what is read from a store.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let snapshot = |id: &str| Snapshot::new(id, Judgement::UNKNOWN, "odd");
    /// let payment = Payment::new(&Lookup::order("order-1"), snapshot("pay_002"), ());
    /// let payment = payment.with_attempts(vec![snapshot("pay_001")]);
    /// assert_eq!(payment.attempts()[0].id(), "pay_001");
    /// ```
    #[must_use]
    #[inline]
    pub fn with_attempts(mut self, others: Vec<Snapshot>) -> Self {
        self.others = others.into();
        self
    }

    /// Says that the answer is about another payment of the same order (cascading),
    /// so that it verifies only together with the merchant's reference.
    #[must_use]
    #[inline]
    pub fn about_another(mut self) -> Self {
        self.is_another = true;
        self
    }

    /// What was asked.
    pub fn asked(&self) -> &Lookup {
        &self.asked
    }

    /// Tells whether the answer is about another payment than the one asked for (cascading).
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let payment = Payment::new(&"p".into(), Snapshot::new("p", Judgement::UNKNOWN, "odd"), ());
    /// assert!(!payment.is_about_another());
    /// assert!(payment.about_another().is_about_another());
    /// ```
    pub fn is_about_another(&self) -> bool {
        self.is_another
    }

    /// The snapshot that speaks for the payment, on its own.
    ///
    /// Where several attempts of an order are paid, its amount is their sum.
    pub fn snapshot(&self) -> &Snapshot {
        &self.telling
    }

    /// The other attempts of the order that was asked for, the newest first; none where there is one payment only.
    pub fn attempts(&self) -> &[Snapshot] {
        &self.others
    }

    /// The provider's own reply.
    pub fn details(&self) -> &D {
        &self.details
    }

    /// Why the payment is judged as it is, in a sentence: the provider's words, and the row that they fit.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// let payment = Payment::new(&"p".into(), Snapshot::new("p", Judgement::UNKNOWN, "on hold"), ());
    /// assert_eq!(payment.explain(), "the provider says \"on hold\", which is in no row of its status table");
    /// ```
    pub fn explain(&self) -> String {
        let said = format!("the provider says {:?}", self.provider_status());
        match self.because() {
            Some(because) => format!("{said}, which fits the row: {because}"),
            None => format!("{said}, which is in no row of its status table"),
        }
    }
}

impl<D> Deref for Payment<D> {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.telling
    }
}

impl<D: Serialize> Payment<D> {
    /// The same payment with its details as plain JSON, personal data redacted: what every [`StatusClient`] returns.
    ///
    /// [`StatusClient`]: crate::StatusClient
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let payment = Payment::new(&"p".into(), Snapshot::new("p", Judgement::UNKNOWN, "odd"), "visa");
    /// assert_eq!(payment.erase().details(), "visa"); // as a `serde_json::Value`
    /// ```
    pub fn erase(self) -> Payment<Value> {
        let details = serde_json::to_value(&self.details).unwrap_or_default();
        let Self { asked, is_another, telling, others, .. } = self;
        Payment { asked, is_another, telling, others, details }
    }
}

impl<D: Serialize> Serialize for Payment<D> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Flat<'a, D> {
            asked_id: &'a str,
            #[serde(flatten)]
            telling: &'a Snapshot,
            /// Null where there is one attempt only, or the provider tells of one only.
            attempts: Option<&'a [Snapshot]>,
            details: &'a D,
        }
        let Self { asked, telling, others, details, .. } = self;
        let attempts = (!others.is_empty()).then_some(&**others);
        Flat { asked_id: asked.id(), telling, attempts, details }.serialize(serializer)
    }
}
