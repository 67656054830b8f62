// Acme Pay, a provider for examples: its documents, if there were any, would be on one page.
use paystatus_core::*;

const DOCS: Source = Source::new("https://example.com/docs", "2026-11");

pub const STATUSES: &[Row] = &[
    Row::new(&["settled"], Status::Paid, Finality::Final, Funds::Taken, DOCS),
    Row::new(&["declined"], Status::Failed, Finality::Final, Funds::NotTaken, DOCS),
];

static FACTS: Facts = Facts::new("acme", "Acme Pay", STATUSES, &[]);

#[derive(Debug)]
pub struct Acme {
    base_url: BaseUrl,
    key: secrecy::SecretString,
}

impl Acme {
    pub fn new(key: &str) -> Self {
        Self { base_url: BaseUrl::of_service("api.example.com"), key: key.into() }
    }
}

impl Provider for Acme {
    type Details = ();

    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn request(&self, ask: &Ask<'_>) -> Result<http::Request<Body>, Error> {
        let mut request = self.base_url.join("/payments").segment(ask.lookup().payment_id()?)?.get()?;
        request.headers_mut().insert("authorization", credential::header("key", "Bearer ", &self.key)?);
        Ok(request)
    }

    fn read(&self, _: &Ask<'_>, text: &str) -> Result<Answer<()>, Refusal> {
        #[derive(serde::Deserialize)]
        struct Reply<'a> {
            id: &'a str,
            status: &'a str,
        }

        let Reply { id, status } = json::object(text)?;
        Ok(Answer::Payment(Snapshot::new(id, Row::judge(STATUSES, &[Some(status)]), status), ()))
    }
}
