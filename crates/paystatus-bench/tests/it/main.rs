//! Every bench runs in its small form, so that none of them rots; their figures are not looked at.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use paystatus_bench::{Bench, Options, Provider};
use serde_json::Value;

/// The lines of a small run, whose fields must be these, in this order.
#[track_caller]
fn lines(bench: Bench, provider: Option<Provider>, fields: &[&str]) -> Vec<Value> {
    let mut lines = Vec::new();
    let mut print = |line: String| {
        let places = fields.iter().map(|field| line.find(&format!("\"{field}\":")));
        assert!(places.clone().all(|place| place.is_some()) && places.is_sorted(), "{line}");
        let line: Value = serde_json::from_str(&line).unwrap();
        let object = line.as_object().unwrap();
        assert_eq!(object.len(), fields.len(), "{line}");
        let measured = object.iter().filter(|(field, value)| value.is_number() && *field != "items");
        assert!(measured.into_iter().all(|(_, value)| value.as_f64().unwrap() >= 0.0), "{line}");
        lines.push(line);
    };
    paystatus_bench::run(bench, &Options { quick: true, provider, ..Options::default() }, &mut print)
        .unwrap();
    lines
}

const OVERHEAD: &[&str] = &["bench", "provider", "concurrency", "client_per_s", "raw_per_s", "ratio"];
const DECODE: &[&str] = &["bench", "provider", "client_ns", "raw_ns", "ratio"];

#[test]
fn overhead() {
    let lines = lines(Bench::Overhead, None, OVERHEAD);
    let measured: Vec<_> = lines
        .iter()
        .map(|line| (line["provider"].as_str().unwrap(), line["concurrency"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        measured,
        ["akurateco", "bearer"].iter().flat_map(|&name| [(name, 1), (name, 64)]).collect::<Vec<_>>()
    );
    assert!(lines.iter().all(|line| line["bench"] == "overhead"));
}

#[test]
fn decode() {
    let names: Vec<_> = lines(Bench::Decode, None, DECODE)
        .iter()
        .map(|line| line["provider"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["akurateco", "bearer"]);
    let one = lines(Bench::Decode, Some(Provider::Akurateco), DECODE);
    assert_eq!(
        (one.len(), &one[0]["provider"], &one[0]["bench"]),
        (1, &"akurateco".into(), &"decode".into())
    );
}

#[test]
fn waits() {
    let lines = lines(Bench::Waits, None, &["bench", "waits", "bytes_per_wait"]);
    assert_eq!((lines.len(), &lines[0]["bench"]), (1, &"waits".into()));
}

#[test]
fn bulk() {
    let lines = lines(Bench::Bulk, None, &["bench", "items", "ratio", "rss_mb"]);
    assert_eq!(lines.len(), 2);
    assert!(lines[0]["items"].as_u64() < lines[1]["items"].as_u64());
}

#[test]
fn watch() {
    let fields = [
        "bench",
        "store",
        "open",
        "workers",
        "beside",
        "adds_per_s",
        "asks_per_s",
        "decisions_per_s",
        "checks_per_s",
        "ratio",
        "claim_ms",
        "rss_mb",
    ];
    let lines = lines(Bench::Watch, None, &fields);
    let measured: Vec<_> =
        lines.iter().map(|line| (line["open"].as_u64(), line["workers"].as_u64())).collect();
    let sizes = [200, 400].iter();
    assert_eq!(
        measured,
        sizes.flat_map(|&open| [1, 2, 4].map(|n| (Some(open), Some(n)))).collect::<Vec<_>>()
    );
    assert!(lines.iter().all(|line| line["store"] == "sqlite" && line["asks_per_s"].as_f64() > Some(0.0)));
}

#[test]
fn reconcile() {
    let fields = ["bench", "server", "items", "rows_per_s", "checks_per_s", "ratio", "rss_mb"];
    let lines = lines(Bench::Reconcile, None, &fields);
    let servers: Vec<_> = lines.iter().map(|line| line["server"].as_str().unwrap()).collect();
    assert_eq!(servers, ["loopback", "loopback", "loopback", "sandbox", "sandbox"]);
    assert!(lines.iter().all(|line| line["rss_mb"].is_number() == (line["server"] == "loopback")));
}

#[test]
fn false_final() {
    let fields = [
        "bench",
        "policy",
        "payments",
        "false_paid",
        "false_failed",
        "missed_final",
        "calls",
        "median_s_to_final",
    ];
    let lines = lines(Bench::FalseFinal, None, &fields);
    let policies: Vec<_> = lines.iter().map(|line| line["policy"].as_str().unwrap()).collect();
    let naive = ["fixed_interval_then_failed", "stop_at_first_error", "loop_until_not_pending"];
    assert_eq!((policies[0], &policies[1..]), ("paystatus", &naive[..]));
    for mistake in ["false_paid", "false_failed", "missed_final"] {
        assert_eq!(lines[0][mistake], 0, "{mistake}");
    }
    // The stories are hard enough: each naive policy gets some wrong.
    for line in &lines[1..] {
        assert!(line["false_failed"].as_u64().unwrap() > 0, "{line}");
    }
}

#[test]
fn startup() {
    let lines = lines(Bench::Startup, None, &["bench", "ratio"]);
    assert_eq!((lines.len(), &lines[0]["bench"]), (1, &"startup".into()));
}

#[test]
fn build() {
    let fields = [
        "bench",
        "provider",
        "tls",
        "crates",
        "hand_crates",
        "build_crates",
        "hand_build_crates",
        "build_cpu_s",
        "hand_build_cpu_s",
        "ratio",
        "stripped_bytes",
        "hand_stripped_bytes",
    ];
    let lines = lines(Bench::Build, None, &fields);
    let of_one: Vec<_> = lines
        .iter()
        .filter(|line| line["provider"] == "bearer")
        .map(|line| line["tls"].as_str().unwrap())
        .collect();
    assert_eq!((lines.len(), &of_one[..]), (6, &["rustls", "native-tls", "rustls-ring"][..]));
    for line in &lines {
        // Crates are counted in a quick run too, and this is what was promised.
        assert!(line["crates"].as_u64().unwrap() <= 115, "{line}");
        assert!(line["hand_crates"].as_u64() < line["crates"].as_u64(), "{line}");
        assert!(line["ratio"].is_null() && line["stripped_bytes"].is_null(), "{line}");
    }
}
