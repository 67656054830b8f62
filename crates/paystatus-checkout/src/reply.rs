use std::collections::BTreeSet;

use paystatus_core::{
    Answer, Ask, By, Currency, Error, ErrorKind, Lookup, Money, Personal, Refusal, Returned::Refunded, Said,
    Snapshot, Status, Timestamp, json, telling,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Checkout,
    error::{self, NO_PAYMENTS},
    request,
    status::{self, BY_ORDER, IN_PART, TAKEN},
};

/// What Checkout.com says about one payment, which is one attempt to pay an order. Amounts are in minor units
/// (<https://www.checkout.com/docs/payments/manage-payments/get-payment-details>, read 2026-11).
///
/// ```
/// use paystatus_checkout::{BaseUrl, Body, Checkout, Lookup, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "id": "pay_mbabizu24mvu3mela5njyhpit4", "amount": 6540, "currency": "USD", "approved": true,
///     "status": "Captured", "balances": { "total_captured": 6540, "total_refunded": 0 },
///     "_links": { "redirect": { "href": "https://pay.example.com/canary" } }
/// }"#));
/// let account = Checkout::new(BaseUrl::parse("https://vkuhvk4v.api.checkout.com")?, "<secret key>");
/// let payment = interpret(&account, &Lookup::payment("pay_mbabizu24mvu3mela5njyhpit4"), &reply)?;
/// let details = payment.details().as_ref().unwrap();
/// assert_eq!(details.balances.as_ref().unwrap().total_captured, Some(6540));
/// assert!(!format!("{details:?}").contains("canary"));
/// # Ok::<(), paystatus_checkout::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// `pay_…`.
    pub id: String,
    /// `Captured`, `Partially Refunded`, …, with their blanks, or a word that is not documented.
    pub status: String,
    /// Whether the payment, or its authorization, was approved.
    pub approved: Option<bool>,
    /// What was asked for or authorized, which is not what was captured.
    pub amount: Option<u64>,
    /// The currency's code.
    pub currency: Option<String>,
    /// What became of the amount; the payments of a list have none.
    #[serde(default, deserialize_with = "json::optional")]
    pub balances: Option<Balances>,
    /// The merchant's own reference.
    #[serde(default, deserialize_with = "json::text")]
    pub reference: Option<String>,
    /// When the payment was requested.
    #[serde(default, deserialize_with = "json::text")]
    pub requested_on: Option<String>,
    /// When it was processed.
    #[serde(default, deserialize_with = "json::text")]
    pub processed_on: Option<String>,
    /// What is paid with.
    #[serde(default, deserialize_with = "json::optional")]
    pub source: Option<PaymentSource>,
    /// Where a payout goes.
    #[serde(default, deserialize_with = "json::lenient")]
    pub destination: Option<Personal<Value>>,
    /// Where to go on, such as the page on which the payer must act.
    #[serde(default, rename = "_links", deserialize_with = "json::lenient")]
    pub links: Option<Personal<Value>>,
}

/// What became of a payment's amount, in minor units.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Balances {
    /// What was captured, refunds not taken off.
    pub total_captured: Option<u64>,
    /// What can still be captured.
    pub available_to_capture: Option<u64>,
    /// What was given back.
    pub total_refunded: Option<u64>,
}

/// What is paid with, of which only the kind is kept: the rest is about a person.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct PaymentSource {
    /// `card`, or a local method such as `multibanco`.
    #[serde(default, rename = "type", deserialize_with = "json::text")]
    pub kind: Option<String>,
}

/// The payments with a reference, the newest first.
#[derive(Deserialize)]
struct List {
    total_count: u64,
    #[serde(deserialize_with = "json::list")]
    data: Vec<Details>,
}

/// A payment, or every attempt of an order. A list tells no balances: where the attempt that speaks for the order
/// captured money, it is asked about by its own id, and that reply takes its place.
pub(crate) fn read(
    account: &Checkout,
    ask: &Ask<'_>,
    text: &str,
) -> Result<Answer<Option<Details>>, Refusal> {
    let stated = |why| error::said(text).or(why);
    let one = |asked| {
        let payment: Details = json::object(text).map_err(stated)?;
        Ok::<_, Refusal>((payment.snapshot(asked)?, Some(payment)))
    };
    if ask.lookup().by() != By::Order {
        return one(None).map(|(snapshot, payment)| Answer::Payment(snapshot, payment));
    }
    let List { total_count, data } = json::object(ask.earlier().unwrap_or(text)).map_err(stated)?;
    let ids: BTreeSet<_> = data.iter().map(|payment| &payment.id).collect();
    if ids.len() < data.len() {
        // Their amounts would add up.
        return Err(Error::new(ErrorKind::InvalidReply, "the list has a payment twice").into());
    }
    let is_whole = u64::try_from(data.len()).is_ok_and(|shown| total_count <= shown);
    let asked = if is_whole { BY_ORDER } else { IN_PART };
    let attempts = data.into_iter().map(|payment| Ok((payment.snapshot(asked)?, Some(payment))));
    let mut attempts = attempts.collect::<Result<Vec<_>, Error>>()?;
    let Some(place) = telling(attempts.iter().map(|(snapshot, _)| snapshot)) else {
        if is_whole {
            return Err(Said::new(Some(NO_PAYMENTS.to_owned()), None).into());
        }
        let (judgement, words) = (status::judge(None, asked), format!("{total_count} payments"));
        return Ok(Answer::Payment(Snapshot::new(ask.lookup().id(), judgement, words), None));
    };
    let told = &mut attempts[place];
    if ask.earlier().is_some() {
        let second = one(asked)?;
        if second.0.id() != told.0.id() {
            let why = "the reply is about another payment than the one that the list names";
            return Err(Error::new(ErrorKind::Mismatch, why).into());
        }
        *told = second;
    } else if told.1.as_ref().is_some_and(Details::lacks_balances) {
        let unusable = |_| Error::new(ErrorKind::InvalidReply, "the reply lists an id that no payment has");
        let second = request::build(account, &Lookup::payment(told.0.id()));
        return Ok(Answer::Another(second.map_err(unusable)?));
    }
    Ok(Answer::Attempts(attempts))
}

impl Details {
    fn snapshot(&self, asked: Option<&str>) -> Result<Snapshot, Error> {
        let Balances { total_captured: captured, total_refunded, .. } = self.balances.unwrap_or_default();
        let money = |units| Money::charged_in_minor(units, self.currency.as_deref(), digits);
        let (amount, returned) = (money(captured)?, money(captured.and(total_refunded))?);
        let judgement = status::judge(Some(self), asked);
        // The word says that part was given back, and not how much: then nothing verifies.
        let is_lost = self.status == "Partially Refunded" && returned.is_none();
        let has_money = match judgement.meaning().status {
            Status::Paid | Status::PartlyPaid | Status::Returned(Refunded) => asked != IN_PART && !is_lost,
            _ => false,
        };
        Ok(Snapshot::new(&*self.id, judgement, &*self.status)
            .with_amount(amount.filter(|_| has_money))
            .with_returned(returned.filter(|_| has_money))
            .with_reference(self.reference.clone())
            .with_created_at(self.requested_on.clone().map(Timestamp::stated))
            .with_updated_at(self.processed_on.clone().map(Timestamp::stated)))
    }

    fn lacks_balances(&self) -> bool {
        self.balances.is_none() && TAKEN.contains(&&*self.status)
    }

    pub(crate) fn has_redirect(&self) -> bool {
        self.links
            .as_ref()
            .is_some_and(|links| links.expose().get("redirect").is_some_and(|to| !to.is_null()))
    }
}

/// How many decimals a minor unit stands for, by Checkout.com's own list, which differs from ISO 4217
/// (<https://www.checkout.com/docs/resources/calculating-the-amount>, read 2026-11).
fn digits(currency: &Currency) -> Option<u32> {
    match currency.as_str() {
        "BIF" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VUV" | "VND"
        | "XAF" | "XOF" | "XPF" => Some(0),
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => Some(3),
        // The lists of different years differ.
        "CLF" => None,
        _ => Some(2),
    }
}
