// A provider as its author would write it, and the mistakes that its author might make.

use http::{HeaderValue, Request, Response};
use paystatus_core::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// What is wrong with an `Acme`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "examples include this file too, and use less of it")]
pub(crate) enum Fault {
    UnknownIsFailed,
    UnknownIsPaid,
    NullIsPending,
    CaseMeansNothing,
    WordIsTidied,
    BodyBeatsHttp,
    EveryErrorIsNotFound,
    RetryAfterIsIgnored,
    ErrorsAreAnonymous,
    AnyIdWillDo,
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
    BytesAreGuessed,
    LastDuplicateWins,
    PlainSerde,
    TextIsSearched,
    EncodingIsIgnored,
}
use Fault::*;

pub(crate) struct Acme {
    key: String,
    base_url: BaseUrl,
    fault: Option<Fault>,
    asked: AtomicU32,
}

#[allow(dead_code, reason = "examples include this file too, and use less of it")]
impl Acme {
    pub(crate) fn new(key: &str) -> Self {
        let base_url = BaseUrl::of_service("api.acme.example");
        Self { key: key.to_owned(), base_url, fault: None, asked: AtomicU32::new(0) }
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
    amount: Option<Exact>,
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

impl Provider for Acme {
    type Details = Details;

    fn name(&self) -> &'static str {
        "acme"
    }

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn request(&self, lookup: &Lookup) -> Result<Request<Body>, Error> {
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
        let mut value = credential::header("key", "Bearer ", &self.key.as_str().into())?;
        value.set_sensitive(!self.is(SecretInPlainHeader));
        request.headers_mut().insert("authorization", value);
        request.headers_mut().insert("accept", HeaderValue::from_static("application/json"));
        Ok(request)
    }

    fn interpret(&self, lookup: &Lookup, reply: &Response<Body>) -> Result<Payment<Details>, Error> {
        let read = self.read(lookup, reply);
        if self.is(ErrorsAreAnonymous) { read } else { read.map_err(|error| error.in_reply("acme", reply)) }
    }
}

impl Acme {
    fn read(&self, lookup: &Lookup, reply: &Response<Body>) -> Result<Payment<Details>, Error> {
        let invalid = |why: String| Error::new(ErrorKind::InvalidReply, why);
        if !reply.status().is_success() && !self.is(BodyBeatsHttp) {
            return Err(self.error(reply));
        }
        let lossy = String::from_utf8_lossy(reply.body().as_bytes()).into_owned();
        let text = match self.fault {
            Some(BytesAreGuessed) => lossy.trim_start_matches('\u{feff}'),
            Some(EncodingIsIgnored) => lossy.as_str(),
            _ => reply::text(reply)?,
        };
        fn plain<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
            serde_json::from_str(text).map_err(|_| Error::new(ErrorKind::InvalidReply, "unreadable"))
        }
        let mut details: Details = match self.fault {
            Some(LastDuplicateWins) => plain(&plain::<serde_json::Value>(text)?.to_string())?,
            Some(PlainSerde) => plain(text)?,
            Some(ErrorsQuote) => json::object(text).map_err(|_| invalid(format!("unreadable: {text}")))?,
            Some(TextIsSearched) if text.contains("\"settled\"") => Details {
                id: lookup.id().to_owned(),
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
            _ if self.is(NullIsPending) => "pending".to_owned(),
            _ => return Err(invalid("no status".into())),
        };
        let payer = details.payer.as_ref().map(|payer| payer.expose().clone());
        match self.fault {
            Some(PersonalIsPlain) => details.shown_payer = payer,
            Some(PersonalIsPlainInJson) => details.stored_payer = payer.map(Unprinted),
            _ => {}
        }
        if !self.is(AnyIdWillDo) {
            lookup.confirm(&details.id)?;
        }
        let amount = match self.fault {
            Some(AmountIsAbsolute) => details.amount.map(|exact| exact.to_string().replace('-', "")),
            Some(AbsentIsZero) => Some(details.amount.map_or("0".into(), |exact| exact.to_string())),
            _ => details.amount.map(|exact| exact.to_string()),
        };
        let amount =
            Money::charged(amount.and_then(|text: String| Exact::parse(&text)), details.currency.as_deref())?;
        let compared = match self.fault {
            Some(CaseMeansNothing) => word.to_lowercase(),
            Some(WordIsTidied) => word.trim().to_owned(),
            _ => word.clone(),
        };
        let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
        let failed = Meaning::new(Status::Failed, Finality::Final, Funds::NotTaken);
        let meaning = match compared.as_str() {
            "settled" => paid,
            "pending" => Meaning::new(Status::Pending(Pending::Processing), Finality::Open, Funds::Unknown),
            "declined" => failed,
            _ if self.is(UnknownIsFailed) => failed,
            _ if self.is(UnknownIsPaid) => paid,
            _ => Meaning::UNKNOWN,
        };
        let id = details.id.clone();
        Ok(Payment::new(lookup, id, meaning, word, details).with_amount(amount))
    }

    fn error(&self, response: &Response<Body>) -> Error {
        #[derive(serde::Deserialize)]
        struct Said {
            error: String,
        }
        const ROW: reply::ErrorRow = reply::ErrorRow::new(
            404..=404,
            reply::Says::Code("no_payment"),
            ErrorKind::NotFound,
            "there is no such payment",
            Source::new("https://acme.example/docs", "2026-11"),
        );
        if self.is(EveryErrorIsNotFound) {
            return Error::new(ErrorKind::NotFound, "no payment");
        }
        let said: Option<Said> = reply::said(response);
        let said = said.map(|said| reply::Said::new(Some(said.error), None)).unwrap_or_default();
        if self.is(RetryAfterIsIgnored) {
            let mut bare = Response::new(Body::empty());
            *bare.status_mut() = response.status();
            return reply::error(&bare, &[ROW], &said);
        }
        reply::error(response, &[ROW], &said)
    }
}
