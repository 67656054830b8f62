//! Who is asked must prove who it is: no request goes to anybody else.

use std::{sync::Arc, time::Duration};

use paystatus::{BaseUrl, Client, Error, ErrorKind, Settings, Transport, bearer::Bearer};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, date_time_ymd,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    LazyConfigAcceptor, StartHandshake, TlsAcceptor,
    rustls::{
        ConfigBuilder, RootCertStore, ServerConfig, SupportedProtocolVersion, WantsVerifier,
        crypto::{CryptoProvider, aws_lc_rs},
        pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
        server::{Acceptor, ClientHello, ResolvesServerCert, WebPkiClientVerifier},
        sign::CertifiedKey,
        version::{TLS12, TLS13},
    },
};

use crate::server::{Server, reply};

const TOKEN: &str = "canary-tls-token";
const PAID: &str = r#"{"id":"pay-1","status":"succeeded","amount":5000,"currency":"USD"}"#;

/// An authority of the test's own.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // With the name that all have by default, OpenSSL would take what it issues for self-signed.
        params.distinguished_name.push(DnType::CommonName, "the test's authority");
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for a name, changed before it is signed, and its key.
    fn issue(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        change(&mut params);
        (params.signed_by(&key, &self.0).unwrap(), key)
    }

    /// What a server for a name answers handshakes with.
    pub(crate) fn acceptor(&self, name: &str) -> TlsAcceptor {
        self.acceptor_with(name, |_| {})
    }

    fn acceptor_with(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> TlsAcceptor {
        let (certificate, key) = self.issue(name, change);
        let config = server(&[&TLS12, &TLS13]).with_no_client_auth();
        acceptor(config.with_single_cert(vec![certificate.der().clone()], private(&key)).unwrap())
    }
}

/// The test's servers name their cryptography, so that whatever the process has would be the client's doing.
fn server(versions: &[&'static SupportedProtocolVersion]) -> ConfigBuilder<ServerConfig, WantsVerifier> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    ServerConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap()
}

fn acceptor(config: ServerConfig) -> TlsAcceptor {
    TlsAcceptor::from(Arc::new(config))
}

fn private(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivatePkcs8KeyDer::from(key.serialize_der()).into()
}

/// A transport that trusts the test's authority too, and gives a busy machine time to connect.
pub(crate) fn trusting(authority: &Authority) -> Transport {
    trusting_for(authority, Duration::from_secs(30))
}

fn trusting_for(authority: &Authority, connect_timeout: Duration) -> Transport {
    let builder = Transport::builder().with_root_certificates(authority.pem());
    builder.with_connect_timeout(connect_timeout).build().unwrap()
}

fn client(host: &str, port: u16, transport: &Transport) -> Client<Bearer> {
    let base = BaseUrl::parse(&format!("https://{host}:{port}")).unwrap();
    let settings = Settings::default().with_timeout(Duration::from_secs(60)).with_max_attempts(1);
    Client::with(Bearer::new(base, TOKEN), settings, transport).unwrap()
}

/// Asks a server and gets the kind of error that is expected; the server is told nothing.
async fn refused(tls: TlsAcceptor, host: &str, transport: &Transport, is_retryable: bool) -> Error {
    let server = Server::start_tls(tls, |_| reply("200 OK", PAID)).await;
    let error = client(host, server.address.port(), transport).status("pay-1").await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Transport, is_retryable), "{error:?}");
    assert_eq!(server.requests(), [""; 0], "a server that proved nothing was asked");
    assert!(!format!("{error:?} {error}").contains("canary"));
    error
}

async fn is_paid(tls: TlsAcceptor, host: &str, transport: &Transport) {
    let server = Server::start_tls(tls, |_| reply("200 OK", PAID)).await;
    assert!(client(host, server.address.port(), transport).status("pay-1").await.unwrap().is_paid());
    assert!(server.requests()[0].contains(TOKEN), "the request itself has the token");
}

#[tokio::test]
async fn a_server_that_a_given_authority_vouches_for_is_asked() {
    let authority = Authority::new();
    is_paid(authority.acceptor("localhost"), "localhost", &trusting(&authority)).await;
    is_paid(authority.acceptor("127.0.0.1"), "127.0.0.1", &trusting(&authority)).await;
}

#[tokio::test]
async fn the_process_is_given_no_cryptography_and_needs_none() {
    let authority = Authority::new();
    is_paid(authority.acceptor("localhost"), "localhost", &trusting(&authority)).await;
    assert!(CryptoProvider::get_default().is_none(), "that is for the program to choose");
}

/// What a client says first.
async fn hello() -> StartHandshake<TcpStream> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = client("localhost", listener.local_addr().unwrap().port(), &Transport::new().unwrap());
    tokio::spawn(async move { client.status("pay-1").await.map(drop) });
    let (stream, _) = listener.accept().await.unwrap();
    LazyConfigAcceptor::new(Acceptor::default(), stream).await.unwrap()
}

#[tokio::test]
async fn nothing_but_http_1_1_is_offered() {
    let hello = hello().await;
    let offered: Vec<&[u8]> = hello.client_hello().alpn().unwrap().collect();
    assert_eq!(offered, [b"http/1.1"]);
}

#[cfg(any(feature = "rustls", feature = "rustls-ring"))]
#[tokio::test]
async fn the_cryptography_is_that_of_the_feature_that_comes_first() {
    use tokio_rustls::rustls::NamedGroup;

    let hello = hello().await;
    let hello = hello.client_hello();
    let groups = hello.named_groups().unwrap();
    // ring has no key exchange that is safe from quantum computers, aws-lc-rs has.
    assert_eq!(groups.contains(&NamedGroup::X25519MLKEM768), cfg!(feature = "rustls"), "{groups:?}");
}

#[tokio::test]
async fn a_server_that_nobody_known_vouches_for_is_not_asked() {
    let (authority, other) = (Authority::new(), Authority::new());
    for transport in [Transport::new().unwrap(), trusting(&other)] {
        let error = refused(authority.acceptor("localhost"), "localhost", &transport, false).await;
        assert!(error.message().contains("certificate"), "{error}");
    }
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    let authority = Authority::new();
    for (name, host) in
        [("pay.example.com", "localhost"), ("localhost", "127.0.0.1"), ("*.localhost", "localhost")]
    {
        let error = refused(authority.acceptor(name), host, &trusting(&authority), false).await;
        assert!(error.message().contains("certificate"), "{error}");
    }
}

#[tokio::test]
async fn a_certificate_out_of_its_time_or_for_another_purpose_is_refused() {
    let authority = Authority::new();
    let changes: &[fn(&mut CertificateParams)] = &[
        |params| params.not_after = date_time_ymd(2020, 1, 1),
        |params| params.not_before = date_time_ymd(4000, 1, 1),
        |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
        // OpenSSL takes an authority's certificate for a server's as well.
        #[cfg(any(feature = "rustls", feature = "rustls-ring"))]
        |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
    ];
    for change in changes {
        let tls = authority.acceptor_with("localhost", change);
        let error = refused(tls, "localhost", &trusting(&authority), false).await;
        assert!(error.message().contains("certificate"), "{error}");
    }
}

#[tokio::test]
async fn a_server_without_a_certificate_breaks_the_handshake() {
    #[derive(Debug)]
    struct None;
    impl ResolvesServerCert for None {
        fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
            Option::None
        }
    }
    let config = server(&[&TLS13]).with_no_client_auth().with_cert_resolver(Arc::new(None));
    let authority = Authority::new();
    refused(acceptor(config), "localhost", &trusting(&authority), true).await;
}

#[tokio::test]
async fn a_permanent_refusal_is_not_tried_again() {
    let authority = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let tls = authority.acceptor("pay.example.com");
    let (begun, handshakes) = tokio::sync::watch::channel(0);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            begun.send_modify(|count| *count += 1);
            assert!(tls.accept(stream).await.is_err());
        }
    });
    let base = BaseUrl::parse(&format!("https://localhost:{port}")).unwrap();
    let client = Client::with(Bearer::new(base, TOKEN), Settings::default(), &trusting(&authority)).unwrap();
    let error = client.status("pay-1").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1));
    assert_eq!(*handshakes.borrow(), 1);
}

#[tokio::test]
async fn plain_http_on_the_port_of_tls_is_transport_and_learns_nothing() {
    let authority = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut seen = vec![0; 4096];
        let read = stream.read(&mut seen).await.unwrap();
        stream.write_all(&reply("400 Bad Request", "this port speaks HTTPS no more")).await.unwrap();
        seen.truncate(read);
        seen
    });
    let error = client("localhost", port, &trusting(&authority)).status("pay-1").await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Transport, true), "{error:?}");
    let seen = server.await.unwrap();
    assert!(seen.starts_with(&[22, 3]), "it was sent no handshake");
    assert!(!String::from_utf8_lossy(&seen).contains("canary"));
}

#[tokio::test]
async fn tls_on_the_port_of_plain_http_is_transport() {
    let authority = Authority::new();
    let server = Server::start_tls(authority.acceptor("localhost"), |_| reply("200 OK", PAID)).await;
    let base = BaseUrl::parse(&format!("http://localhost:{}", server.address.port())).unwrap();
    let settings = Settings::default().with_max_attempts(1);
    let client = Client::with(Bearer::new(base, TOKEN), settings, &trusting(&authority)).unwrap();
    assert_eq!(client.status("pay-1").await.unwrap_err().kind(), ErrorKind::Transport);
    assert_eq!(server.requests(), [""; 0]);
}

/// Accepts connections, does this with each, and keeps them open.
async fn silent(then: fn(&mut TcpStream)) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            then(&mut stream);
            open.push(stream);
        }
    });
    port
}

#[tokio::test]
async fn a_handshake_that_hangs_is_a_timeout_while_connecting() {
    let authority = Authority::new();
    for then in [
        |_: &mut TcpStream| {},
        |stream: &mut TcpStream| {
            // The beginning of a record whose rest never comes.
            stream.try_write(&[22, 3, 3, 64, 0, 2]).unwrap();
        },
    ] {
        let begun = std::time::Instant::now();
        let port = silent(then).await;
        let impatient = trusting_for(&authority, Duration::from_millis(400));
        let error = client("localhost", port, &impatient).status("pay-1").await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Timeout, true), "{error:?}");
        assert!(begun.elapsed() < Duration::from_secs(60), "it ended with the check's own timeout");
    }
}

#[tokio::test]
async fn a_handshake_that_is_cut_is_transport_and_may_go_away() {
    let authority = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let error = client("localhost", port, &trusting(&authority)).status("pay-1").await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Transport, true), "{error:?}");
}

/// A server that asks for a certificate of the test's authority, in either version of TLS.
fn asking_back(authority: &Authority, is_newest: bool) -> TlsAcceptor {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(authority.0.der().to_vec())).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let (certificate, key) = authority.issue("localhost", |_| {});
    let version = if is_newest { &TLS13 } else { &TLS12 };
    let config = server(&[version]).with_client_cert_verifier(verifier);
    acceptor(config.with_single_cert(vec![certificate.der().clone()], private(&key)).unwrap())
}

#[cfg(any(feature = "rustls", feature = "rustls-ring"))]
#[tokio::test]
async fn a_client_certificate_is_shown_to_a_server_that_asks_for_it() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue("shop.example.com", |_| {});
    let own = format!("{}{}", certificate.pem(), key.serialize_pem());
    let transport = Transport::builder()
        .with_root_certificates(authority.pem())
        .with_client_certificate(own)
        .build()
        .unwrap();
    for is_newest in [true, false] {
        is_paid(asking_back(&authority, is_newest), "localhost", &transport).await;
    }
}

#[cfg(any(feature = "rustls", feature = "rustls-ring"))]
#[test]
fn a_client_certificate_without_its_key_is_refused_and_so_is_the_key_alone() {
    let authority = Authority::new();
    let (certificate, key) = authority.issue("shop.example.com", |_| {});
    let (_, other) = authority.issue("shop.example.com", |_| {});
    let (certificate, key, other) = (certificate.pem(), key.serialize_pem(), other.serialize_pem());
    for pem in [&certificate, &key, &format!("{certificate}{other}")] {
        let error = Transport::builder().with_client_certificate(pem.as_str()).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
    }
    assert!(Transport::builder().with_client_certificate(format!("{key}{certificate}")).build().is_ok());
}

#[tokio::test]
async fn without_a_client_certificate_the_error_does_not_blame_the_servers() {
    let authority = Authority::new();
    for is_newest in [true, false] {
        let server = Server::start_tls(asking_back(&authority, is_newest), |_| reply("200 OK", PAID)).await;
        let client = client("localhost", server.address.port(), &trusting(&authority));
        let error = client.status("pay-1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{error:?}");
        assert_eq!(server.requests(), [""; 0]);
        assert!(!error.message().contains("server's certificate"), "{error:?}");
    }
}
