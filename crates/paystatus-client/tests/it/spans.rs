use std::{cell::RefCell, io::Write, sync::Once};

use paystatus_client::Client;
use tracing::Instrument;

use crate::{acme, server};

thread_local! {
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes to the log of the thread, which is the log of the test.
struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.with_borrow_mut(|log| log.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Begins to log, for all tests: what one thread's subscriber sees depends on what the others do.
pub(crate) fn start_log() {
    static START: Once = Once::new();
    START.call_once(|| {
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
        subscriber.with_writer(|| Log).init();
    });
}

/// What this test has logged.
pub(crate) fn logged() -> String {
    LOG.with_borrow(|log| String::from_utf8(log.clone()).unwrap())
}

#[tokio::test]
async fn a_check_is_one_span_with_the_documented_fields() {
    let server = server().await;
    let client = Client::new(acme(&server)).unwrap();
    start_log();
    let span = tracing::info_span!("caller");
    client.status("paid-1").instrument(span.clone()).await.unwrap();
    client.status("lost").instrument(span.clone()).await.unwrap_err();
    client.status_in_turn("..").instrument(span).await.unwrap_err();

    let text = logged();
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
