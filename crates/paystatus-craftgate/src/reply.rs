use std::{cmp::Reverse, collections::BTreeSet};

use paystatus_core::{
    Answer, By, Error, ErrorKind, Finality, Lookup, Money, Number, Personal, Refusal, Snapshot, Status,
    Timestamp, json, share,
};
use serde::{Deserialize, Serialize};

use crate::{Failure, OrderBy, error, request::PAGE, status};

/// What Craftgate reports about one payment, which is one attempt to pay an order
/// (<https://github.com/craftgate/craftgate-java-client>, the models, read 2026-11).
///
/// ```
/// use paystatus_craftgate::{Body, Craftgate, Lookup, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{"data": {
///     "id": 5, "paymentStatus": "SUCCESS", "paymentPhase": "AUTH", "price": 100, "paidPrice": 110, "currency": "TRY",
///     "refundStatus": "NO_REFUND", "refunds": [], "cardHolderName": "canary"
/// }}"#));
/// let payment = interpret(&Craftgate::new("<api key>", "<secret key>"), &Lookup::payment("5"), &reply)?;
/// assert_eq!(payment.amount().unwrap().to_string(), "110 TRY"); // what the payer paid, and not the basket
/// assert_eq!(payment.details().payment_phase.as_deref(), Some("AUTH"));
/// assert!(!format!("{:?}", payment.details()).contains("canary"));
/// # Ok::<(), paystatus_craftgate::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Details {
    /// A number.
    #[serde(default, deserialize_with = "json::text")]
    pub id: Option<String>,
    /// `SUCCESS`, `FAILURE`, `INIT_THREEDS`, `CALLBACK_THREEDS`, `WAITING`, or a word that is not documented.
    pub payment_status: String,
    /// `AUTH`, `PRE_AUTH` or `POST_AUTH`.
    pub payment_phase: Option<String>,
    /// `NO_REFUND`, `NOT_REFUNDED`, `PARTIAL_REFUNDED`, `FULLY_REFUNDED`, or a word that is not documented.
    pub refund_status: Option<String>,
    /// What the payer paid, an instalment's surcharge included.
    pub paid_price: Option<Number>,
    /// What can still be given back.
    pub refundable_price: Option<Number>,
    /// The currency's code.
    pub currency: Option<String>,
    /// The merchant's own reference, which several attempts may share.
    #[serde(default, deserialize_with = "json::text")]
    pub conversation_id: Option<String>,
    /// The merchant's second reference.
    #[serde(default, deserialize_with = "json::text")]
    pub external_id: Option<String>,
    /// When it was made, in no stated zone.
    #[serde(default, deserialize_with = "json::text")]
    pub created_date: Option<String>,
    /// `REVIEW` is for the merchant's own reviewers: the money is taken.
    #[serde(default, deserialize_with = "json::text")]
    pub fraud_action: Option<String>,
    /// Why it failed.
    #[serde(default, deserialize_with = "json::lenient_object")]
    pub payment_error: Option<Failure>,
    /// What was given back, or was to be.
    #[serde(default, deserialize_with = "json::optional_list")]
    pub refunds: Option<Vec<Refund>>,
    /// The card holder's name.
    #[serde(default, deserialize_with = "json::text")]
    pub card_holder_name: Option<Personal<String>>,
}

/// A refund, which may have failed or may still be under way.
///
/// ```
/// use paystatus_craftgate::Refund;
/// let refund: Refund = serde_json::from_str(r#"{"status": "SUCCESS", "refundPrice": 30}"#).unwrap();
/// assert_eq!((refund.status.as_deref(), refund.refund_price.unwrap().to_string().as_str()), (Some("SUCCESS"), "30"));
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Refund {
    /// `SUCCESS`, `FAILURE` or `WAITING`.
    #[serde(default, deserialize_with = "json::text")]
    pub status: Option<String>,
    /// How much, to the bank and to the payer's wallet together.
    pub refund_price: Option<Number>,
}

#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Reply<T> {
    #[serde(default, deserialize_with = "json::optional")]
    data: Option<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default, deserialize_with = "json::optional_list")]
    items: Option<Vec<Details>>,
    total_size: Option<u64>,
}

/// One payment, or every payment of an order; what a search lists of others does not count.
pub(crate) fn read(lookup: &Lookup, order_by: OrderBy, text: &str) -> Result<Answer<Details>, Refusal> {
    if lookup.by() != By::Order {
        let payment: Details = data(text)?;
        return Ok(Answer::Payment(payment.snapshot(None, order_by)?, payment));
    }
    let Page { items, total_size } = data(text)?;
    let items = items.ok_or_else(|| invalid("the reply lacks `items`"))?;
    let shown = u64::try_from(items.len()).unwrap_or(u64::MAX);
    let is_whole = total_size.map_or(shown < PAGE, |total| total <= shown);
    if items.is_empty() {
        let nothing = Error::new(ErrorKind::NotFound, error::NO_PAYMENT);
        return Err(if is_whole { nothing } else { invalid("the list shows none of its payments") }.into());
    }
    let is_asked = |payment: &Details| payment.reference(order_by) == Some(lookup.id());
    let mut payments: Vec<_> = items.into_iter().filter(is_asked).collect();
    if payments.is_empty() {
        return Err(Error::new(ErrorKind::Mismatch, "the list is about other payments only").into());
    }
    let ids: BTreeSet<_> = payments.iter().map(|payment| &payment.id).collect();
    if ids.len() < payments.len() {
        // Their amounts would add up.
        return Err(invalid("the list has a payment twice").into());
    }
    // The higher its number, the newer.
    payments
        .sort_by_cached_key(|payment| Reverse(payment.id.as_ref().and_then(|id| id.parse::<u128>().ok())));
    let attempts = payments.into_iter().map(|one| Ok((one.snapshot(Some(is_whole), order_by)?, one)));
    Ok(Answer::Attempts(attempts.collect::<Result<_, Error>>()?))
}

/// What is told, unless an error is told: then nothing else counts.
fn data<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Refusal> {
    let said = error::said(text);
    if said.code.is_some() || said.message.is_some() {
        return Err(said.into());
    }
    let Reply { data } = json::object(text)?;
    Ok(data.ok_or_else(|| invalid("the reply lacks `data`"))?)
}

fn invalid(why: &'static str) -> Error {
    Error::new(ErrorKind::InvalidReply, why)
}

impl Details {
    /// `of_whole_list` tells whether it is one of a list, and whether that is the whole one.
    fn snapshot(&self, of_whole_list: Option<bool>, order_by: OrderBy) -> Result<Snapshot, Error> {
        let id = self.id.as_deref().ok_or_else(|| invalid("the reply lacks `id`"))?;
        let amount = Money::charged(self.paid_price, self.currency.as_deref())?;
        if amount.is_some_and(|money| !money.fits_currency()) {
            return Err(invalid("the reply has an amount finer than its currency's minor unit"));
        }
        let returned = self.returned()?;
        let paid = self.paid_price.map(Number::value);
        let mut judgement = status::judge([
            Some(&self.payment_status),
            paid.is_some_and(|paid| paid.is_zero()).then_some("zero"),
            self.payment_phase.as_deref(),
            self.refund_status.as_deref(),
            returned.zip(paid).map(|(returned, paid)| share(returned.value(), paid)),
            of_whole_list.map(|_| "by order"),
        ]);
        // What a list leaves out may be paid.
        let is_final = judgement.meaning().finality == Finality::Final;
        if of_whole_list == Some(false) && is_final && judgement.meaning().status != Status::Paid {
            judgement = judgement.with_finality(Finality::Provisional);
        }
        // The word says that something was given back, and no part of it is listed.
        let is_refunded = !matches!(self.refund_status.as_deref(), None | Some("NO_REFUND" | "NOT_REFUNDED"));
        let told = returned.filter(|returned| !(is_refunded && returned.value().is_zero()));
        // Then nothing can be said about what is left, and so nothing verifies.
        let is_partly = self.refund_status.as_deref() == Some("PARTIAL_REFUNDED");
        let is_lost = told.is_none() && (is_partly || (returned.is_none() && self.refunds.is_some()));
        Ok(Snapshot::new(id, judgement, &*self.payment_status)
            .with_amount(amount.filter(|_| !is_lost))
            .with_returned(Money::charged(told, self.currency.as_deref())?)
            .with_reference(self.reference(order_by).map(str::to_owned))
            .with_reason(self.payment_error.clone().and_then(|failure| failure.error_description))
            .with_created_at(self.created_date.clone().map(Timestamp::opaque)))
    }

    fn reference(&self, order_by: OrderBy) -> Option<&str> {
        let is_external = order_by == OrderBy::ExternalId;
        if is_external { &self.external_id } else { &self.conversation_id }.as_deref()
    }

    /// The sum of what was given back; nothing where nobody tells, or a part has no price.
    fn returned(&self) -> Result<Option<Number>, Error> {
        let Some(refunds) = &self.refunds else {
            // A negative one is none.
            Money::charged(self.refundable_price, None)?;
            let gone = || self.paid_price?.checked_sub(self.refundable_price?);
            return Ok(match self.refund_status.as_deref() {
                Some("NO_REFUND" | "NOT_REFUNDED") => Some(Number::ZERO),
                Some("PARTIAL_REFUNDED") => gone(),
                _ => None,
            });
        };
        let mut sum = Some(Number::ZERO);
        for refund in refunds {
            // A negative one is none.
            Money::charged(refund.refund_price, None)?;
            if refund.status.as_deref() == Some("SUCCESS") {
                sum = sum.zip(refund.refund_price).and_then(|(sum, price)| sum.checked_add(price));
            }
        }
        Ok(sum)
    }
}
