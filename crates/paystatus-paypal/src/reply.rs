use paystatus_core::{Answer, Error, Judgement, Money, Number, Personal, Refusal, Snapshot, Timestamp, json};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Value, value::RawValue};

use crate::{
    Resource, error,
    evidence::{self, Taken},
    status,
};

/// What PayPal says: about an order, or about one capture, as the account asks
/// (<https://github.com/paypal/paypal-rest-api-specifications>, read 2026-11).
///
/// ```
/// use paystatus_paypal::{Body, Details, Lookup, Paypal, interpret};
///
/// let account = Paypal::new("<client id>", "<client secret>");
/// let reply = http::Response::new(Body::from(r#"{
///     "id": "5O190127TN364715T", "intent": "CAPTURE", "status": "COMPLETED",
///     "purchase_units": [{ "custom_id": "6735", "payments": { "captures": [{
///         "id": "3C679366HH908993F", "status": "COMPLETED", "amount": { "currency_code": "EUR", "value": "100.00" }
///     }] } }]
/// }"#));
/// let payment = interpret(&account, &Lookup::from("5O190127TN364715T"), &reply)?;
/// assert_eq!((payment.is_paid(), payment.amount().unwrap().to_string().as_str()), (true, "100.00 EUR"));
/// let Details::Order(order) = payment.details() else { panic!("the account asks about orders") };
/// assert_eq!(order.captures().next().unwrap().id, "3C679366HH908993F");
/// # Ok::<(), paystatus_paypal::Error>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Details {
    /// An order.
    Order(Box<Order>),
    /// One capture.
    Capture(Box<Part>),
}

/// An order: what is to be paid, and all that happened to it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Order {
    /// The order's id.
    pub id: String,
    /// `CAPTURE` or `AUTHORIZE`.
    #[serde(default, deserialize_with = "json::text")]
    pub intent: Option<String>,
    /// `CREATED`, `APPROVED`, `COMPLETED`, …: never says by itself that money was taken.
    pub status: String,
    /// `ORDER_COMPLETE_ON_PAYMENT_APPROVAL` where PayPal captures by itself.
    #[serde(default, deserialize_with = "json::text")]
    pub processing_instruction: Option<String>,
    /// The parts of the order, each with payments of its own.
    #[serde(default, deserialize_with = "json::list")]
    pub purchase_units: Vec<PurchaseUnit>,
    /// Who pays.
    #[serde(default, deserialize_with = "json::lenient")]
    pub payer: Option<Personal<Value>>,
    /// What is paid with.
    #[serde(default, deserialize_with = "json::lenient")]
    pub payment_source: Option<Personal<Value>>,
    /// When the order was made, in RFC 3339.
    #[serde(default, deserialize_with = "json::text")]
    pub create_time: Option<String>,
    /// When it last changed.
    #[serde(default, deserialize_with = "json::text")]
    pub update_time: Option<String>,
}

/// A part of an order.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct PurchaseUnit {
    /// The part's name within the order, `default` if there is only one.
    #[serde(default, deserialize_with = "json::text")]
    pub reference_id: Option<String>,
    /// What was ordered, which is not what was captured.
    #[serde(default, deserialize_with = "json::lenient_object")]
    pub amount: Option<Amount>,
    /// The merchant's own reference.
    #[serde(default, deserialize_with = "json::text")]
    pub custom_id: Option<String>,
    /// The merchant's invoice.
    #[serde(default, deserialize_with = "json::text")]
    pub invoice_id: Option<String>,
    /// What happened; nothing yet where it is absent.
    #[serde(default, deserialize_with = "json::optional")]
    pub payments: Option<Payments>,
}

/// What happened to a part of an order.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Payments {
    /// Money that is held.
    #[serde(default, deserialize_with = "json::list")]
    pub authorizations: Vec<Part>,
    /// Money that is taken.
    #[serde(default, deserialize_with = "json::list")]
    pub captures: Vec<Part>,
    /// Money that is given back.
    #[serde(default, deserialize_with = "json::list")]
    pub refunds: Vec<Part>,
}

/// A hold, a capture or a refund.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Part {
    /// Its own id.
    pub id: String,
    /// `COMPLETED`, `PENDING`, `DECLINED`, … of a capture, `CREATED`, `VOIDED`, … of a hold.
    pub status: String,
    /// Why it stands so.
    #[serde(default, deserialize_with = "json::lenient_object")]
    pub status_details: Option<StatusDetails>,
    /// What is held, was taken (refunds not taken off) or was given back.
    #[serde(default, deserialize_with = "json::optional")]
    pub amount: Option<Amount>,
    /// The merchant's own reference.
    #[serde(default, deserialize_with = "json::text")]
    pub custom_id: Option<String>,
    /// The merchant's invoice.
    #[serde(default, deserialize_with = "json::text")]
    pub invoice_id: Option<String>,
    /// When a hold ends.
    #[serde(default, deserialize_with = "json::text")]
    pub expiration_time: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "json::text")]
    pub create_time: Option<String>,
    /// When it last changed.
    #[serde(default, deserialize_with = "json::text")]
    pub update_time: Option<String>,
}

/// Why something stands as it does.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct StatusDetails {
    /// Such as `ECHECK` or `PENDING_REVIEW`.
    pub reason: String,
}

/// An amount.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Amount {
    /// The currency's ISO 4217 code.
    pub currency_code: Option<String>,
    /// In major units, with as many decimals as PayPal gives the currency.
    #[serde(default, deserialize_with = "plain")]
    pub value: Option<Number>,
}

/// Digits, perhaps with a point, as a string; neither sign nor exponent.
fn plain<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Number>, D::Error> {
    let Some(raw) = Option::<&RawValue>::deserialize(deserializer)?.map(RawValue::get) else {
        return Ok(None);
    };
    let text = raw.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(raw);
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    match is_plain.then(|| Number::parse(text)).flatten() {
        Some(value) => Ok(Some(value)),
        None => Err(D::Error::custom("paystatus: has an amount that is not a plain decimal number")),
    }
}

impl Order {
    /// The captures of all parts.
    pub fn captures(&self) -> impl Iterator<Item = &Part> {
        self.payments().flat_map(|payments| &payments.captures)
    }

    /// The authorizations of all parts.
    pub fn authorizations(&self) -> impl Iterator<Item = &Part> {
        self.payments().flat_map(|payments| &payments.authorizations)
    }

    /// The refunds of all parts.
    pub fn refunds(&self) -> impl Iterator<Item = &Part> {
        self.payments().flat_map(|payments| &payments.refunds)
    }

    fn payments(&self) -> impl Iterator<Item = &Payments> {
        self.purchase_units.iter().filter_map(|unit| unit.payments.as_ref())
    }
}

impl PurchaseUnit {
    pub(crate) fn captures(&self) -> impl Iterator<Item = &Part> {
        self.payments.iter().flat_map(|payments| &payments.captures)
    }
}

impl Part {
    pub(crate) fn reason(&self) -> Option<&str> {
        self.status_details.as_ref().map(|details| details.reason.as_str())
    }
}

pub(crate) fn money(amount: Option<&Amount>) -> Result<Option<Money>, Error> {
    amount.map_or(Ok(None), |amount| Money::charged(amount.value, amount.currency_code.as_deref()))
}

/// An answer needs an id and a status, and those of everything that happened.
pub(crate) fn read(resource: Resource, text: &str) -> Result<Answer<Details>, Refusal> {
    let stated = |why| error::said(text).or(why);
    Ok(match resource {
        Resource::Order => {
            let order: Box<Order> = json::object(text).map_err(stated)?;
            Answer::Payment(of_order(&order)?, Details::Order(order))
        }
        Resource::Capture => {
            let capture: Box<Part> = json::object(text).map_err(stated)?;
            Answer::Payment(of_capture(&capture)?, Details::Capture(capture))
        }
    })
}

fn of_order(order: &Order) -> Result<Snapshot, Error> {
    let taken = evidence::taken(order.captures(), order.refunds())?;
    let (evidence, judgement) = status::judge(&evidence::of_order(order, &taken));
    let [word, of, beside, _] = evidence;
    let reason = match (word, of) {
        (Some("PENDING"), Some("capture")) => beside,
        (_, Some("capture")) => {
            order.captures().filter(|one| Some(one.status.as_str()) == word).find_map(Part::reason)
        }
        _ => None,
    };
    let first = order.purchase_units.first();
    let reference = first.and_then(|unit| reference(&unit.custom_id, &unit.invoice_id));
    Ok(snapshot(&order.id, word, judgement, taken)
        .with_reference(reference)
        .with_reason(reason.map(str::to_owned))
        .with_created_at(order.create_time.clone().map(Timestamp::stated))
        .with_updated_at(order.update_time.clone().map(Timestamp::stated)))
}

fn of_capture(capture: &Part) -> Result<Snapshot, Error> {
    let taken = evidence::taken(std::iter::once(capture), std::iter::empty())?;
    let ([word, ..], judgement) = status::judge(&[evidence::of_capture(capture)]);
    Ok(snapshot(&capture.id, word, judgement, taken)
        .with_reference(reference(&capture.custom_id, &capture.invoice_id))
        .with_reason(capture.reason().map(str::to_owned))
        .with_created_at(capture.create_time.clone().map(Timestamp::stated))
        .with_updated_at(capture.update_time.clone().map(Timestamp::stated)))
}

fn snapshot(id: &str, word: Option<&str>, judgement: Judgement, taken: Taken) -> Snapshot {
    let Taken { amount, returned } = taken;
    Snapshot::new(id, judgement, word.unwrap_or_default()).with_amount(amount).with_returned(returned)
}

fn reference(custom_id: &Option<String>, invoice_id: &Option<String>) -> Option<String> {
    let is_told = |text: &&String| !text.trim().is_empty();
    custom_id.as_ref().filter(is_told).or(invoice_id.as_ref()).cloned()
}
