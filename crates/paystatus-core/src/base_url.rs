use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    ops::Range,
};

use http::{Method, Request, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Deserializer, de};

use crate::{Body, Error, ErrorKind};

/// Everything but RFC 3986's unreserved characters, `%` included.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Where a provider's API is: HTTPS, or HTTP to this machine only.
///
/// The host is read as a browser would, so that `http://127.1` and `http://2130706433` are seen for what they are.
/// User names, queries and fragments are refused; a path prefix is kept.
///
/// ```
/// use paystatus_core::BaseUrl;
///
/// let base = BaseUrl::parse("https://pay.example.com/v2/")?;
/// let uri = base.join("/payments").segment("a/../b?c")?.query("full", "1&2").uri()?;
/// assert_eq!(uri, "https://pay.example.com/v2/payments/a%2F..%2Fb%3Fc?full=1%262");
///
/// assert!(BaseUrl::parse("http://127.0.0.1:8080").is_ok());
/// assert!(BaseUrl::parse("http://pay.example.com").is_err());
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    host: Host,
    /// The whole in its one canonical form, without a slash at its end.
    text: String,
    /// Where the authority begins and ends in the text; the path follows.
    authority: Range<usize>,
}

#[derive(Clone, PartialEq, Eq)]
enum Host {
    Name(String),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

impl BaseUrl {
    /// Reads a base URL: `https://host[:port][/prefix]`, or `http://` to a loopback host.
    ///
    /// # Errors
    /// [`ErrorKind::Config`], saying what is wrong; the URL is not repeated, because it may contain a password.
    ///
    /// ```
    /// use paystatus_core::BaseUrl;
    /// assert!(BaseUrl::parse("https://pay.example.com/v2").is_ok());
    /// assert!(BaseUrl::parse("http://localhost:8080").is_ok());
    /// assert!(BaseUrl::parse("http://pay.example.com").is_err()); // in the clear
    /// ```
    pub fn parse(text: &str) -> Result<Self, Error> {
        let base = Self::read(text)?;
        if base.is_https() || base.is_loopback() {
            return Ok(base);
        }
        Err(config("sends credentials in the clear: http is allowed to this machine only, use https"))
    }

    /// Reads a base URL that may be plain HTTP to one host by name, such as another container of a closed network.
    ///
    /// # Errors
    /// [`ErrorKind::Config`], as [`parse`](Self::parse), and if the URL's host is not the one named.
    ///
    /// ```
    /// use paystatus_core::BaseUrl;
    /// assert!(BaseUrl::parse_allowing_http("http://sandbox:8080", "sandbox").is_ok());
    /// assert!(BaseUrl::parse_allowing_http("http://evil:8080", "sandbox").is_err());
    /// ```
    pub fn parse_allowing_http(text: &str, host: &str) -> Result<Self, Error> {
        let base = Self::read(text)?;
        if base.is_https() || base.is_loopback() || base.host.to_string().eq_ignore_ascii_case(host) {
            return Ok(base);
        }
        Err(config("is plain http to another host than the one that is allowed it"))
    }

    /// For providers: a service that always has the same host, and perhaps the same path, over HTTPS.
    ///
    /// ```
    /// use paystatus_core::BaseUrl;
    /// assert_eq!(BaseUrl::of_service("api.example.com").to_string(), "https://api.example.com");
    /// let service = BaseUrl::of_service("api.example.com/apis/v2");
    /// assert_eq!(service, BaseUrl::parse("https://api.example.com/apis/v2/")?);
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn of_service(host_and_path: &'static str) -> Self {
        let slash = host_and_path.find('/').unwrap_or(host_and_path.len());
        let (host, path) = host_and_path.split_at(slash);
        Self::written("https", Host::Name(host.to_owned()), None, path)
    }

    fn read(text: &str) -> Result<Self, Error> {
        if let Some(bad) = text.chars().find(|c| !c.is_ascii_graphic()) {
            return Err(config(if bad.is_ascii() {
                "contains a space or a control character"
            } else {
                "contains a letter outside ASCII: write the host in its `xn--` form"
            }));
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(config("is not a URL: write it as https://host/path"));
        };
        let is_https = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(config("has a scheme other than https")),
        };
        if rest.contains(['?', '#', '\\']) {
            return Err(config(
                "has a query, a fragment or a backslash: write only scheme, host, port and path",
            ));
        }
        let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
        if authority.contains('@') {
            return Err(config("contains a user name or a password: credentials have their own settings"));
        }
        let (host, port) = match authority.rfind(':') {
            Some(colon) if !authority[colon..].contains(']') => {
                (&authority[..colon], Some(&authority[colon + 1..]))
            }
            _ => (authority, None),
        };
        let port = match port.map(str::parse::<u16>) {
            None => None,
            Some(Ok(number)) if number > 0 && !port.is_some_and(|text| text.starts_with('+')) => Some(number),
            Some(_) => return Err(config("has a port that is not a number from 1 to 65535")),
        };
        let scheme = if is_https { "https" } else { "http" };
        Ok(Self::written(scheme, Host::read(host)?, port, read_path(path)?))
    }

    fn written(scheme: &str, host: Host, port: Option<u16>, path: &str) -> Self {
        let start = scheme.len() + "://".len();
        let port = port.map_or_else(String::new, |port| format!(":{port}"));
        let text = format!("{scheme}://{host}{port}{path}");
        let authority = start..text.len() - path.len();
        Self { host, text, authority }
    }

    /// Tells whether the host is this machine: `localhost`, 127.0.0.0/8 or `::1`.
    pub fn is_loopback(&self) -> bool {
        match &self.host {
            Host::Name(name) => name == "localhost",
            Host::V4(address) => address.is_loopback(),
            Host::V6(address) => IpAddr::V6(*address).to_canonical().is_loopback(),
        }
    }

    /// The host, as it is written in requests.
    pub fn host(&self) -> impl fmt::Display {
        &self.host
    }

    /// Tells whether requests are encrypted.
    pub fn is_https(&self) -> bool {
        self.scheme() == "https"
    }

    /// Tells whether a request goes to this scheme, host and port, below this path.
    ///
    /// ```
    /// # use paystatus_core::BaseUrl;
    /// let base = BaseUrl::parse("https://pay.example.com/v2")?;
    /// assert!(base.covers(&"https://pay.example.com/v2/payments/1".parse().unwrap()));
    /// assert!(!base.covers(&"https://pay.example.org/v2/payments/1".parse().unwrap()));
    /// assert!(!base.covers(&"http://pay.example.com/v2/payments/1".parse().unwrap()));
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn covers(&self, uri: &Uri) -> bool {
        let Some(rest) = uri.path().strip_prefix(&self.text[self.authority.end..]) else { return false };
        uri.scheme_str() == Some(self.scheme())
            && uri
                .authority()
                .is_some_and(|authority| authority.as_str() == &self.text[self.authority.clone()])
            && (rest.is_empty() || rest.starts_with('/'))
    }

    /// Starts an address below the base URL with a fixed path, such as `/v1/payments`.
    pub fn join(&self, path: &'static str) -> Endpoint {
        let mut text = String::with_capacity(self.text.len() + path.len() + 64);
        text.push_str(&self.text);
        text.push_str(path);
        Endpoint { text, has_query: false }
    }

    /// `https` or `http`.
    pub fn scheme(&self) -> &'static str {
        if self.text.starts_with("https:") { "https" } else { "http" }
    }
}

/// An address below a [`BaseUrl`]; identifiers go in encoded, each as one segment or one query value.
///
/// ```
/// use paystatus_core::BaseUrl;
///
/// let payments = BaseUrl::parse("https://pay.example.com")?.join("/v1/payments");
/// let status = payments.segment("a b/c")?.path("/status").query("full", "1").uri()?;
/// assert_eq!(status, "https://pay.example.com/v1/payments/a%20b%2Fc/status?full=1");
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Endpoint {
    text: String,
    has_query: bool,
}

impl Endpoint {
    /// Adds an identifier as one path segment.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidLookup`] for an empty segment, `.` and `..`, which every URL library folds away.
    pub fn segment(mut self, segment: &str) -> Result<Self, Error> {
        if matches!(segment, "" | "." | "..") {
            return Err(Error::new(
                ErrorKind::InvalidLookup,
                "an id that is empty, `.` or `..` can't be asked about",
            ));
        }
        self.text.push('/');
        self.text.extend(utf8_percent_encode(segment, ENCODED));
        Ok(self)
    }

    /// Adds a fixed path after an identifier, such as `/status`.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        self.text.push_str(path);
        self
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.text.push(if self.has_query { '&' } else { '?' });
        self.text.extend(utf8_percent_encode(name, ENCODED));
        self.text.push('=');
        self.text.extend(utf8_percent_encode(value, ENCODED));
        self.has_query = true;
        self
    }

    /// The whole address.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the fixed parts are not a path.
    pub fn uri(self) -> Result<Uri, Error> {
        Uri::try_from(self.text).map_err(|_| config("does not give a usable address"))
    }

    /// A `GET` of the address, without a body.
    ///
    /// # Errors
    /// As [`uri`](Self::uri).
    pub fn get(self) -> Result<Request<Body>, Error> {
        self.request(Method::GET, Body::empty())
    }

    /// A `POST` to the address.
    ///
    /// # Errors
    /// As [`uri`](Self::uri).
    pub fn post(self, body: Body) -> Result<Request<Body>, Error> {
        self.request(Method::POST, body)
    }

    fn request(self, method: Method, body: Body) -> Result<Request<Body>, Error> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = self.uri()?;
        Ok(request)
    }
}

impl Host {
    fn read(text: &str) -> Result<Self, Error> {
        if let Some(address) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return address
                .parse()
                .map(Self::V6)
                .map_err(|_| config("has a host that is not an IPv6 address"));
        }
        let name = text.to_ascii_lowercase();
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        };
        let last = name.rsplit('.').next().unwrap_or_default();
        if !name.split('.').all(is_label) {
            return Err(config("has a host that is not a name or an address"));
        }
        if last.bytes().all(|byte| byte.is_ascii_digit()) || ipv4_number(last).is_some() {
            return ipv4(&name).map(Self::V4).ok_or_else(|| config("has a host that is not an IPv4 address"));
        }
        Ok(Self::Name(name))
    }
}

/// An IPv4 address in any form that URLs allow: fewer than four parts, decimal, octal or hexadecimal
/// (<https://url.spec.whatwg.org/#concept-ipv4-parser>, read 2026-11).
fn ipv4(host: &str) -> Option<Ipv4Addr> {
    let parts: Vec<u64> = host.split('.').map(ipv4_number).collect::<Option<_>>()?;
    let (last, leading) = parts.split_last()?;
    let bytes_left = 4_u32.checked_sub(u32::try_from(leading.len()).ok()?).filter(|&left| left > 0)?;
    if leading.iter().any(|&part| part > 255) || *last >= 256_u64.pow(bytes_left) {
        return None;
    }
    let high = leading.iter().zip([24, 16, 8]).map(|(part, shift)| part << shift).sum::<u64>();
    u32::try_from(high + last).ok().map(Ipv4Addr::from)
}

fn ipv4_number(part: &str) -> Option<u64> {
    let (digits, radix) = match part.strip_prefix("0x") {
        Some(hex) => (hex, 16),
        None if part.len() > 1 && part.starts_with('0') => (&part[1..], 8),
        None => (part, 10),
    };
    match digits {
        "" => (radix == 16).then_some(0),
        _ if digits.starts_with('+') => None,
        _ => u64::from_str_radix(digits, radix).ok(),
    }
}

/// A path prefix without its last slash, if it can't be folded into another.
fn read_path(path: &str) -> Result<&str, Error> {
    let path = path.trim_end_matches('/');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@%".contains(&byte);
    let dots =
        |segment: &str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    if !path.bytes().all(plain) || path.split('/').any(dots) {
        return Err(config("has a path with `.`, `..` or characters that a path can't have"));
    }
    Ok(path)
}

fn config(why: &'static str) -> Error {
    Error::new(ErrorKind::Config, format!("`base_url` {why}"))
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::V4(address) => address.fmt(f),
            Self::V6(address) => write!(f, "[{address}]"),
        }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// From a configuration: a text, or `{ url = "…", allow_http_host = "…" }`.
impl<'de> Deserialize<'de> for BaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Parts {
            url: String,
            allow_http_host: String,
        }

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = BaseUrl;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a URL, or a table with `url` and `allow_http_host`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<BaseUrl, E> {
                BaseUrl::parse(text).map_err(E::custom)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<BaseUrl, A::Error> {
                let parts = Parts::deserialize(de::value::MapAccessDeserializer::new(map))?;
                BaseUrl::parse_allowing_http(&parts.url, &parts.allow_http_host).map_err(de::Error::custom)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn reads(text: &str, shown: &str) {
        assert_eq!(BaseUrl::parse(text).unwrap().to_string(), shown);
    }

    #[track_caller]
    fn refuses(text: &str, why: &str) {
        let error = BaseUrl::parse(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(
            error.message().starts_with("`base_url` ") && error.message().contains(why),
            "{text}: {error}"
        );
        assert!(!error.message().contains("canary"));
    }

    #[test]
    fn urls_are_read_and_written_in_one_form() {
        reads("https://api.example.com", "https://api.example.com");
        reads("HTTPS://API.Example.com:8443/v2/", "https://api.example.com:8443/v2");
        reads("https://xn--bcher-kva.example/a/b//", "https://xn--bcher-kva.example/a/b");
        reads("https://[2001:DB8::1]:443/", "https://[2001:db8::1]:443");
        reads("https://8.8.8.8", "https://8.8.8.8");
        reads("https://1x.example", "https://1x.example");
    }

    #[test]
    fn http_is_for_this_machine_only_however_it_is_written() {
        for host in
            ["localhost", "127.0.0.1", "127.1", "127.255.255.254", "2130706433", "0x7f.1", "0177.0.0.1"]
        {
            assert!(BaseUrl::parse(&format!("http://{host}:8080/x")).unwrap().is_loopback(), "{host}");
        }
        for host in ["[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]"] {
            assert!(BaseUrl::parse(&format!("http://{host}")).unwrap().is_loopback(), "{host}");
        }
        for host in [
            "example.com",
            "localhost.example.com",
            "10.0.0.1",
            "127.0.0.1.example.com",
            "3232235777",
            "0.0.0.0",
            "[::]",
            "[::2]",
            "128.1",
            "0x80.1",
            "127-0-0-1",
        ] {
            refuses(&format!("http://{host}"), "in the clear");
        }
        reads("http://2130706433/", "http://127.0.0.1");
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        refuses("", "not a URL");
        refuses("api.example.com", "not a URL");
        refuses("ftp://example.com", "scheme");
        refuses("https://canary:canary@example.com", "user name");
        refuses("https://example.com/?canary=1", "query");
        refuses("https://example.com/#canary", "query");
        refuses("https://example.com\\@evil.example", "backslash");
        refuses("https://example.com/a/../b", "path");
        refuses("https://example.com/%2E%2e/b", "path");
        refuses("https://example.com/\"", "path");
        refuses("https://", "host");
        refuses("https:///x", "host");
        refuses("https://example..com", "host");
        refuses("https://example.com.", "host");
        refuses("https://exa%6dple.com", "host");
        refuses("https://256.1.1.1", "IPv4");
        refuses("https://1.2.3.4.5", "IPv4");
        refuses("https://1.2.3.08", "IPv4");
        refuses("https://4294967296", "IPv4");
        refuses("https://[::1", "host");
        refuses("https://[::g]", "IPv6");
        refuses("https://example.com:0", "port");
        refuses("https://example.com:65536", "port");
        refuses("https://example.com:+80", "port");
        refuses("https://example.com:", "port");
        refuses("https://exämple.com", "xn--");
        refuses(" https://example.com", "space");
        refuses("https://example.com\n", "control");
    }

    #[test]
    fn a_named_host_may_be_plain() {
        assert!(BaseUrl::parse_allowing_http("http://Sandbox:80/x", "sandbox").is_ok());
        let json = r#"{"url":"http://sandbox:80","allow_http_host":"sandbox"}"#;
        assert_eq!(serde_json::from_str::<BaseUrl>(json).unwrap().to_string(), "http://sandbox:80");
        assert!(serde_json::from_str::<BaseUrl>("\"http://sandbox:80\"").is_err());
    }

    #[test]
    fn a_request_stays_below_its_base() {
        let base = BaseUrl::parse("https://example.com/v2").unwrap();
        for (uri, inside) in [
            ("https://example.com/v2", true),
            ("https://example.com/v2/x?y", true),
            ("https://example.com/v22", false),
            ("https://example.com/", false),
            ("https://example.com:444/v2", false),
            ("/v2/x", false),
        ] {
            assert_eq!(base.covers(&uri.parse().unwrap()), inside, "{uri}");
        }
    }

    #[test]
    fn dots_cannot_be_a_segment() {
        let base = BaseUrl::parse("https://example.com").unwrap();
        for id in ["", ".", ".."] {
            assert_eq!(base.join("/p").segment(id).unwrap_err().kind(), ErrorKind::InvalidLookup);
        }
        assert_eq!(
            base.join("/p").segment("%2e").unwrap().path("/status").uri().unwrap().path(),
            "/p/%252e/status"
        );
    }

    proptest! {
        #[test]
        fn any_id_is_one_segment_and_one_value(id in "\\PC{1,40}|[\\x00-\\x7f]{1,40}") {
            prop_assume!(id != "." && id != "..");
            let base = BaseUrl::parse("https://example.com/v2").unwrap();
            let uri = base.join("/p").segment(&id).unwrap().path("/s").query("id", &id).uri().unwrap();
            prop_assert!(base.covers(&uri));
            prop_assert_eq!(uri.path().split('/').count(), 5);
            let query = uri.query().unwrap();
            prop_assert_eq!(query.matches(['=', '&', '#', '?', '+']).count(), 1);
            let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
            prop_assert_eq!(decode(query.strip_prefix("id=").unwrap()), id.clone());
            prop_assert_eq!(decode(uri.path().split('/').nth(3).unwrap()), id);
        }

        #[test]
        fn reading_never_panics(text in "\\PC*|https?://[0-9a-fx.:\\[\\]]{0,20}/[a-z./%]*") {
            if let Ok(base) = BaseUrl::parse(&text) {
                prop_assert_eq!(BaseUrl::parse(&base.to_string()).unwrap(), base);
            }
        }
    }
}
