use std::{cmp::Reverse, collections::BTreeSet};

use paystatus_core::{
    Answer, By, Error, ErrorKind, Lookup, Money, Number, Personal, Refusal, Snapshot, Timestamp, json, share,
};
use serde::{Deserialize, Serialize};

use crate::{error, status};

/// What the report says about one payment, which is one attempt of a conversation
/// (<https://docs.iyzico.com/en/advanced/reporting-service>, read 2026-11).
///
/// ```
/// use paystatus_iyzico::{Body, Iyzico, Lookup, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{"status": "success", "payments": [{
///     "paymentId": 25236546, "paymentStatus": 1, "paymentRefundStatus": "NOT_REFUNDED", "price": 1, "paidPrice": 50,
///     "currency": "TRY", "phase": "AUTH", "fraudStatus": 1, "lastFourDigits": "canary"
/// }]}"#));
/// let payment = interpret(&Iyzico::new("<api key>", "<secret key>"), &Lookup::payment("25236546"), &reply)?;
/// assert_eq!(payment.amount().unwrap().to_string(), "50 TRY"); // what the card was charged, and not the basket
/// assert_eq!(payment.details().phase.as_deref(), Some("AUTH"));
/// assert!(!format!("{:?}", payment.details()).contains("canary"));
/// # Ok::<(), paystatus_iyzico::Error>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Details {
    /// A number, also where it comes as a string.
    #[serde(deserialize_with = "json::text")]
    pub payment_id: Option<String>,
    /// How far the payment came: a whole number, also where it comes as a string.
    #[serde(deserialize_with = "json::text")]
    pub payment_status: Option<String>,
    /// `NOT_REFUNDED`, `PARTIALLY_REFUNDED`, `TOTALLY_REFUNDED`, or a word that is not documented.
    pub payment_refund_status: Option<String>,
    /// `AUTH`, `PRE_AUTH` or `POST_AUTH`.
    pub phase: Option<String>,
    /// `1` for good, `0` in review, `-1` for rejected.
    #[serde(deserialize_with = "json::text")]
    pub fraud_status: Option<String>,
    /// What the card was charged, an instalment's surcharge included.
    pub paid_price: Option<Number>,
    /// The currency's code.
    pub currency: Option<String>,
    /// The merchant's own reference, which several attempts may share.
    #[serde(deserialize_with = "json::text")]
    pub payment_conversation_id: Option<String>,
    /// The merchant's second reference.
    #[serde(deserialize_with = "json::text")]
    pub basket_id: Option<String>,
    /// When it was made.
    #[serde(deserialize_with = "json::text")]
    pub created_date: Option<String>,
    /// What the card's number begins with.
    #[serde(deserialize_with = "json::text")]
    pub bin_number: Option<Personal<String>>,
    /// What the card's number ends with.
    #[serde(deserialize_with = "json::text")]
    pub last_four_digits: Option<Personal<String>>,
    /// What was given back on the day of the payment.
    #[serde(deserialize_with = "json::optional_list")]
    pub cancels: Option<Vec<GivenBack>>,
    /// What was bought.
    #[serde(deserialize_with = "json::optional_list")]
    pub item_transactions: Option<Vec<Item>>,
}

/// One item of a payment.
///
/// ```
/// use paystatus_iyzico::Item;
/// let refunds = |text| serde_json::from_str::<Item>(text).unwrap().refunds.map(|refunds| refunds.len());
/// assert_eq!(refunds(r#"{"paymentTransactionId": 27225634, "refunds": []}"#), Some(0));
/// assert_eq!(refunds(r#"{"paymentTransactionId": 27225634}"#), None); // which does not say that there are none
/// ```
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Item {
    /// What was given back for it.
    #[serde(deserialize_with = "json::optional_list")]
    pub refunds: Option<Vec<GivenBack>>,
}

/// A refund or a cancel, which may have failed.
///
/// ```
/// use paystatus_iyzico::GivenBack;
/// let refund: GivenBack = serde_json::from_str(r#"{"refundPrice": 20, "refundStatus": 1}"#).unwrap();
/// assert_eq!((refund.refund_price.unwrap().to_string().as_str(), refund.refund_status.as_deref()), ("20", Some("1")));
/// ```
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct GivenBack {
    /// How much.
    pub refund_price: Option<Number>,
    /// `1` where it was done.
    #[serde(deserialize_with = "json::text")]
    pub refund_status: Option<String>,
    /// In which currency.
    pub currency_code: Option<String>,
}

#[derive(Deserialize)]
struct Report {
    #[serde(default, deserialize_with = "json::text")]
    status: Option<String>,
    #[serde(default, deserialize_with = "json::optional_list")]
    payments: Option<Vec<Details>>,
}

/// The one payment with the id, or every payment of the conversation; what the report lists of others does not count.
pub(crate) fn read(lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    let report: Report = json::object(text).map_err(|why| error::said(text).or(why))?;
    // Everything but the word `success` is an error, whatever else stands beside it.
    match report.status.as_deref() {
        Some("success") => {}
        Some(_) => return Err(error::said(text).into()),
        None => return Err(error::said(text).or(invalid("the reply lacks `status`"))),
    }
    let payments = report.payments.ok_or_else(|| invalid("the reply lacks `payments`"))?;
    if payments.is_empty() {
        return Err(Error::new(ErrorKind::NotFound, error::NO_PAYMENT).into());
    }
    if payments.iter().any(|payment| payment.payment_id.is_none()) {
        return Err(invalid("the report lacks `paymentId`").into());
    }
    let is_by_order = lookup.by() == By::Order;
    let name = |payment: &Details| {
        let name = if is_by_order { &payment.payment_conversation_id } else { &payment.payment_id };
        name.as_deref() == Some(lookup.id())
    };
    let mut payments: Vec<_> = payments.into_iter().filter(name).collect();
    if payments.is_empty() {
        return Err(Error::new(ErrorKind::Mismatch, "the report is about other payments only").into());
    }
    let ids: BTreeSet<_> = payments.iter().map(|payment| &payment.payment_id).collect();
    if ids.len() < payments.len() {
        // Their amounts would add up.
        return Err(invalid("the report lists a payment twice").into());
    }
    payments.sort_by_cached_key(|payment| Reverse(payment.created_at().and_then(|time| time.instant())));
    let attempts = payments.into_iter().map(|payment| Ok((payment.snapshot(is_by_order)?, payment)));
    Ok(Answer::Attempts(attempts.collect::<Result<_, Error>>()?))
}

fn invalid(why: &'static str) -> Error {
    Error::new(ErrorKind::InvalidReply, why)
}

impl Details {
    fn snapshot(&self, is_by_order: bool) -> Result<Snapshot, Error> {
        let status = self.payment_status.as_deref().filter(|text| text.parse::<i128>().is_ok());
        let status = status.ok_or_else(|| invalid("`paymentStatus` is not a whole number"))?;
        let refund_status = self.payment_refund_status.as_deref().map(str::trim);
        let given_back = self.given_back()?;
        let paid = self.paid_price.map(Number::value);
        let judgement = status::judge([
            Some(status),
            paid.is_some_and(|paid| paid.is_zero()).then_some("zero"),
            given_back.zip(paid).map(|(returned, paid)| share(returned.value(), paid)),
            refund_status,
            self.cancels.iter().flatten().any(GivenBack::is_done).then_some("canceled"),
            self.phase.as_deref(),
            self.fraud_status.as_deref(),
            is_by_order.then_some("by order"),
        ]);
        let money = |number| Money::charged(number, self.currency.as_deref());
        let (amount, returned) = (money(self.paid_price)?, money(given_back)?);
        let is_told = refund_status.is_some() || self.refunds().next().is_some();
        // The word says that something was given back, and no part of it is listed.
        let is_unlisted =
            given_back == Some(Number::ZERO) && !matches!(refund_status, None | Some("NOT_REFUNDED"));
        // Then nothing can be said about what is left, and so nothing verifies.
        let is_lost = given_back.is_none() || (is_unlisted && refund_status == Some("PARTIALLY_REFUNDED"));
        Ok(Snapshot::new(self.payment_id.clone().unwrap_or_default(), judgement, status)
            .with_amount(amount.filter(|_| !is_lost))
            .with_returned(returned.filter(|_| is_told && !is_unlisted))
            .with_reference(self.payment_conversation_id.clone())
            .with_created_at(self.created_at()))
    }

    fn created_at(&self) -> Option<Timestamp> {
        self.created_date.clone().map(Timestamp::stated)
    }

    fn refunds(&self) -> impl Iterator<Item = &Vec<GivenBack>> {
        let items = self.item_transactions.iter().flatten();
        items.filter_map(|item| item.refunds.as_ref()).chain(&self.cancels)
    }

    /// The sum of what was given back; nothing where a part has no price or another currency than the payment.
    fn given_back(&self) -> Result<Option<Number>, Error> {
        let mut sum = Some(Number::ZERO);
        for part in self.refunds().flatten() {
            // A negative one is none.
            Money::charged(part.refund_price, part.currency_code.as_deref())?;
            if part.is_done() {
                let own = self.currency.as_deref().unwrap_or_default();
                let is_same = part.currency_code.as_ref().is_none_or(|code| code.eq_ignore_ascii_case(own));
                let price = part.refund_price.filter(|_| is_same);
                sum = sum.zip(price).and_then(|(sum, price)| sum.checked_add(price));
            }
        }
        Ok(sum)
    }
}

impl GivenBack {
    fn is_done(&self) -> bool {
        self.refund_status.as_deref() == Some("1")
    }
}
