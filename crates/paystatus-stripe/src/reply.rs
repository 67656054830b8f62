use std::{collections::BTreeMap, fmt, marker::PhantomData};

use paystatus_core::{
    Answer, Currency, Error, Money, Personal, Refusal, Returned, Snapshot, Status, Timestamp, json,
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::{Stripe, error, status};

/// What Stripe says: about a PaymentIntent or about a Checkout Session
/// (<https://www.npmjs.com/package/stripe/v/23.1.0>, types, read 2026-11).
///
/// It serializes as the object that it is.
///
/// ```
/// use paystatus_stripe::{Body, Details, Lookup, Stripe, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "id": "pi_3Mtw", "object": "payment_intent", "status": "processing", "amount": 1099, "amount_received": 0, "currency": "eur"
/// }"#));
/// let payment = interpret(&Stripe::new("<secret key>"), &Lookup::payment("pi_3Mtw"), &reply)?;
/// assert!(matches!(payment.details(), Details::Intent(intent) if intent.amount == Some(1099)));
/// # Ok::<(), paystatus_stripe::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "object")]
#[non_exhaustive]
pub enum Details {
    /// A PaymentIntent.
    #[serde(rename = "payment_intent")]
    Intent(Box<PaymentIntent>),
    /// A Checkout Session.
    #[serde(rename = "checkout.session")]
    Session(Box<Session>),
}

/// The merchant's own key and value pairs.
type Metadata = Personal<BTreeMap<String, String>>;

/// One purchase, through all attempts to pay for it. Amounts are in Stripe's minor units.
///
/// ```
/// use paystatus_stripe::{Body, Details, Lookup, Stripe, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "id": "pi_3Mtw", "object": "payment_intent", "status": "processing", "amount": 1099
/// }"#));
/// let payment = interpret(&Stripe::new("<secret key>"), &Lookup::payment("pi_3Mtw"), &reply)?;
/// let Details::Intent(intent) = payment.details() else { panic!() };
/// assert_eq!((&*intent.status, intent.amount), ("processing", Some(1099)));
/// # Ok::<(), paystatus_stripe::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct PaymentIntent {
    /// `pi_…`.
    pub id: String,
    /// `succeeded`, `processing`, `requires_action`, … or a word that is not documented.
    pub status: String,
    /// The price.
    pub amount: Option<u64>,
    /// What was charged.
    pub amount_received: Option<u64>,
    /// The currency's code, in lower case.
    pub currency: Option<String>,
    /// Why it was canceled.
    pub cancellation_reason: Option<String>,
    /// When it was made, in Unix seconds.
    pub created: Option<i64>,
    /// Whether it is real money.
    pub livemode: Option<bool>,
    /// Why the latest attempt failed.
    #[serde(default, deserialize_with = "json::optional")]
    pub last_payment_error: Option<PaymentError>,
    /// The latest charge.
    pub latest_charge: Option<Expandable<Charge>>,
    /// The merchant's own key and value pairs.
    pub metadata: Option<Metadata>,
    #[serde(default, deserialize_with = "json::optional")]
    next_action: Option<Personal<NextAction>>,
}

/// What the payer is to do, of which only a bank transfer tells how much has come.
#[derive(Clone, Debug, Deserialize)]
struct NextAction {
    #[serde(default, rename = "display_bank_transfer_instructions", deserialize_with = "json::optional")]
    transfer: Option<Transfer>,
}

#[derive(Clone, Debug, Deserialize)]
struct Transfer {
    amount_remaining: Option<u64>,
}

/// One charge of a PaymentIntent. Amounts are in Stripe's minor units.
///
/// ```
/// use paystatus_stripe::{Body, Details, Expandable, Lookup, Stripe, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "id": "pi_3Mtw", "object": "payment_intent", "status": "succeeded", "latest_charge": { "id": "ch_1", "refunded": true }
/// }"#));
/// let payment = interpret(&Stripe::new("<secret key>"), &Lookup::payment("pi_3Mtw"), &reply)?;
/// let Details::Intent(intent) = payment.details() else { panic!() };
/// assert!(matches!(&intent.latest_charge, Some(Expandable::Object(charge)) if charge.refunded == Some(true)));
/// # Ok::<(), paystatus_stripe::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Charge {
    /// `ch_…` or `py_…`.
    pub id: String,
    /// `succeeded`, `pending` or `failed`.
    pub status: Option<String>,
    /// Whether it is more than a hold.
    pub captured: Option<bool>,
    /// What was captured.
    pub amount_captured: Option<u64>,
    /// What was given back.
    pub amount_refunded: Option<u64>,
    /// Whether all of it was given back.
    pub refunded: Option<bool>,
    /// Whether there is or was a dispute about it.
    pub disputed: Option<bool>,
}

/// Why an attempt failed.
///
/// ```
/// use paystatus_stripe::{Body, Details, Lookup, Stripe, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "id": "pi_3Mtw", "object": "payment_intent", "status": "requires_payment_method", "last_payment_error": { "code": "card_declined" }
/// }"#));
/// let payment = interpret(&Stripe::new("<secret key>"), &Lookup::payment("pi_3Mtw"), &reply)?;
/// let Details::Intent(intent) = payment.details() else { panic!() };
/// assert_eq!(intent.last_payment_error.as_ref().unwrap().code.as_deref(), Some("card_declined"));
/// # Ok::<(), paystatus_stripe::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct PaymentError {
    /// Such as `card_declined`.
    pub code: Option<String>,
    /// Such as `insufficient_funds`.
    pub decline_code: Option<String>,
}

/// One visit of a payer to Stripe's payment page.
///
/// ```
/// use paystatus_stripe::{Body, Details, Lookup, Stripe, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "id": "cs_live_a1", "object": "checkout.session", "status": "complete", "payment_status": "unpaid"
/// }"#));
/// let payment = interpret(&Stripe::new("<secret key>"), &Lookup::payment("cs_live_a1"), &reply)?;
/// let Details::Session(session) = payment.details() else { panic!() };
/// assert_eq!((&*session.status, &*session.payment_status), ("complete", "unpaid"));
/// # Ok::<(), paystatus_stripe::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Session {
    /// `cs_live_…` or `cs_test_…`.
    pub id: String,
    /// `open`, `complete` or `expired`: none of them says that it is paid.
    pub status: String,
    /// `paid`, `unpaid` or `no_payment_required`; it stays `paid` after a refund.
    pub payment_status: String,
    /// `payment`, `subscription` or `setup`.
    pub mode: Option<String>,
    /// The price, in Stripe's minor units.
    pub amount_total: Option<u64>,
    /// The currency's code, in lower case.
    pub currency: Option<String>,
    /// The merchant's own reference.
    pub client_reference_id: Option<String>,
    /// When it was made, in Unix seconds.
    pub created: Option<i64>,
    /// When it ends, in Unix seconds.
    pub expires_at: Option<i64>,
    /// Whether it is real money.
    pub livemode: Option<bool>,
    /// The purchase that the payer was asked to pay for.
    pub payment_intent: Option<Expandable<PaymentIntent>>,
    /// The merchant's own key and value pairs.
    pub metadata: Option<Metadata>,
    #[serde(default, deserialize_with = "json::optional")]
    after_expiration: Option<Personal<AfterExpiration>>,
}

#[derive(Clone, Debug, Deserialize)]
struct AfterExpiration {
    #[serde(default, deserialize_with = "json::optional")]
    recovery: Option<Recovery>,
}

/// Whether a copy of the session can be paid after it expired.
#[derive(Clone, Debug, Deserialize)]
struct Recovery {
    enabled: Option<bool>,
}

/// An object inside of another, or only its id where it was not expanded.
///
/// ```
/// use paystatus_stripe::{Body, Details, Expandable, Lookup, Stripe, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "id": "pi_3Mtw", "object": "payment_intent", "status": "succeeded", "latest_charge": "ch_1"
/// }"#));
/// let payment = interpret(&Stripe::new("<secret key>"), &Lookup::payment("pi_3Mtw"), &reply)?;
/// let Details::Intent(intent) = payment.details() else { panic!() };
/// assert!(matches!(&intent.latest_charge, Some(Expandable::Id(id)) if id == "ch_1"));
/// # Ok::<(), paystatus_stripe::Error>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Expandable<T> {
    /// Only the id.
    Id(String),
    /// The object.
    Object(T),
}

/// serde's own untagged form would take a list for an object, by the order of the fields.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Expandable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = Expandable<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object or its id")
            }

            fn visit_str<E>(self, id: &str) -> Result<Expandable<T>, E> {
                Ok(Expandable::Id(id.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Expandable<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(object)).map(Expandable::Object)
            }
        }

        deserializer.deserialize_any(Either(PhantomData))
    }
}

/// The reply names the object that it is.
pub(crate) fn read(account: &Stripe, text: &str) -> Result<Answer<Details>, Refusal> {
    let details: Details = json::object(text).map_err(|why| error::said(text).or(why))?;
    let (intent, session) = match &details {
        Details::Intent(intent) => (Some(&**intent), None),
        Details::Session(session) => {
            (session.payment_intent.as_ref().and_then(Expandable::object), Some(&**session))
        }
    };
    let (id, created, metadata) = match &details {
        Details::Intent(it) => (&*it.id, it.created, &it.metadata),
        Details::Session(it) => (&*it.id, it.created, &it.metadata),
    };
    let modes = [session.and_then(|session| session.livemode), intent.and_then(|intent| intent.livemode)];
    let is_live = modes.into_iter().flatten().reduce(|one, other| one && other);
    let words = session.map_or(vec![], |session| vec![&*session.status, &session.payment_status]);
    let words: Vec<_> = words.into_iter().chain(intent.map(|intent| &*intent.status)).collect();
    let own = session.and_then(|session| session.client_reference_id.clone());
    let key = account.reference_metadata_key.as_deref().unwrap_or("order_id");
    let snapshot = Snapshot::new(id, status::judge(intent, session), words.join(", "))
        .with_reference(own.or_else(|| metadata.as_ref()?.expose().get(key).cloned()))
        .with_test_mode(is_live.map(|is_live| !is_live))
        .with_created_at(created.map(Timestamp::unix));
    let snapshot = intent.map_or(Ok(snapshot.clone()), |intent| intent.charged(snapshot))?;
    Ok(Answer::Payment(snapshot, details))
}

impl PaymentIntent {
    /// Adds what was charged and given back, and why it is not paid.
    fn charged(&self, snapshot: Snapshot) -> Result<Snapshot, Error> {
        let money = |units| Money::charged_in_minor(units, self.currency.as_deref(), decimals);
        let charged = match snapshot.status() {
            Status::PartlyPaid if self.status == "requires_action" => self.transferred(),
            // Nothing was charged where nothing came.
            _ => self.amount_received.filter(|units| *units > 0),
        };
        // A hold that was released looks like a refund, and a dispute does not.
        let tells = matches!(snapshot.status(), Status::Paid | Status::Returned(Returned::Refunded));
        let returned = self.charge().filter(|_| tells).and_then(|charge| charge.amount_refunded);
        let failure = self.last_payment_error.as_ref().and_then(|error| error.code.clone());
        let reason = failure.or_else(|| self.cancellation_reason.clone()).filter(|_| !tells);
        Ok(snapshot.with_amount(money(charged)?).with_returned(money(returned)?).with_reason(reason))
    }

    pub(crate) fn charge(&self) -> Option<&Charge> {
        self.latest_charge.as_ref()?.object()
    }

    /// What came by bank transfer, if it is a part only.
    pub(crate) fn transferred(&self) -> Option<u64> {
        let remaining = self.next_action.as_ref()?.expose().transfer.as_ref()?.amount_remaining?;
        self.amount?.checked_sub(remaining).filter(|units| *units > 0)
    }
}

impl Session {
    /// Tells whether a copy of it can be paid after it expired.
    pub(crate) fn can_be_recovered(&self) -> bool {
        let after = self.after_expiration.as_ref().and_then(|after| after.expose().recovery.as_ref());
        after.is_some_and(|recovery| recovery.enabled == Some(true))
    }
}

impl<T> Expandable<T> {
    fn object(&self) -> Option<&T> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }
}

/// How many decimals an amount's minor units are: Stripe's own table, which is not ISO 4217's
/// (<https://docs.stripe.com/currencies>, read 2026-11). UGX is listed both ways: two reads too small, never too large.
fn decimals(currency: &Currency) -> Option<u32> {
    Some(match currency.as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    })
}
