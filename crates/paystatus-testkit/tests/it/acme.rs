// A provider as its author would write it, and the mistakes that its author might make.

use http::{HeaderValue, Request};
use paystatus_core::*;
use paystatus_testkit::Suite;
use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime},
};

/// What is wrong with an `Acme`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "examples include this file too, and use less of it")]
pub(crate) enum Fault {
    UnknownIsFailed,
    UnknownIsPaid,
    NoRowSaysSo,
    NullIsUnknown,
    CaseMeansNothing,
    WordIsTidied,
    EveryErrorIsNotFound,
    DoorIsWide,
    RowIsForgotten,
    IdIsTrusted,
    IdIsPasted,
    IdIsTrimmed,
    IdIsNotChecked,
    RequestCounts,
    SecretInDebug,
    SecretInAddress,
    SecretInPlainHeader,
    PersonalIsPlain,
    PersonalIsPlainInJson,
    ErrorsQuote,
    AmountIsFloat,
    AmountIsAbsolute,
    AbsentIsZero,
    LastDuplicateWins,
    PlainSerde,
    TextIsSearched,
    TokenIsGuessed,
    TokenLastsForEver,
    TokenErrorsQuote,
    RefusedTokenIsKept,
}
use Fault::*;

const DOCS: Source = Source::new("https://acme.example/docs", "2026-11");
const STATUSES: &[Row] = &[
    Row::new(&["settled"], Status::Paid, Finality::Final, Funds::Taken, DOCS),
    Row::new(&["declined"], Status::Failed, Finality::Final, Funds::NotTaken, DOCS),
];
const NO_PAYMENT: ErrorRow =
    ErrorRow::new(404..=404, Says::Code("no_payment"), ErrorKind::NotFound, "there is no such payment", DOCS);
static FACTS: Facts = Facts::new("acme", "Acme Pay", STATUSES, &[NO_PAYMENT]);
static EVERY_ERROR: Facts = Facts::new(
    "acme",
    "Acme Pay",
    STATUSES,
    &[ErrorRow::new(100..=999, Says::Anything, ErrorKind::NotFound, "no payment", DOCS)],
);
static WIDE: Facts = Facts::new(
    "acme",
    "Acme Pay",
    STATUSES,
    &[NO_PAYMENT, ErrorRow::answer(500..=599, Says::Anything, DOCS)],
);
static FORGOTTEN: Facts = Facts::new(
    "acme",
    "Acme Pay",
    STATUSES,
    &[NO_PAYMENT, ErrorRow::new(409..=409, Says::Code("locked"), ErrorKind::Rejected, "it is locked", DOCS)],
);
static KEPT: Facts = Facts::new(
    "acme",
    "Acme Pay",
    STATUSES,
    &[NO_PAYMENT, ErrorRow::new(401..=401, Says::Anything, ErrorKind::Unauthorized, "no such key", DOCS)],
);

pub(crate) struct Acme {
    key: String,
    base_url: BaseUrl,
    fetches_tokens: bool,
    fault: Option<Fault>,
    asked: AtomicU32,
}

#[allow(dead_code, reason = "examples include this file too, and use less of it")]
impl Acme {
    pub(crate) fn new(key: &str) -> Self {
        let base_url = BaseUrl::of_service("api.acme.example");
        Self { key: key.to_owned(), base_url, fetches_tokens: false, fault: None, asked: AtomicU32::new(0) }
    }

    pub(crate) fn fetching_tokens(key: &str) -> Self {
        Self { fetches_tokens: true, ..Self::new(key) }
    }

    pub(crate) fn with(self, fault: Fault) -> Self {
        Self { fault: Some(fault), ..self }
    }

    fn is(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }
}

impl std::fmt::Debug for Acme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is(SecretInDebug) { write!(f, "Acme({})", self.key) } else { f.write_str("Acme") }
    }
}

#[derive(Clone, Debug, serde::Deserialize, serde::Serialize)]
pub(crate) struct Details {
    id: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    amount: Option<Number>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    payer: Option<Personal<String>>,
    #[serde(skip)]
    shown_payer: Option<String>,
    #[serde(skip_deserializing)]
    stored_payer: Option<Unprinted>,
}

/// Careful in `Debug` only.
#[derive(Clone, serde::Serialize)]
struct Unprinted(String);

impl std::fmt::Debug for Unprinted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

fn invalid(why: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidReply, why)
}

fn plain<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|_| invalid("unreadable"))
}

impl Provider for Acme {
    type Details = Details;

    fn facts(&self) -> &'static Facts {
        match self.fault {
            Some(EveryErrorIsNotFound) => &EVERY_ERROR,
            Some(DoorIsWide) => &WIDE,
            Some(RowIsForgotten) => &FORGOTTEN,
            Some(RefusedTokenIsKept) => &KEPT,
            _ => &FACTS,
        }
    }

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn request(&self, ask: &Ask<'_>) -> Result<Request<Body>, Error> {
        let lookup = ask.lookup();
        let id = if self.is(IdIsNotChecked) { lookup.id() } else { lookup.payment_id()? };
        let endpoint = self.base_url.join("/payments");
        let endpoint = match self.fault {
            Some(IdIsPasted) => endpoint.path(&format!("/{id}")),
            Some(IdIsTrimmed) => endpoint.segment(id.trim())?,
            Some(IdIsNotChecked) => endpoint.query("id", id),
            Some(SecretInAddress) => endpoint.segment(id)?.query("key", &self.key),
            Some(RequestCounts) => {
                endpoint.segment(id)?.query("n", &self.asked.fetch_add(1, Ordering::Relaxed).to_string())
            }
            _ => endpoint.segment(id)?,
        };
        let mut request = endpoint.get()?;
        let key = self.key.as_str().into();
        let mut value = credential::header("key", "Bearer ", ask.token().map_or(&key, Token::text))?;
        value.set_sensitive(!self.is(SecretInPlainHeader));
        request.headers_mut().insert("authorization", value);
        request.headers_mut().insert("accept", HeaderValue::from_static("application/json"));
        Ok(request)
    }

    fn read(&self, ask: &Ask<'_>, text: &str) -> Result<Answer<Details>, Refusal> {
        let mut details: Details = match self.fault {
            Some(LastDuplicateWins) => plain(&plain::<serde_json::Value>(text)?.to_string())?,
            Some(PlainSerde) => plain(text)?,
            Some(ErrorsQuote) => json::object(text).map_err(|_| invalid(format!("unreadable: {text}")))?,
            Some(TextIsSearched) if text.contains("\"settled\"") => Details {
                id: ask.lookup().id().to_owned(),
                status: Some("settled".into()),
                amount: None,
                currency: None,
                payer: None,
                shown_payer: None,
                stored_payer: None,
            },
            Some(AmountIsFloat) => {
                let mut value: serde_json::Value = json::from_str(text)?;
                let float =
                    value["amount"].as_f64().or(value["amount"].as_str().and_then(|text| text.parse().ok()));
                if let Some(float) = float {
                    value["amount"] = float.to_string().into();
                }
                json::object(&value.to_string())?
            }
            _ => json::object(text)?,
        };
        let word = match details.status.clone() {
            Some(word) => word,
            _ if self.is(NullIsUnknown) => "null".to_owned(),
            _ => return Err(invalid("no status").into()),
        };
        let payer = details.payer.as_ref().map(|payer| payer.expose().clone());
        match self.fault {
            Some(PersonalIsPlain) => details.shown_payer = payer,
            Some(PersonalIsPlainInJson) => details.stored_payer = payer.map(Unprinted),
            _ => {}
        }
        let amount = match self.fault {
            Some(AmountIsAbsolute) => details.amount.map(|exact| exact.to_string().replace('-', "")),
            Some(AbsentIsZero) => Some(details.amount.map_or("0".into(), |exact| exact.to_string())),
            _ => details.amount.map(|exact| exact.to_string()),
        };
        let amount = Money::charged(
            amount.and_then(|text: String| Number::parse(&text)),
            details.currency.as_deref(),
        )?;
        let compared = match self.fault {
            Some(CaseMeansNothing) => word.to_lowercase(),
            Some(WordIsTidied) => word.trim().to_owned(),
            _ => word.clone(),
        };
        let judgement = match (Row::judge(STATUSES, &[Some(&compared)]), self.fault) {
            (Judgement::UNKNOWN, Some(UnknownIsFailed)) => Row::judge(STATUSES, &[Some("declined")]),
            (Judgement::UNKNOWN, Some(UnknownIsPaid)) => Row::judge(STATUSES, &[Some("settled")]),
            (judgement, Some(NoRowSaysSo)) => judgement.meaning().into(),
            (judgement, _) => judgement,
        };
        let id = if self.is(IdIsTrusted) { ask.lookup().id() } else { &details.id };
        Ok(Answer::Payment(Snapshot::new(id, judgement, word).with_amount(amount), details))
    }

    fn said(&self, text: &str) -> Said {
        #[derive(serde::Deserialize)]
        struct Reply {
            error: String,
        }
        json::object(text).map(|Reply { error }| Said::new(Some(error), None)).unwrap_or_default()
    }

    fn tokens(&self) -> Option<&dyn FetchesTokens> {
        if self.fetches_tokens { Some(self) } else { None }
    }
}

impl FetchesTokens for Acme {
    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn request(&self, _: SystemTime) -> Result<Request<Body>, Error> {
        let endpoint = self.base_url.join("/token");
        let endpoint = if self.is(SecretInAddress) { endpoint.query("key", &self.key) } else { endpoint };
        endpoint.post(Body::from(format!("key={}", self.key)))
    }

    fn read(&self, now: SystemTime, text: &str) -> Result<Token, Refusal> {
        #[derive(serde::Deserialize)]
        struct Reply {
            access_token: Option<String>,
            expires_in: Option<serde_json::Value>,
        }
        let Reply { access_token, expires_in } = match self.fault {
            Some(TokenErrorsQuote) => json::object(text).map_err(|_| invalid(text.to_owned()))?,
            _ => json::object(text)?,
        };
        let token = match access_token {
            None if self.is(TokenIsGuessed) => "null".to_owned(),
            Some(token) if token.trim().is_empty() || token.contains(char::is_control) => {
                return Err(invalid("no token").into());
            }
            Some(token) => token,
            None => return Err(invalid("no token").into()),
        };
        let seconds = expires_in.and_then(|seconds| seconds.as_u64()).map(Duration::from_secs);
        match seconds.and_then(|seconds| now.checked_add(seconds)) {
            Some(end) => Ok(Token::new(token).until(end)),
            None if self.is(TokenLastsForEver) => Ok(Token::new(token)),
            None => Err(invalid("no end").into()),
        }
    }
}

/// The suite of an `Acme`, whole.
#[allow(dead_code, reason = "some examples write their own")]
pub(crate) fn suite_of(acme: Acme) -> Suite<Acme> {
    let success = r#"{
        "id": {{id}}, "status": {{status}}, "amount": {{amount}}, "currency": {{currency}}, "payer": "canary-name"
    }"#;
    let declined = r#"{"id":"pay_001","status":"declined"}"#;
    Suite::new(acme, Lookup::payment("pay_001"), success, "settled")
        .with_secrets(["canary-key"])
        .with_personal(["canary-name"])
        .with_state("settled", "settled", Meaning::new(Status::Paid, Finality::Final, Funds::Taken))
        .with_reply("declined", declined, Meaning::new(Status::Failed, Finality::Final, Funds::NotTaken))
        .with_error("no_payment", 404, r#"{"error":"no_payment"}"#, ErrorKind::NotFound)
}
