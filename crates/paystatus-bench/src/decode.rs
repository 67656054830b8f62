use std::hint::black_box;

use paystatus_core::{BaseUrl, Body, interpret};
use serde::Serialize;

use crate::{
    Failure, Options, Print,
    case::{Akurateco, Bearer, Case},
    line,
    rounds::{alternate, round},
};

#[derive(Serialize)]
struct Line {
    bench: &'static str,
    provider: &'static str,
    client_ns: f64,
    raw_ns: f64,
    ratio: f64,
}

pub(crate) fn run(options: &Options, print: Print<'_>) -> Result<(), Failure> {
    measure::<Akurateco>(options, print)?;
    measure::<Bearer>(options, print)
}

fn measure<C: Case>(options: &Options, print: Print<'_>) -> Result<(), Failure> {
    if !options.wants(C::PROVIDER) {
        return Ok(());
    }
    let account = C::account(BaseUrl::parse("http://127.0.0.1:9")?);
    let (lookup, reply) = (C::lookup(), http::Response::new(Body::from(C::BODY)));
    let times = options.size(5_000, 20);
    let (ours, by_hand) = alternate(
        options.clock,
        options.size(101, 9),
        || {
            for _ in 0..times {
                black_box(interpret(&account, black_box(&lookup), black_box(&reply))?);
            }
            Ok(())
        },
        || {
            for _ in 0..times {
                black_box(serde_json::from_slice::<C::Reply>(black_box(C::BODY.as_bytes()))?);
            }
            Ok(())
        },
    )?;
    let each = |seconds: f64| round(seconds * 1e9 / f64::from(times), 0);
    print(line(&Line {
        bench: "decode",
        provider: C::PROVIDER.name(),
        client_ns: each(ours),
        raw_ns: each(by_hand),
        ratio: round(ours / by_hand, 3),
    })?);
    Ok(())
}
