use std::cmp::Reverse;

use paystatus_core::{
    Answer, By, Error,
    ErrorKind::{InvalidReply, Mismatch, NotFound},
    Judgement, Lookup, Money, Number, Personal, Refusal, Snapshot, Timestamp, json,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    error,
    linked::{self, Seen},
    request::CHECKOUT,
    status::{self, SUCCEEDED},
};

/// What the platform says about one record, which is one attempt to pay, with what is linked to it
/// (<https://hyperpay.docs.oppwa.com/tutorials/reporting/transaction>, read 2026-11).
///
/// ```
/// use paystatus_opp::{Body, Lookup, Opp, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "id": "8ac7a4a277bb37680177ca9e266d3192", "paymentType": "DB", "amount": "92.00", "currency": "SAR",
///     "result": { "code": "000.000.000" }, "customer": { "email": "canary@example.invalid" }
/// }"#));
/// let account = Opp::new("<access token>", "<entity id>");
/// let payment = interpret(&account, &Lookup::payment("8ac7a4a277bb37680177ca9e266d3192"), &reply)?;
/// let details = payment.details().as_ref().unwrap();
/// assert_eq!((details.payment_type.as_str(), details.result.code.as_str()), ("DB", "000.000.000"));
/// assert!(!format!("{details:?}").contains("canary"));
/// # Ok::<(), paystatus_opp::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Details {
    /// 32 hexadecimal digits.
    pub id: String,
    /// `DB` for a debit, `PA` for a hold, `CP` for a capture of one, and others for what is linked to them.
    pub payment_type: String,
    /// The record that this one is about.
    pub referenced_id: Option<String>,
    /// In major units; a declined payment has none.
    pub amount: Option<Number>,
    /// The amount's ISO 4217 code.
    pub currency: Option<String>,
    /// How it went.
    #[serde(deserialize_with = "json::nested")]
    pub result: Outcome,
    /// The merchant's own reference, which several records may have.
    #[serde(default, deserialize_with = "json::text")]
    pub merchant_transaction_id: Option<String>,
    /// When it was made, or when the reply was.
    #[serde(default, deserialize_with = "json::text")]
    pub timestamp: Option<String>,
    /// The card.
    #[serde(default, deserialize_with = "json::lenient")]
    pub card: Option<Personal<Value>>,
    /// Who pays.
    #[serde(default, deserialize_with = "json::lenient")]
    pub customer: Option<Personal<Value>>,
    /// The captures, refunds, reversals and chargebacks that are listed beside it.
    #[serde(skip_deserializing)]
    pub linked: Vec<Details>,
}

/// How a record, or a request, went.
///
/// ```
/// use paystatus_opp::Outcome;
/// let outcome: Outcome = serde_json::from_str(r#"{"code":"000.000.000","description":"Transaction succeeded"}"#).unwrap();
/// assert_eq!(outcome.code, "000.000.000");
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Outcome {
    /// Three times three digits, such as `000.000.000`.
    pub code: String,
    /// The same in words.
    #[serde(default, deserialize_with = "json::text")]
    pub description: Option<String>,
}

/// One record, a list of them, or only how the request went.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    id: Option<String>,
    payment_type: Option<String>,
    #[serde(default, deserialize_with = "json::optional")]
    result: Option<Outcome>,
    pages: Option<Number>,
    /// The older version's name is the alias; a reply with both is refused.
    #[serde(default, alias = "payments", deserialize_with = "json::optional_list")]
    records: Option<Vec<Details>>,
}

/// A payment, or every attempt of an order or a checkout, of which the newest goes first.
pub(crate) fn read(lookup: &Lookup, text: &str) -> Result<Answer<Option<Details>>, Refusal> {
    let error = |kind, why: &'static str| Err(Error::new(kind, why).into());
    let is_checkout = lookup.by() == By::Payment && lookup.id().contains(CHECKOUT);
    let by_id = lookup.by() == By::Payment && !is_checkout;
    let Reply { id, payment_type, result, pages, records } = json::object(text)?;
    let code = result.as_ref().map(|result| result.code.as_str());
    let is_list = records.is_some();
    let records: Vec<Details> = match (records, id.and(payment_type), code) {
        // What the envelope says is about the list, and nothing about money.
        (Some(_), _, None | Some("000.000.100")) if pages.is_some_and(|pages| pages.value() > 1.into()) => {
            return error(InvalidReply, "the reply is a part of a list");
        }
        (Some(list), _, None | Some("000.000.100")) => list,
        (None, Some(_), _) => vec![json::object(text)?],
        (None, None, Some(code)) if is_checkout && status::is_one_of(code, "000.200") => {
            let judgement = status::judge(code, None, None, false, true);
            return Ok(Answer::Payment(Snapshot::new(lookup.id(), judgement, code), None));
        }
        (_, _, Some(code)) if status::is_one_of(code, "") && !code.starts_with("000.") => {
            return Err(error::said(text).into());
        }
        _ => return error(InvalidReply, "the reply has neither a payment nor an error"),
    };
    for (index, record) in records.iter().enumerate() {
        Money::charged(record.amount, record.currency.as_deref())?;
        if records[..index].iter().any(|other| other.id == record.id) {
            return error(InvalidReply, "the reply lists a record twice");
        }
    }
    let own = records.iter().find(|record| record.id == lookup.id());
    match own {
        _ if records.is_empty() => error(NotFound, "no payment is listed: check the id, and `entity_id`"),
        Some(own) if by_id => {
            let (snapshot, details) = own.attempt(&records, by_id, is_list);
            Ok(Answer::Payment(snapshot.with_created_at(own.time()), details))
        }
        None if by_id => error(Mismatch, "the reply is about another payment than the one asked for"),
        _ => {
            let mut attempts: Vec<_> = records.iter().filter(|record| record.is_attempt()).collect();
            if attempts.is_empty() {
                let unknown = Snapshot::new(lookup.id(), Judgement::UNKNOWN, "no attempt to pay");
                return Ok(Answer::Payment(unknown, None));
            }
            attempts.sort_by_cached_key(|own| Reverse(own.time().and_then(|time| time.instant())));
            let attempts = attempts.into_iter().map(|own| {
                let (snapshot, details) = own.attempt(&records, by_id, is_list);
                // A checkout's time is that of the reply.
                (snapshot.with_created_at(own.time().filter(|_| !is_checkout)), details)
            });
            Ok(Answer::Attempts(attempts.collect()))
        }
    }
}

impl Details {
    fn attempt(&self, records: &[Self], by_id: bool, is_list: bool) -> (Snapshot, Option<Self>) {
        let linked = linked::to(self, records);
        let seen = Seen::of(self, &linked);
        let code = &self.result.code;
        let judgement = status::judge(seen.code, Some(&self.payment_type), seen.after, self.is_zero(), by_id);
        // Refunds by reference are listed only if they have the same one; what was reversed in part is one too.
        let is_told = |returned: &Money| {
            is_list && (by_id || !returned.amount().is_zero() || linked.iter().any(|one| one.is("RF")))
        };
        let reason = self.result.description.clone().filter(|_| !status::is_one_of(code, SUCCEEDED));
        let snapshot = Snapshot::new(&*self.id, judgement, &**code)
            .with_amount(seen.amount)
            .with_returned(seen.returned.filter(is_told))
            .with_reference(self.merchant_transaction_id.clone())
            .with_reason(reason)
            .with_test_mode(seen.is_test.then_some(true));
        let linked = linked.into_iter().cloned().collect();
        (snapshot, Some(Self { linked, ..self.clone() }))
    }

    /// Tells whether it is the payer's money: a debit or a hold.
    pub(crate) fn is_attempt(&self) -> bool {
        self.is("DB") || self.is("PA")
    }

    pub(crate) fn is(&self, payment_type: &str) -> bool {
        self.payment_type == payment_type
    }

    pub(crate) fn names(&self, other: &Self) -> bool {
        self.referenced_id.as_ref() == Some(&other.id)
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.amount.is_some_and(|amount| amount.value().is_zero())
    }

    /// The amount, which was seen to be readable.
    pub(crate) fn money(&self) -> Option<Money> {
        Money::charged(self.amount, self.currency.as_deref()).ok().flatten()
    }

    fn time(&self) -> Option<Timestamp> {
        self.timestamp.clone().map(Timestamp::stated)
    }
}
