use http::Response;
use paystatus_core::{
    Body, By, Error, ErrorKind, Exact, Lookup, Money, Payment, Personal, Timestamp, json, reply,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::{error, status};

/// What Akurateco says about one attempt to pay (<https://docs.akurateco.com>, Check Status, read 2026-11).
///
/// ```
/// use paystatus_akurateco::{Akurateco, BaseUrl, Body, Lookup, Provider};
///
/// let account = Akurateco::new(BaseUrl::parse("https://checkout.example.com")?, "<merchant key>", "<password>");
/// let reply = http::Response::new(Body::from(r#"{
///     "payment_id": "p-1", "status": "settled", "date": "2022-07-05 09:45:03",
///     "order": { "number": "order-1234", "amount": "3.01", "currency": "QAR" },
///     "customer": { "name": "canary" }
/// }"#));
/// let payment = account.interpret(&Lookup::payment("p-1"), &reply)?;
/// let details = payment.details();
/// assert_eq!((details.status.as_str(), details.date.as_deref()), ("settled", Some("2022-07-05 09:45:03")));
/// assert!(details.other_attempts.is_empty());
/// # Ok::<(), paystatus_akurateco::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// The attempt's id, a UUID in practice.
    pub payment_id: String,
    /// `settled`, `decline`, … or a word that is not documented.
    pub status: String,
    /// When the attempt was made, as it was written: without a zone, UTC in every public example.
    #[serde(default, deserialize_with = "json::text")]
    pub date: Option<String>,
    /// Why it was declined.
    #[serde(default, deserialize_with = "json::text")]
    pub reason: Option<String>,
    /// What is paid for.
    #[serde(default, deserialize_with = "json::optional")]
    pub order: Option<Order>,
    /// Who pays.
    #[serde(default, deserialize_with = "customer")]
    pub customer: Option<Customer>,
    /// A token that charges the same payer again.
    #[serde(default, deserialize_with = "json::text")]
    pub recurring_token: Option<Personal<String>>,
    /// The wallet that was paid with, if one was.
    #[serde(default, deserialize_with = "json::text")]
    pub digital_wallet: Option<Personal<String>>,
    /// A token that stands for the card.
    #[serde(default, deserialize_with = "json::text")]
    pub card_token: Option<Personal<String>>,
    /// The schedule of a recurring payment, under any of the three names that it is sent with.
    #[serde(default, deserialize_with = "json::text")]
    pub schedule_id: Option<String>,
    #[serde(default, rename = "shedule_id", deserialize_with = "json::text", skip_serializing)]
    misspelled: Option<String>,
    #[serde(default, rename = "shedule_id ", deserialize_with = "json::text", skip_serializing)]
    misspelled_with_space: Option<String>,
    /// The acquirer's reference number.
    #[serde(default, deserialize_with = "json::text")]
    pub arn: Option<String>,
    /// The other attempts of the same order, newest first: what an order is answered with, a hundred at most.
    #[serde(skip_deserializing)]
    pub other_attempts: Vec<Details>,
}

/// What is paid for.
///
/// ```
/// use paystatus_akurateco::{Akurateco, BaseUrl, Body, Lookup, Provider};
///
/// let account = Akurateco::new(BaseUrl::parse("https://checkout.example.com")?, "<merchant key>", "<password>");
/// let reply = http::Response::new(Body::from(r#"{
///     "payment_id": "p-1", "status": "settled", "date": "2022-07-05 09:45:03",
///     "order": { "number": "order-1234", "amount": "3.01", "currency": "QAR" },
///     "customer": { "name": "canary" }
/// }"#));
/// let payment = account.interpret(&Lookup::payment("p-1"), &reply)?;
/// let order = payment.details().order.as_ref().unwrap();
/// assert_eq!((order.number.as_deref(), order.currency.as_deref()), (Some("order-1234"), Some("QAR")));
/// # Ok::<(), paystatus_akurateco::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Order {
    /// The merchant's own reference.
    #[serde(default, deserialize_with = "json::text")]
    pub number: Option<String>,
    /// The price, in major units.
    #[serde(default)]
    pub amount: Option<Exact>,
    /// The currency's code: 3 letters, up to 6 for crypto.
    #[serde(default)]
    pub currency: Option<String>,
    /// The product's name.
    #[serde(default, deserialize_with = "json::text")]
    pub description: Option<String>,
}

/// Who pays.
///
/// ```
/// use paystatus_akurateco::{Akurateco, BaseUrl, Body, Lookup, Provider};
///
/// let account = Akurateco::new(BaseUrl::parse("https://checkout.example.com")?, "<merchant key>", "<password>");
/// let reply = http::Response::new(Body::from(r#"{
///     "payment_id": "p-1", "status": "settled", "date": "2022-07-05 09:45:03",
///     "order": { "number": "order-1234", "amount": "3.01", "currency": "QAR" },
///     "customer": { "name": "canary" }
/// }"#));
/// let payment = account.interpret(&Lookup::payment("p-1"), &reply)?;
/// let customer = payment.details().customer.as_ref().unwrap();
/// assert!(!format!("{customer:?}").contains("canary"));
/// assert_eq!(customer.name.as_ref().unwrap().expose(), "canary"); // shown only where it is asked for by name
/// # Ok::<(), paystatus_akurateco::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Customer {
    /// The name.
    #[serde(default, deserialize_with = "json::text")]
    pub name: Option<Personal<String>>,
    /// The e-mail address.
    #[serde(default, deserialize_with = "json::text")]
    pub email: Option<Personal<String>>,
}

/// An answer needs a success that says id and status, of the order that was asked for, if one was.
pub(crate) fn read(lookup: &Lookup, reply: &Response<Body>) -> Result<Payment<Details>, Error> {
    if !reply.status().is_success() {
        return Err(error::read(reply));
    }
    let mut attempts =
        attempts(reply::text(reply)?).map_err(|why| error::in_success(reply).unwrap_or(why))?;
    let by_order = lookup.by() == By::Order;
    if by_order {
        attempts.iter().filter_map(Details::number).try_for_each(|number| lookup.confirm(number))?;
    }
    let mut numbers = attempts.iter().filter_map(Details::number);
    if numbers.next().is_some_and(|first| numbers.any(|other| other != first)) {
        return Err(Error::new(ErrorKind::Mismatch, "the reply lists attempts of more than one order"));
    }
    let telling = status::telling(attempts.iter().map(|attempt| attempt.status.as_str()));
    if telling >= attempts.len() {
        return Err(Error::new(ErrorKind::InvalidReply, "the reply is an empty list"));
    }
    let mut details = attempts.remove(telling);
    details.other_attempts = attempts;

    let currency = details.order.as_ref().and_then(|order| order.currency.as_deref());
    let amount = Money::charged(details.order.as_ref().and_then(|order| order.amount), currency)?;
    if amount.is_some_and(|money| !money.fits_currency()) {
        let why = "the reply has an amount finer than its currency's minor unit";
        return Err(Error::new(ErrorKind::InvalidReply, why));
    }
    let currency = currency.and_then(|code| code.parse().ok());
    let is_the_asked =
        if by_order { details.number().is_some() } else { lookup.confirm(&details.payment_id).is_ok() };
    let no_other_attempt = is_the_asked
        && !by_order
        && details.other_attempts.iter().all(|attempt| status::is_declined(&attempt.status));
    let meaning = status::meaning(&details.status, currency, no_other_attempt);
    let (id, word) = (details.payment_id.clone(), details.status.clone());
    let (reference, reason) = (details.number().map(str::to_owned), details.reason.clone());
    let created_at = details.date.clone().map(Timestamp::inferred_utc);
    let payment = Payment::new(lookup, id, meaning, word, details)
        .with_amount(amount)
        .with_reference(reference)
        .with_reason(reason)
        .with_created_at(created_at);
    Ok(if is_the_asked { payment } else { payment.about_another() })
}

/// One attempt, or a list of them.
fn attempts(text: &str) -> Result<Vec<Details>, Error> {
    if !text.trim_ascii_start().starts_with('[') {
        return Ok(vec![attempt(text)?]);
    }
    json::from_str::<Vec<&RawValue>>(text)?.into_iter().map(|raw| attempt(raw.get())).collect()
}

fn attempt(text: &str) -> Result<Details, Error> {
    let mut details: Details = json::object(text)?;
    let misspelled = details.misspelled.take().or(details.misspelled_with_space.take());
    details.schedule_id = details.schedule_id.take().or(misspelled);
    Ok(details)
}

/// Anything but an object is left out: who pays does not decide whether it is paid.
fn customer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Customer>, D::Error> {
    let raw = Option::<&RawValue>::deserialize(deserializer)?;
    Ok(raw.and_then(|raw| json::object(raw.get()).ok()))
}

impl Details {
    fn number(&self) -> Option<&str> {
        self.order.as_ref()?.number.as_deref()
    }
}
