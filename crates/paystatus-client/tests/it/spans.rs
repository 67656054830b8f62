use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use paystatus_client::Client;
use tracing::Instrument;

use crate::{acme, server};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_check_is_one_span_with_the_documented_fields() {
    let server = server().await;
    let client = Client::new(acme(&server)).unwrap();
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let span = tracing::info_span!("caller");
    client.status("paid-1").instrument(span.clone()).await.unwrap();
    client.status("lost").instrument(span.clone()).await.unwrap_err();
    client.status_in_turn("..").instrument(span).await.unwrap_err();
    drop(guard);

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let ends: Vec<_> = text.lines().filter(|line| line.contains("checked a payment's status")).collect();
    assert_eq!(ends.len(), 3, "{text}");
    for field in [
        "caller:paystatus.check{",
        r#"otel.kind="client""#,
        r#"paystatus.provider="acme""#,
        r#"server.address=127.0.0.1"#,
        r#"url.scheme="http""#,
        "paystatus.attempts=",
    ] {
        assert!(ends.iter().all(|line| line.contains(field)), "{field}: {text}");
    }
    for (line, fields) in ends.iter().zip([
        [
            "attempts=1",
            r#"asked_id="paid-1""#,
            r#"paystatus.outcome="paid""#,
            "http.response.status_code=200",
        ],
        [
            "attempts=1",
            r#"paystatus.outcome="error""#,
            r#"error.type="rejected""#,
            "http.response.status_code=404",
        ],
        ["attempts=0", r#"asked_id="..""#, r#"paystatus.outcome="error""#, r#"error.type="invalid_lookup""#],
    ]) {
        assert!(fields.iter().all(|field| line.contains(field)), "{line}");
    }
}
