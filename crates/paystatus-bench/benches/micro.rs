//! Micro-benchmarks of parsing and signing: `cargo bench -p paystatus-bench`.

#![expect(clippy::unwrap_used, reason = "a bench that can't go on fails")]

use std::time::SystemTime;

use divan::{Bencher, black_box};
use http::{HeaderMap, Response};
use paystatus_bench::case::{Akurateco, Bearer, Case};
use paystatus_core::{Ask, BaseUrl, Body, Callback, Number, Provider, SignsCallbacks, json};

fn main() {
    divan::main();
}

fn account<C: Case>() -> C::Account {
    C::account(BaseUrl::parse("https://pay.example.com").unwrap())
}

#[divan::bench(args = ["5000", "100.50", "-0.10", "1e2", "1234567890.123456789012345678"])]
fn exact_parse(text: &str) -> Option<Number> {
    Number::parse(black_box(text))
}

#[divan::bench(types = [Akurateco, Bearer])]
fn json_object<C: Case>() -> C::Reply {
    json::object(black_box(C::BODY)).unwrap()
}

#[divan::bench(types = [Akurateco, Bearer])]
fn by_hand<C: Case>() -> C::Reply {
    serde_json::from_str(black_box(C::BODY)).unwrap()
}

#[divan::bench(types = [Akurateco, Bearer])]
fn interpret<C: Case>(bencher: Bencher<'_, '_>) {
    let (account, lookup, reply) = (account::<C>(), C::lookup(), Response::new(Body::from(C::BODY)));
    bencher
        .bench_local(|| paystatus_core::interpret(&account, black_box(&lookup), black_box(&reply)).unwrap());
}

/// Akurateco's holds two digests.
#[divan::bench(types = [Akurateco, Bearer])]
fn request<C: Case>(bencher: Bencher<'_, '_>) {
    let (account, lookup) = (account::<C>(), C::lookup());
    bencher.bench_local(|| account.request(&Ask::about(black_box(&lookup))).unwrap());
}

#[divan::bench]
fn verify_callback(bencher: Bencher<'_, '_>) {
    let body = "id=24f7401c-fc47-11ec-8d07-0242ac120015&order_number=order-1234&order_amount=3.01\
        &order_currency=QAR&order_description=Important+gift&status=settled";
    let account = account::<Akurateco>();
    let now = SystemTime::now();
    let signed = account.sign_callback(body.as_bytes(), now).unwrap();
    let mut headers = HeaderMap::new();
    for (name, value) in &signed.headers {
        headers.insert(*name, value.parse().unwrap());
    }
    let callback = Callback::new(&headers, &signed.body, now);
    bencher.bench_local(|| account.verify_callback(black_box(&callback)).unwrap());
}
