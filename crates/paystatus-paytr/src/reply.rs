use paystatus_core::{
    Answer, Error, ErrorKind, Lookup, Money, Number, Personal, Refusal, Row, Said, Snapshot, Timestamp, json,
    share,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::value::RawValue;

use crate::status::{NO_SUCCESS, STATUSES};

/// What PayTR says about an order. Amounts are in major units
/// (<https://dev.paytr.com/durum-sorgu>, read 2026-11).
///
/// The reply does not name the order: that it is about the one that was asked for rests on the request.
///
/// ```
/// use paystatus_paytr::{Body, Lookup, PayTr, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "status": "success", "payment_amount": "149.90", "payment_total": "164.89", "currency": "TL",
///     "masked_pan": "canary", "test_mode": "0",
///     "returns": [{"return_amount": "50.00", "date_completed": "2026-01-02 10:01:00"}]
/// }"#));
/// let account = PayTr::new("123456", "<merchant key>", "<merchant salt>");
/// let payment = interpret(&account, &Lookup::order("ORD20261121"), &reply)?;
/// assert_eq!(payment.amount().unwrap().to_string(), "164.89 TRY");
/// assert_eq!(payment.returned().unwrap().to_string(), "50.00 TRY");
/// let details = payment.details();
/// assert_eq!(details.returns[0].return_amount.unwrap().to_string(), "50.00");
/// assert!(!format!("{details:?}").contains("canary"));
/// # Ok::<(), paystatus_paytr::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// `success`, `error`, or a word that is not documented.
    pub status: String,
    /// What was charged, the surcharge for instalments included.
    #[serde(default, deserialize_with = "amount")]
    pub payment_total: Option<Number>,
    /// The order's price.
    #[serde(default, deserialize_with = "json::text")]
    pub payment_amount: Option<String>,
    /// `TL` for Turkish lira, or `USD`, `EUR`, `GBP`, `RUB`.
    pub currency: Option<String>,
    /// When it was paid, without a zone.
    #[serde(default, deserialize_with = "json::text")]
    pub payment_date: Option<String>,
    /// How many instalments there are.
    #[serde(default, deserialize_with = "json::text")]
    pub taksit: Option<String>,
    /// The card's number, masked.
    #[serde(default, deserialize_with = "json::text")]
    pub masked_pan: Option<Personal<String>>,
    /// How it was paid, such as `KART`.
    #[serde(default, deserialize_with = "json::text")]
    pub odeme_tipi: Option<String>,
    /// Whether it is test money, which whoever opened the payment decides, on a live account too.
    #[serde(default, deserialize_with = "test_mode")]
    pub test_mode: Option<bool>,
    /// What was given back.
    #[serde(default, deserialize_with = "returns")]
    pub returns: Vec<Return>,
    /// The code of an error, as it was written.
    #[serde(default, deserialize_with = "code")]
    pub err_no: Option<String>,
    /// The text of an error.
    #[serde(default, deserialize_with = "json::text")]
    pub err_msg: Option<String>,
    /// The text of an error, in some replies.
    #[serde(default, deserialize_with = "json::text")]
    pub reason: Option<String>,
}

/// One refund; without an amount if it is not written as documented.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Return {
    /// What was given back.
    #[serde(default, deserialize_with = "amount")]
    pub return_amount: Option<Number>,
    /// When it was asked for, without a zone.
    #[serde(default, deserialize_with = "json::text")]
    pub return_date: Option<String>,
    /// Empty or absent while it is under way.
    #[serde(default, deserialize_with = "json::text")]
    pub date_completed: Option<String>,
    /// The merchant's reference of the refund.
    #[serde(default, deserialize_with = "json::text")]
    pub reference_no: Option<String>,
}

/// The names that an entry of `returns` has.
const OF_A_RETURN: &str = "return_amount return_date return_type date_completed return_auth_code return_ref_num \
    reference_no return_source";

/// What a query answers; a query that failed is a refusal, and never a payment that did.
pub(crate) fn read(lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    let details: Details = json::object(text)?;
    let said = details.said();
    let code = said.code.as_deref();
    let is_success = details.status == "success";
    let has_no_success = code == Some("004") && details.message() == Some(NO_SUCCESS);
    let states_error = details.err_no.is_some() || details.status == "error" && details.message().is_some();
    if !is_success && !has_no_success && states_error {
        return Err(said.into());
    }
    if is_success && details.payment_total.is_none() {
        return Err(invalid("the reply lacks the field `payment_total`").into());
    }
    let currency = details.currency()?;
    // Sums need a currency, whichever; without one nothing is reported.
    let money = |number| Money::charged(Some(number), Some(currency.unwrap_or("TRY")));
    let total = details.payment_total.map(money).transpose()?.flatten();
    let mut returned = money_of_nothing(currency)?;
    for entry in &details.returns {
        let part = entry.return_amount.map(money).transpose()?.flatten();
        returned = returned.zip(part).and_then(|(sum, part)| sum.checked_add(part));
    }
    let charged = total.map(|total| if total.amount().is_zero() { "zero" } else { "charged" });
    let share = returned.zip(total).map_or("untold", |(sum, total)| share(sum.amount(), total.amount()));
    let completed = details.returns.iter().all(Return::is_completed).then_some("completed");
    let code = code.map(|code| if code == "004" { code } else { "another" });
    let evidence = [Some(&*details.status), charged, code, details.message(), Some(share), completed];
    let snapshot = Snapshot::new(lookup.id(), Row::judge(STATUSES, &evidence), &*details.status)
        .with_reason(details.message().map(str::to_owned))
        .with_test_mode(details.test_mode)
        .with_created_at(details.payment_date.clone().map(Timestamp::opaque));
    let is_told = is_success && currency.is_some() && returned.is_some();
    let told = |money: Option<Money>| money.filter(|_| is_told);
    Ok(Answer::Payment(snapshot.with_amount(told(total)).with_returned(told(returned)), details))
}

fn invalid(why: &'static str) -> Error {
    Error::new(ErrorKind::InvalidReply, why)
}

fn money_of_nothing(currency: Option<&str>) -> Result<Option<Money>, Error> {
    Money::charged(Number::parse("0.00"), Some(currency.unwrap_or("TRY")))
}

impl Details {
    /// What it says of an error; the codes are numbers of three digits.
    pub(crate) fn said(&self) -> Said {
        let code = self.err_no.as_deref().map(|code| format!("{:0>3}", code.trim()));
        Said::new(code, self.message().map(str::to_owned))
    }

    fn message(&self) -> Option<&str> {
        let messages = [&self.err_msg, &self.reason].into_iter().flatten().map(|text| text.trim());
        messages.into_iter().find(|text| !text.is_empty())
    }

    /// The currency's code: PayTR has five currencies and calls the Turkish lira `TL`.
    fn currency(&self) -> Result<Option<&str>, Error> {
        match self.currency.as_deref() {
            Some("TL") => Ok(Some("TRY")),
            Some("TRY" | "USD" | "EUR" | "GBP" | "RUB") | None => Ok(self.currency.as_deref()),
            Some(_) => Err(invalid("the reply has a currency that PayTR does not have")),
        }
    }
}

impl Return {
    fn is_completed(&self) -> bool {
        self.date_completed.as_ref().is_some_and(|date| !date.trim().is_empty())
    }

    fn read(raw: &str) -> Result<Self, Error> {
        if raw.starts_with('{') { json::object(raw) } else { Ok(Self::default()) }
    }
}

/// An amount in major units: a number, or a text with a dot or a comma before one or two decimals.
/// With three decimals it may be one with its thousands grouped, which nobody can tell.
fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Number>, D::Error> {
    let Some(raw) = Option::<&RawValue>::deserialize(deserializer)? else { return Ok(None) };
    let number = match raw.get().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(text) if text.bytes().all(|letter| letter.is_ascii_digit() || matches!(letter, b'.' | b',')) => {
            Number::parse(&text.replace(',', "."))
        }
        Some(_) => None,
        None => json::from_str(raw.get()).ok(),
    };
    let read = number.filter(|number| number.value().scale() <= 2);
    read.map(Some)
        .ok_or_else(|| D::Error::custom("paystatus: has an amount that is not an exact decimal number"))
}

/// Anything but 0 is test money.
fn test_mode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?.get();
    Ok(Some(!matches!(raw, "0" | r#""0""#)))
}

/// Whatever it is, it is there, unless it is null or an empty text.
fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let raw = Option::<&RawValue>::deserialize(deserializer)?.map(RawValue::get);
    let code = raw.map(|raw| serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned()));
    Ok(code.filter(|code: &String| !code.is_empty()))
}

/// A list of entries, an object of them, or one entry; nothing is written in several ways.
fn returns<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Return>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?.get();
    let entries = match raw.as_bytes().first() {
        _ if matches!(raw, "null" | r#""""#) => Ok(Vec::new()),
        Some(b'[') => json::from_str::<Vec<&RawValue>>(raw)
            .and_then(|entries| entries.into_iter().map(|entry| Return::read(entry.get())).collect()),
        Some(b'{') => json::members(raw).and_then(|members| {
            if members.iter().any(|(name, _)| OF_A_RETURN.split(' ').any(|known| known == name)) {
                return Return::read(raw).map(|entry| vec![entry]);
            }
            members.into_iter().map(|(_, entry)| Return::read(entry)).collect()
        }),
        _ => Err(invalid("")),
    };
    entries.map_err(|_| D::Error::custom("paystatus: has refunds that are not written as documented"))
}
