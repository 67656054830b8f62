use std::cmp::Reverse;

use paystatus_core::{
    Answer, By, Error, ErrorKind, Lookup, Money, Number, Personal, Refusal, Snapshot, Timestamp, json, share,
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Version, Xendit, error, request, status};

/// What Xendit says: an invoice, or a payment request.
///
/// ```
/// use paystatus_xendit::{Body, Details, Lookup, Xendit, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "id": "62efe4c33e45294d63f585f2", "external_id": "order-1234", "status": "PAID",
///     "amount": 2000000, "paid_amount": 2000000, "currency": "IDR", "payer_email": "canary@example.invalid"
/// }"#));
/// let account = Xendit::new("<secret key>");
/// let payment = interpret(&account, &Lookup::payment("62efe4c33e45294d63f585f2"), &reply)?;
/// assert!(matches!(payment.details(), Details::Invoice(invoice) if invoice.status == "PAID"));
/// assert!(!format!("{:?}", payment.details()).contains("canary"));
/// # Ok::<(), paystatus_xendit::Error>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Details {
    /// A hosted payment link.
    Invoice(Box<Invoice>),
    /// A payment of the Payments API.
    Request(Box<PaymentRequest>),
}

/// A hosted payment link (<https://docs.xendit.co/xeninvoice/statuses>, read 2026-11). Amounts are in major units.
///
/// ```
/// use paystatus_xendit::Invoice;
/// let json = r#"{"id":"62efe4c33e45294d63f585f2","status":"PENDING","amount":10000.01,"currency":"IDR"}"#;
/// let invoice: Invoice = serde_json::from_str(json).unwrap();
/// assert_eq!((invoice.status.as_str(), invoice.paid_amount), ("PENDING", None));
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Invoice {
    /// 24 hexadecimal digits.
    pub id: String,
    /// The merchant's own reference, which several invoices may have.
    pub external_id: Option<String>,
    /// `PENDING`, `PAID`, `SETTLED`, `EXPIRED`, or a word that is not documented.
    pub status: String,
    /// What is asked for.
    pub amount: Option<Number>,
    /// What was paid.
    pub paid_amount: Option<Number>,
    /// The amounts' currency.
    pub currency: Option<String>,
    /// When it was paid.
    #[serde(default, deserialize_with = "json::text")]
    pub paid_at: Option<String>,
    /// When it ends.
    #[serde(default, deserialize_with = "json::text")]
    pub expiry_date: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "json::text")]
    pub created: Option<String>,
    /// When it last changed.
    #[serde(default, deserialize_with = "json::text")]
    pub updated: Option<String>,
    /// Where it is paid.
    #[serde(default, deserialize_with = "json::text")]
    pub invoice_url: Option<String>,
    /// How it was paid.
    #[serde(default, deserialize_with = "json::text")]
    pub payment_method: Option<Personal<String>>,
    /// The payer's e-mail address.
    #[serde(default, deserialize_with = "json::text")]
    pub payer_email: Option<Personal<String>>,
}

/// A payment of the Payments API (<https://docs.xendit.co/apidocs/get-payment-request>, read 2026-11),
/// in its second or third version. Amounts are in major units.
///
/// ```
/// use paystatus_xendit::PaymentRequest;
/// let json = r#"{"payment_request_id":"pr-1","status":"SUCCEEDED","request_amount":10000.01,"currency":"IDR"}"#;
/// let request: PaymentRequest = serde_json::from_str(json).unwrap();
/// assert_eq!(request.payment_request_id.as_deref(), Some("pr-1"));
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct PaymentRequest {
    /// `pr-…`, in the third version.
    pub payment_request_id: Option<String>,
    /// `pr-…`, in the second version.
    pub id: Option<String>,
    /// The merchant's own reference.
    pub reference_id: Option<String>,
    /// `REQUIRES_ACTION`, `SUCCEEDED`, `FAILED`, … or a word that is not documented.
    pub status: String,
    /// What is asked for, in the third version.
    pub request_amount: Option<Number>,
    /// What is asked for, in the second version.
    pub amount: Option<Number>,
    /// The amount's currency.
    pub currency: Option<String>,
    /// `AUTOMATIC`, or `MANUAL` where the merchant may capture a part.
    pub capture_method: Option<String>,
    /// Why it failed.
    #[serde(default, deserialize_with = "json::text")]
    pub failure_code: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "json::text")]
    pub created: Option<String>,
    /// When it last changed.
    #[serde(default, deserialize_with = "json::text")]
    pub updated: Option<String>,
    /// What the channel knows of the payer.
    #[serde(default, deserialize_with = "json::lenient")]
    pub channel_properties: Option<Personal<Value>>,
    /// The card, account or wallet.
    #[serde(default, deserialize_with = "json::lenient")]
    pub payment_method: Option<Personal<Value>>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Listed(#[serde(deserialize_with = "json::nested")] Invoice);

/// An invoice, a payment request, or every invoice with a reference, of which the newest goes first.
pub(crate) fn read(account: &Xendit, lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    let stated = |why: Error| match error::said(text) {
        said if said.code.is_some() => said.into(),
        _ => Refusal::from(why),
    };
    let is_test = account.secret_key.expose_secret().trim_start().starts_with("xnd_development_");
    if lookup.by() == By::Payment {
        let (snapshot, details) = if request::is_invoice(lookup.id()) {
            json::object::<Invoice>(text).map_err(stated)?.read(is_test)?
        } else {
            let request: PaymentRequest = json::object(text).map_err(stated)?;
            request.read(account.payment_requests, is_test)?
        };
        return Ok(Answer::Payment(snapshot, details));
    }
    let listed: Vec<Listed> = json::from_str(text).map_err(stated)?;
    if listed.is_empty() {
        let why = "no invoice has this reference, and payment requests can't be found by theirs";
        return Err(Error::new(ErrorKind::NotFound, why).into());
    }
    let is_own = |invoice: &Invoice| invoice.external_id.as_deref() == Some(lookup.id());
    let mut own: Vec<_> = listed.into_iter().map(|Listed(invoice)| invoice).filter(is_own).collect();
    if own.is_empty() {
        let why = "the reply lists invoices of other references than the one asked for";
        return Err(Error::new(ErrorKind::Mismatch, why).into());
    }
    own.sort_by_cached_key(|invoice| Reverse(time(&invoice.created).and_then(|time| time.instant())));
    let attempts = own.into_iter().map(|invoice| invoice.read(is_test));
    Ok(Answer::Attempts(attempts.collect::<Result<_, Error>>()?))
}

impl Invoice {
    fn read(self, is_test: bool) -> Result<(Snapshot, Details), Error> {
        let money = |amount| Money::charged(amount, self.currency.as_deref());
        let paid = money(self.paid_amount)?;
        // It is no amount of the payment, but what it is compared with has to be one.
        money(self.amount)?;
        let share = match (self.paid_amount, self.amount) {
            (None, _) => None,
            (Some(paid), _) if paid.value().is_zero() => Some("none"),
            (Some(_), None) => Some("all"),
            (Some(paid), Some(amount)) => Some(share(paid.value(), amount.value())),
        };
        let is_staged = self
            .invoice_url
            .as_deref()
            .is_some_and(|url| url.starts_with("https://checkout-staging.xendit.co/"));
        let snapshot = Snapshot::new(&*self.id, status::judge(&self.status, "invoice", share), &*self.status)
            .with_amount(paid)
            .with_reference(self.external_id.clone())
            .with_test_mode((is_test || is_staged).then_some(true))
            .with_created_at(time(&self.created))
            .with_updated_at(time(&self.updated));
        Ok((snapshot, Details::Invoice(Box::new(self))))
    }
}

impl PaymentRequest {
    fn read(self, version: Version, is_test: bool) -> Result<(Snapshot, Details), Error> {
        let (id, amount, words) = match version {
            Version::V3 => (&self.payment_request_id, self.request_amount, "v3"),
            Version::V2 => (&self.id, self.amount, "v2"),
        };
        let why = "the reply has no id of a payment request";
        let id = id.as_deref().ok_or_else(|| Error::new(ErrorKind::InvalidReply, why))?;
        let judgement = status::judge(&self.status, words, None);
        // Of what is captured by hand, a part may be all that was captured.
        let is_manual = self.capture_method.as_ref().is_some_and(|how| how.eq_ignore_ascii_case("MANUAL"));
        let amount = Money::charged(amount, self.currency.as_deref())?;
        let snapshot = Snapshot::new(id, judgement, &*self.status)
            .with_amount(amount.filter(|_| self.status == "SUCCEEDED" && !is_manual))
            .with_reference(self.reference_id.clone())
            .with_reason(self.failure_code.clone())
            .with_test_mode(is_test.then_some(true))
            .with_created_at(time(&self.created))
            .with_updated_at(time(&self.updated));
        Ok((snapshot, Details::Request(Box::new(self))))
    }
}

fn time(text: &Option<String>) -> Option<Timestamp> {
    text.clone().map(Timestamp::stated)
}
