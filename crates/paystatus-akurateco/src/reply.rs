use paystatus_core::{
    Answer, By, Error, ErrorKind, Lookup, Money, Number, Personal, Refusal, Snapshot, Timestamp, json,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::{error, status};

/// What Akurateco says about one attempt to pay (<https://docs.akurateco.com>, Check Status, read 2026-11).
///
/// ```
/// use paystatus_akurateco::{Akurateco, BaseUrl, Body, Lookup, Provider, interpret};
///
/// let account = Akurateco::new(BaseUrl::parse("https://checkout.example.com")?, "<merchant key>", "<password>");
/// let reply = http::Response::new(Body::from(r#"{
///     "payment_id": "p-1", "status": "settled", "date": "2022-07-05 09:45:03",
///     "order": { "number": "order-1234", "amount": "3.01", "currency": "QAR" }
/// }"#));
/// let payment = interpret(&account, &Lookup::payment("p-1"), &reply)?;
/// let details = payment.details();
/// assert_eq!((details.status.as_str(), details.date.as_deref()), ("settled", Some("2022-07-05 09:45:03")));
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
}

/// What is paid for.
///
/// ```
/// use paystatus_akurateco::{Akurateco, BaseUrl, Body, Lookup, Provider, interpret};
///
/// let account = Akurateco::new(BaseUrl::parse("https://checkout.example.com")?, "<merchant key>", "<password>");
/// let reply = http::Response::new(Body::from(r#"{
///     "payment_id": "p-1", "status": "settled", "date": "2022-07-05 09:45:03",
///     "order": { "number": "order-1234", "amount": "3.01", "currency": "QAR" }
/// }"#));
/// let payment = interpret(&account, &Lookup::payment("p-1"), &reply)?;
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
    pub amount: Option<Number>,
    /// The currency's code: 3 letters, up to 6 for crypto.
    pub currency: Option<String>,
    /// The product's name.
    #[serde(default, deserialize_with = "json::text")]
    pub description: Option<String>,
}

/// Who pays.
///
/// ```
/// use paystatus_akurateco::{Akurateco, BaseUrl, Body, Lookup, Provider, interpret};
///
/// let account = Akurateco::new(BaseUrl::parse("https://checkout.example.com")?, "<merchant key>", "<password>");
/// let reply = http::Response::new(Body::from(r#"{
///     "payment_id": "p-1", "status": "settled", "date": "2022-07-05 09:45:03",
///     "order": { "number": "order-1234", "amount": "3.01", "currency": "QAR" },
///     "customer": { "name": "A. Payer" }
/// }"#));
/// let payment = interpret(&account, &Lookup::payment("p-1"), &reply)?;
/// let customer = payment.details().customer.as_ref().unwrap();
/// assert_eq!(customer.name.as_ref().unwrap().expose(), "A. Payer"); // shown only where it is asked for by name
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

/// One attempt, or a list of them, newest first; all of one order.
pub(crate) fn read(lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    let mut attempts = attempts(text).map_err(|why| error::in_success(text).or(why))?;
    let mut numbers = attempts.iter().filter_map(Details::number);
    if numbers.next().is_some_and(|first| numbers.any(|other| other != first)) {
        return Err(Error::new(ErrorKind::Mismatch, "the reply lists attempts of more than one order").into());
    }
    // Where none is settled a pending one speaks, and crypto's, which holds nothing, would wait like any other.
    if !attempts.iter().any(|attempt| attempt.is("settled"))
        && let Some(pending) = attempts.iter().position(|attempt| attempt.is("pending"))
    {
        attempts[..=pending].rotate_right(1);
    }
    let attempts = attempts.into_iter().map(|details| Ok((snapshot(lookup, &details)?, details)));
    Ok(Answer::Attempts(attempts.collect::<Result<_, Error>>()?))
}

fn snapshot(lookup: &Lookup, details: &Details) -> Result<Snapshot, Error> {
    let currency = details.order.as_ref().and_then(|order| order.currency.as_deref());
    let amount = Money::charged(details.order.as_ref().and_then(|order| order.amount), currency)?;
    if amount.is_some_and(|money| !money.fits_currency()) {
        let why = "the reply has an amount finer than its currency's minor unit";
        return Err(Error::new(ErrorKind::InvalidReply, why));
    }
    let currency = currency.and_then(|code| code.parse().ok());
    let is_the_asked = lookup.by() == By::Payment && lookup.id() == details.payment_id;
    let judgement = status::judge(&details.status, currency, is_the_asked);
    Ok(Snapshot::new(&*details.payment_id, judgement, &*details.status)
        .with_amount(amount)
        .with_reference(details.number().map(str::to_owned))
        .with_reason(details.reason.clone())
        .with_created_at(details.date.clone().map(Timestamp::inferred_utc)))
}

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
    fn is(&self, word: &str) -> bool {
        self.status.eq_ignore_ascii_case(word)
    }

    fn number(&self) -> Option<&str> {
        self.order.as_ref()?.number.as_deref()
    }
}
