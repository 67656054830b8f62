use paystatus_core::{
    Answer, By, Error, ErrorKind, Lookup, Money, Number, Personal, Refusal, Said, Snapshot, Timestamp, json,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{error, status};

/// What Flutterwave says about a transaction, which is one attempt to pay. Amounts are in major units
/// (<https://developer.flutterwave.com/docs/transaction-verification>, read 2026-11).
///
/// ```
/// use paystatus_flutterwave::{Body, Flutterwave, Lookup, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{"status": "success", "message": "Transaction fetched", "data": {
///     "id": 288200108, "tx_ref": "LiveCardTest", "amount": 100, "charged_amount": 101.4, "currency": "NGN",
///     "status": "successful", "customer": { "email": "canary@example.invalid" }
/// }}"#));
/// let payment = interpret(&Flutterwave::new("<secret key>"), &Lookup::order("LiveCardTest"), &reply)?;
/// assert_eq!((payment.id(), payment.amount().unwrap().to_string().as_str()), ("288200108", "101.4 NGN"));
/// assert_eq!(payment.details().amount.unwrap().to_string(), "100"); // the fee came on top
/// assert!(!format!("{payment:?}").contains("canary"));
/// # Ok::<(), paystatus_flutterwave::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// Flutterwave's id, a number.
    #[serde(default, deserialize_with = "json::text")]
    pub id: Option<String>,
    /// The merchant's reference; several transactions may have the same.
    pub tx_ref: String,
    /// Flutterwave's own reference.
    pub flw_ref: Option<String>,
    /// What the merchant asked for.
    pub amount: Option<Number>,
    /// What the payer was charged, with the fee where the payer bears it.
    pub charged_amount: Option<Number>,
    /// What the merchant receives.
    #[serde(default, deserialize_with = "json::lenient")]
    pub amount_settled: Option<Number>,
    /// What Flutterwave keeps.
    #[serde(default, deserialize_with = "json::lenient")]
    pub app_fee: Option<Number>,
    /// The currency's code.
    pub currency: Option<String>,
    /// `successful`, `pending`, `failed`, `success-pending-validation`, or a word that is not documented.
    pub status: String,
    /// `preauth` for money that is only held.
    pub charge_type: Option<String>,
    /// Such as `card` or `bank_transfer`.
    #[serde(default, deserialize_with = "json::text")]
    pub payment_type: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "json::text")]
    pub created_at: Option<String>,
    /// What the bank answered, perhaps with the payer's telephone number in it.
    #[serde(default, deserialize_with = "json::text")]
    pub processor_response: Option<Personal<String>>,
    /// What the payer sees in the statement.
    #[serde(default, deserialize_with = "json::text")]
    pub narration: Option<Personal<String>>,
    /// Who pays.
    #[serde(default, deserialize_with = "json::lenient")]
    pub customer: Option<Personal<Value>>,
    /// The card, with a token that can be charged again.
    #[serde(default, deserialize_with = "json::lenient")]
    pub card: Option<Personal<Value>>,
}

/// What was asked about was found where the envelope says `success`; how it stands, only the data tell.
pub(crate) fn read(lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    #[derive(Deserialize)]
    struct Envelope {
        #[serde(deserialize_with = "json::nested")]
        data: Details,
    }
    let said = error::stated(text)?;
    if said != Said::nothing() {
        return Err(said.into());
    }
    let Envelope { data } = json::object(text)?;
    let lacking = || Error::new(ErrorKind::InvalidReply, "the reply lacks the field `id`");
    let id = data.id.as_deref().ok_or_else(lacking)?;
    if lookup.by() == By::Order && data.tx_ref != lookup.id() {
        let why = "the reply is about another reference than the one asked for";
        return Err(Error::new(ErrorKind::Mismatch, why).into());
    }
    let currency = data.currency.as_deref();
    Money::charged(data.amount, currency)?;
    let snapshot = Snapshot::new(id, status::judge(&data), &*data.status)
        .with_amount(Money::charged(data.charged_amount, currency)?)
        .with_reference(Some(data.tx_ref.clone()))
        .with_test_mode(data.is_test().then_some(true))
        .with_created_at(data.created_at.clone().map(Timestamp::stated));
    Ok(Answer::Payment(snapshot, data))
}

impl Details {
    /// Flutterwave's own reference is the only place that tells of test money, and of most pre-authorizations.
    fn flw_ref_has(&self, part: &str) -> bool {
        self.flw_ref.as_ref().is_some_and(|text| text.to_ascii_uppercase().contains(part))
    }

    fn is_test(&self) -> bool {
        self.flw_ref_has("FLW-MOCK") || self.flw_ref_has("MOCKFLWREF")
    }

    pub(crate) fn is_preauthorized(&self) -> bool {
        self.flw_ref_has("PREAUTH")
            || self.charge_type.as_ref().is_some_and(|kind| kind.eq_ignore_ascii_case("preauth"))
    }
}
