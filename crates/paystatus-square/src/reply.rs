use paystatus_core::{
    Answer, Currency, Error, ErrorKind, Money, Personal, Refusal, Snapshot, Status, Timestamp, json,
};
use serde::{Deserialize, Serialize};

use crate::{Square, error, status};

/// What Square says about a payment (<https://www.npmjs.com/package/square/v/46.0.0>, types, read 2026-11).
///
/// ```
/// use paystatus_square::{Body, Lookup, Square, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{"payment": {
///     "id": "bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY", "status": "APPROVED", "source_type": "CARD",
///     "total_money": {"amount": 1000, "currency": "USD"}, "note": "canary"
/// }}"#));
/// let payment = interpret(&Square::new("<access token>"), &Lookup::payment("bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY"), &reply)?;
/// let details = payment.details();
/// assert_eq!((&*details.status, details.source_type.as_deref()), ("APPROVED", Some("CARD")));
/// assert!(!format!("{details:?}").contains("canary"));
/// # Ok::<(), paystatus_square::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// About 29 letters and digits, case sensitive.
    pub id: String,
    /// `COMPLETED`, `APPROVED`, `PENDING`, `CANCELED`, `FAILED`, or a word that is not documented.
    pub status: String,
    /// Such as `CARD`, `WALLET`, `BANK_ACCOUNT`; `CASH` and `EXTERNAL` for what the seller wrote down.
    pub source_type: Option<String>,
    /// What was asked for, without a tip.
    #[serde(default, deserialize_with = "json::optional")]
    pub amount_money: Option<Units>,
    /// What was asked for, with the tip.
    #[serde(default, deserialize_with = "json::optional")]
    pub total_money: Option<Units>,
    /// What the payer's bank approved.
    #[serde(default, deserialize_with = "json::optional")]
    pub approved_money: Option<Units>,
    /// What was given back so far.
    #[serde(default, deserialize_with = "json::optional")]
    pub refunded_money: Option<Units>,
    /// The card's part.
    #[serde(default, deserialize_with = "json::optional")]
    pub card_details: Option<SourceDetails>,
    /// The wallet's part.
    #[serde(default, deserialize_with = "json::optional")]
    pub wallet_details: Option<SourceDetails>,
    /// The bank account's part.
    #[serde(default, deserialize_with = "json::optional")]
    pub bank_account_details: Option<SourceDetails>,
    /// The pay-later service's part.
    #[serde(default, deserialize_with = "json::optional")]
    pub buy_now_pay_later_details: Option<SourceDetails>,
    /// Until when a hold lasts.
    #[serde(default, deserialize_with = "json::text")]
    pub delayed_until: Option<String>,
    /// What becomes of a hold then: `CANCEL` or `COMPLETE`.
    #[serde(default, deserialize_with = "json::text")]
    pub delay_action: Option<String>,
    /// The seller's location.
    #[serde(default, deserialize_with = "json::text")]
    pub location_id: Option<String>,
    /// Square's own order, which may have several payments.
    #[serde(default, deserialize_with = "json::text")]
    pub order_id: Option<String>,
    /// The merchant's own reference.
    #[serde(default, deserialize_with = "json::text")]
    pub reference_id: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "json::text")]
    pub created_at: Option<String>,
    /// When it last changed.
    #[serde(default, deserialize_with = "json::text")]
    pub updated_at: Option<String>,
    /// What the seller wrote about it.
    #[serde(default, deserialize_with = "json::text")]
    pub note: Option<Personal<String>>,
    /// The payer, as the seller knows them.
    #[serde(default, deserialize_with = "json::text")]
    pub customer_id: Option<Personal<String>>,
    /// The payer's e-mail address.
    #[serde(default, deserialize_with = "json::text")]
    pub buyer_email_address: Option<Personal<String>>,
}

/// An amount in minor units, and its currency.
///
/// ```
/// use paystatus_square::{Body, Lookup, Square, interpret};
///
/// let reply = r#"{"payment": {"id": "p1", "status": "PENDING", "total_money": {"amount": 1200, "currency": "USD"}}}"#;
/// let reply = http::Response::new(Body::from(reply));
/// let payment = interpret(&Square::new("<access token>"), &Lookup::payment("p1"), &reply)?;
/// let total = payment.details().total_money.as_ref().unwrap();
/// assert_eq!((total.amount, &*total.currency), (1200, "USD"));
/// # Ok::<(), paystatus_square::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Units {
    /// How many.
    pub amount: u64,
    /// The currency's code.
    pub currency: String,
}

/// What a source of money says about its part.
///
/// ```
/// use paystatus_square::{Body, Lookup, Square, interpret};
///
/// let reply = r#"{"payment": {"id": "p1", "status": "FAILED", "card_details": {
///     "status": "FAILED", "errors": [{"category": "PAYMENT_METHOD_ERROR", "code": "INSUFFICIENT_FUNDS"}]
/// }}}"#;
/// let reply = http::Response::new(Body::from(reply));
/// let payment = interpret(&Square::new("<access token>"), &Lookup::payment("p1"), &reply)?;
/// let card = payment.details().card_details.as_ref().unwrap();
/// assert_eq!(card.status.as_deref(), Some("FAILED"));
/// assert_eq!(card.errors.as_ref().unwrap()[0].code.as_deref(), Some("INSUFFICIENT_FUNDS"));
/// # Ok::<(), paystatus_square::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct SourceDetails {
    /// Of a card or a wallet: `AUTHORIZED`, `CAPTURED`, `VOIDED`, `FAILED`.
    pub status: Option<String>,
    /// Why it failed.
    #[serde(default, deserialize_with = "json::lenient")]
    pub errors: Option<Vec<SourceError>>,
}

/// Why a source of money failed.
///
/// ```
/// use paystatus_square::{Body, Lookup, Square, interpret};
///
/// let reply = r#"{"payment": {"id": "p1", "status": "FAILED", "wallet_details": {"errors": [{"code": "CARD_EXPIRED"}]}}}"#;
/// let reply = http::Response::new(Body::from(reply));
/// let payment = interpret(&Square::new("<access token>"), &Lookup::payment("p1"), &reply)?;
/// let wallet = payment.details().wallet_details.as_ref().unwrap();
/// assert_eq!(wallet.errors.as_ref().unwrap()[0].code.as_deref(), payment.reason());
/// # Ok::<(), paystatus_square::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct SourceError {
    /// Such as `INSUFFICIENT_FUNDS`.
    pub code: Option<String>,
}

pub(crate) fn read(account: &Square, text: &str) -> Result<Answer<Details>, Refusal> {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(deserialize_with = "json::nested")]
        payment: Details,
    }

    let Reply { payment } = json::object(text).map_err(|why| error::said(text).or(why))?;
    let money = |units: Option<&Units>| match units {
        Some(it) => Money::charged_in_minor(Some(it.amount), Some(&it.currency), Currency::minor_digits),
        None => Ok(None),
    };
    if payment.status == "COMPLETED" && payment.total_money.is_none() {
        let why = "the reply has a completed payment without its `total_money`";
        return Err(Error::new(ErrorKind::InvalidReply, why).into());
    }
    let judgement = status::judge(account, &payment);
    let refunded = money(payment.refunded_money.as_ref())?;
    let charged = money(payment.charged())?;
    // No refund is told by leaving the sum out.
    let nothing = charged.and_then(|charged| charged.saturating_sub(charged));
    let tells = matches!(judgement.meaning().status, Status::Paid | Status::Returned(_));
    let snapshot = Snapshot::new(&*payment.id, judgement, &*payment.status)
        .with_amount(charged)
        .with_returned(refunded.or(nothing).filter(|_| tells))
        .with_reference(payment.reference_id.clone())
        .with_reason(payment.reason())
        .with_created_at(payment.created_at.clone().map(Timestamp::stated))
        .with_updated_at(payment.updated_at.clone().map(Timestamp::stated));
    Ok(Answer::Payment(snapshot, payment))
}

impl Details {
    /// The total with its tip, or what was approved where that is less.
    pub(crate) fn charged(&self) -> Option<&Units> {
        let total = self.total_money.as_ref()?;
        let less = self.approved_money.as_ref().filter(|approved| approved.amount < total.amount);
        Some(less.unwrap_or(total))
    }

    /// Each source of money that has details, with the word for it.
    fn sources(&self) -> impl Iterator<Item = (&'static str, &SourceDetails)> {
        let sources = [
            ("CARD", &self.card_details),
            ("WALLET", &self.wallet_details),
            ("BANK_ACCOUNT", &self.bank_account_details),
            ("BUY_NOW_PAY_LATER", &self.buy_now_pay_later_details),
        ];
        sources.into_iter().filter_map(|(word, details)| Some((word, details.as_ref()?)))
    }

    /// Where the money comes from; by its details where the word is absent.
    pub(crate) fn source(&self) -> Option<&str> {
        self.source_type.as_deref().or_else(|| Some(self.sources().next()?.0))
    }

    fn reason(&self) -> Option<String> {
        self.sources().find_map(|(_, details)| details.errors.as_ref()?.first()?.code.clone())
    }
}
