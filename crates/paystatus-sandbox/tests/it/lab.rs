//! A sandbox and an HTTP client, for tests that read from top to bottom.

use paystatus_sandbox::{Provider, Sandbox};
use reqwest::{Client, Method, header::HeaderMap};
use tokio::runtime::{Builder, Runtime};

pub(crate) const JSON: &str = "application/json";
pub(crate) const HTML: &str = "text/html; charset=utf-8";

pub(crate) type Headers<'a> = &'a [(&'a str, &'a str)];

pub(crate) struct Lab {
    pub(crate) sandbox: Sandbox,
    runtime: Runtime,
    client: Client,
}

#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Lab {
    pub(crate) fn new() -> Self {
        Self {
            sandbox: Sandbox::start_blocking(0).unwrap(),
            runtime: Builder::new_current_thread().enable_all().build().unwrap(),
            client: Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// Sends a request; the path begins with the prefix.
    #[track_caller]
    pub(crate) fn send(&self, method: &str, path: &str, headers: Headers<'_>, body: &str) -> Got {
        let url = format!("http://{}{path}", self.sandbox.address());
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.client.request(method, url).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Got { status, headers, body: response.text().await.unwrap() }
        })
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str, headers: Headers<'_>) -> Got {
        self.send("GET", path, headers, "")
    }

    /// Sends a request to the control interface.
    #[track_caller]
    pub(crate) fn control(&self, method: &str, path: &str, body: &str) -> Got {
        self.send(method, &format!("/_sandbox{path}"), &[("content-type", JSON)], body)
    }
}

/// A provider that sends callbacks about every payment that is paid.
pub(crate) fn sending() -> Provider {
    *Provider::ALL.iter().find(|provider| provider.sends_callbacks()).unwrap()
}

impl Got {
    #[track_caller]
    pub(crate) fn is(&self, status: u16, content_type: &str, body: &str) {
        assert_eq!((self.status, self.header("content-type"), &*self.body), (status, content_type, body));
    }

    /// The whole header, or nothing.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// A page of a web server, not a provider's own answer.
    #[track_caller]
    pub(crate) fn is_page(&self, status: u16) {
        assert_eq!((self.status, self.header("content-type")), (status, HTML), "{}", self.body);
        assert!(self.body.contains(&format!("<title>{status} ")), "{}", self.body);
    }
}
