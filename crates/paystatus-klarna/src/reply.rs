use paystatus_core::{Answer, Currency, Money, Refusal, Snapshot, Status, Timestamp, json};
use serde::{Deserialize, Serialize};

use crate::{error, status};

/// What Klarna says about an order. Amounts are in minor units
/// (<https://github.com/api-evangelist/klarna>, `openapi/klarna-orders-api-openapi.yml`, read 2026-11).
///
/// Whatever is about a person, addresses and national identification numbers among it, is not read at all.
///
/// ```
/// use paystatus_klarna::{BaseUrl, Body, Klarna, Lookup, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "order_id": "f3392f8b-6116-4073-ab96-e330819e2c07", "status": "AUTHORIZED", "fraud_status": "PENDING",
///     "order_amount": 10000, "purchase_currency": "EUR", "billing_address": {"given_name": "canary"}
/// }"#));
/// let account = Klarna::new(BaseUrl::parse("https://api.klarna.com")?, "<user name>", "<password>");
/// let payment = interpret(&account, &Lookup::payment("f3392f8b-6116-4073-ab96-e330819e2c07"), &reply)?;
/// assert_eq!((payment.details().order_amount, payment.provider_status()), (Some(10000), "AUTHORIZED/PENDING"));
/// assert!(!format!("{payment:?}").contains("canary"));
/// # Ok::<(), paystatus_klarna::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// The order's id.
    pub order_id: String,
    /// `AUTHORIZED`, `PART_CAPTURED`, `CAPTURED`, `CANCELLED`, `EXPIRED`, `CLOSED`, or a word that is not documented.
    pub status: String,
    /// `ACCEPTED`, `PENDING`, `REJECTED`, or a word that is not documented.
    pub fraud_status: Option<String>,
    /// What the merchant may capture altogether, as the merchant last set it.
    pub order_amount: Option<u64>,
    /// What the customer bought for.
    #[serde(default, deserialize_with = "json::lenient")]
    pub original_order_amount: Option<u64>,
    /// What the merchant captured: this is what Klarna pays.
    pub captured_amount: Option<u64>,
    /// What was given back.
    pub refunded_amount: Option<u64>,
    /// What can still be captured.
    pub remaining_authorized_amount: Option<u64>,
    /// The currency's code.
    pub purchase_currency: Option<String>,
    /// The country of the purchase.
    #[serde(default, deserialize_with = "json::text")]
    pub purchase_country: Option<String>,
    /// Klarna's short name of the order, by which nothing can be asked.
    #[serde(default, deserialize_with = "json::text")]
    pub klarna_reference: Option<String>,
    /// The shop's order number.
    #[serde(default, deserialize_with = "json::text")]
    pub merchant_reference1: Option<String>,
    /// Another reference of the merchant.
    #[serde(default, deserialize_with = "json::text")]
    pub merchant_reference2: Option<String>,
    /// When it was placed.
    #[serde(default, deserialize_with = "json::text")]
    pub created_at: Option<String>,
    /// Until when it can be captured.
    #[serde(default, deserialize_with = "json::text")]
    pub expires_at: Option<String>,
}

pub(crate) fn read(text: &str) -> Result<Answer<Details>, Refusal> {
    let order: Details = json::object(text).map_err(|why| error::said(text).or(why))?;
    let judgement = status::judge(&order);
    let money =
        |units| Money::charged_in_minor(units, order.purchase_currency.as_deref(), Currency::minor_digits);
    let is_charged =
        matches!(judgement.meaning().status, Status::Paid | Status::PartlyPaid | Status::Returned(_));
    let words = match order.fraud_status.as_deref() {
        None | Some("ACCEPTED") => order.status.clone(),
        Some(fraud_status) => format!("{}/{fraud_status}", order.status),
    };
    let snapshot = Snapshot::new(&*order.order_id, judgement, words)
        .with_amount(money(order.captured_amount)?.filter(|_| is_charged))
        .with_returned(money(order.refunded_amount)?)
        .with_reference(order.merchant_reference1.clone())
        .with_created_at(order.created_at.as_deref().map(Timestamp::stated));
    Ok(Answer::Payment(snapshot, order))
}
