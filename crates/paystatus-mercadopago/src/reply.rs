use std::cmp::Reverse;

use paystatus_core::{
    Answer, By, Error,
    ErrorKind::{Mismatch, NotFound},
    Finality, Lookup, Money, Number, Personal, Refusal, Snapshot, Status, Timestamp, json,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::Value;

use crate::{error, status};

/// What Mercado Pago says about one payment, which is one attempt to pay an order. Amounts are in major units
/// (<https://www.mercadopago.com.br/developers/en/reference>, payments, read 2026-11).
///
/// ```
/// use paystatus_mercadopago::{Body, Lookup, MercadoPago, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "id": 3506756222, "status": "approved", "status_detail": "accredited", "currency_id": "ARS",
///     "transaction_amount": 3500, "transaction_amount_refunded": 0, "payer": { "email": "canary@example.invalid" }
/// }"#));
/// let account = MercadoPago::new("<access token>");
/// let payment = interpret(&account, &Lookup::payment("3506756222"), &reply)?;
/// let details = payment.details();
/// assert_eq!((details.id.as_str(), details.status_detail.as_deref()), ("3506756222", Some("accredited")));
/// assert!(!format!("{details:?}").contains("canary"));
/// # Ok::<(), paystatus_mercadopago::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// A number, which a search writes as a text.
    #[serde(deserialize_with = "id")]
    pub id: String,
    /// `approved`, `pending`, `rejected`, … or a word that is not documented.
    pub status: String,
    /// The same in more words, such as `accredited` or `cc_rejected_insufficient_amount`.
    pub status_detail: Option<String>,
    /// `regular_payment`, or `card_validation` where no money is asked for.
    pub operation_type: Option<String>,
    /// What the sale is about, without the payer's interest.
    pub transaction_amount: Option<Number>,
    /// What was given back of it.
    pub transaction_amount_refunded: Option<Number>,
    /// The amounts' currency.
    pub currency_id: Option<String>,
    /// Whether a held payment was captured.
    pub captured: Option<bool>,
    /// False for test money; true proves nothing.
    pub live_mode: Option<bool>,
    /// The merchant's own reference, which several payments may have.
    #[serde(default, deserialize_with = "json::text")]
    pub external_reference: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "json::text")]
    pub date_created: Option<String>,
    /// When it was approved.
    #[serde(default, deserialize_with = "json::text")]
    pub date_approved: Option<String>,
    /// When it last changed.
    #[serde(default, deserialize_with = "json::text")]
    pub date_last_updated: Option<String>,
    /// Who pays.
    #[serde(default, deserialize_with = "json::lenient")]
    pub payer: Option<Personal<Value>>,
}

/// What a search finds.
#[derive(Deserialize)]
struct Found {
    #[serde(default, deserialize_with = "json::optional")]
    paging: Option<Paging>,
    results: Vec<Listed>,
}

#[derive(Deserialize)]
struct Paging {
    #[serde(default, deserialize_with = "json::lenient")]
    total: Option<usize>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Listed(#[serde(deserialize_with = "json::nested")] Details);

/// How a payment was asked for: by its own id, by its order's, or by that with a list that is not whole.
#[derive(Clone, Copy, PartialEq)]
enum Asked {
    Payment,
    Order,
    PartOfOrder,
}

/// A payment, or every payment with a reference, of which the newest goes first.
pub(crate) fn read(lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    let stated = |why| error::said(text).or(why);
    if lookup.by() != By::Order {
        let payment: Details = json::object(text).map_err(stated)?;
        return Ok(Answer::Payment(payment.snapshot(Asked::Payment)?, payment));
    }
    let Found { paging, results } = json::object(text).map_err(stated)?;
    if results.is_empty() {
        let why = "no payment with this reference is found, or not yet: a search may be hours behind";
        return Err(Error::new(NotFound, why).into());
    }
    let is_cut = paging.and_then(|paging| paging.total).is_some_and(|total| total > results.len());
    let is_own = |payment: &Details| payment.external_reference.as_deref() == Some(lookup.id());
    let mut own: Vec<_> = results.into_iter().map(|Listed(payment)| payment).filter(is_own).collect();
    if own.is_empty() {
        let why = "the reply lists payments of other references than the one asked for";
        return Err(Error::new(Mismatch, why).into());
    }
    own.sort_by_cached_key(|payment| Reverse(time(&payment.date_created).and_then(|time| time.instant())));
    let asked = if is_cut { Asked::PartOfOrder } else { Asked::Order };
    let attempts = own.into_iter().map(|payment| Ok((payment.snapshot(asked)?, payment)));
    Ok(Answer::Attempts(attempts.collect::<Result<_, Error>>()?))
}

impl Details {
    fn snapshot(&self, asked: Asked) -> Result<Snapshot, Error> {
        let money = |amount| Money::charged(amount, self.currency_id.as_deref());
        let (amount, returned) = (money(self.transaction_amount)?, money(self.transaction_amount_refunded)?);
        // Some of it was given back, and the sum does not say so.
        let is_told = self.status_detail.as_deref() != Some("partially_refunded")
            || matches!(status::refunded(self), Some("part" | "all" | "more"));
        let mut judgement = status::judge(self, asked != Asked::Payment);
        let means = judgement.meaning();
        // Beyond the end of the list there may be another attempt.
        if asked == Asked::PartOfOrder && means.status != Status::Paid && means.finality == Finality::Final {
            judgement = judgement.with_finality(Finality::Provisional);
        }
        let reason = self.status_detail.clone().filter(|_| self.status != "approved");
        Ok(Snapshot::new(&*self.id, judgement, &*self.status)
            .with_amount(amount.filter(|_| is_told))
            .with_returned(returned.filter(|_| is_told))
            .with_reference(self.external_reference.clone())
            .with_reason(reason)
            // Test users pay with production tokens: true proves nothing.
            .with_test_mode((self.live_mode == Some(false)).then_some(true))
            .with_created_at(time(&self.date_created))
            .with_updated_at(time(&self.date_last_updated)))
    }
}

fn time(text: &Option<String>) -> Option<Timestamp> {
    text.clone().map(Timestamp::stated)
}

/// A number, or the same as a text.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let id: Option<String> = json::text(deserializer)?;
    id.ok_or_else(|| D::Error::custom("paystatus: has an id that is neither a number nor a text"))
}
