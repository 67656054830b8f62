use std::hint::black_box;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;

use crate::{
    Failure, Options, Print,
    case::{self, Akurateco, Bearer, Case},
    line,
    rounds::{alternate, round},
    runtime,
    server::Server,
};

#[derive(Serialize)]
struct Line {
    bench: &'static str,
    provider: &'static str,
    concurrency: usize,
    client_per_s: f64,
    raw_per_s: f64,
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
    let (runtime, server) = (runtime()?, Server::start(C::BODY)?);
    let (client, http, url) = (case::client::<C>(&server.url())?, case::http_by_hand()?, server.url());
    let (client, http, url) = (&client, &http, url.as_str());
    for (concurrency, checks) in [(1, options.size(600, 5)), (case::IN_FLIGHT, options.size(1_200, 64))] {
        let (ours, by_hand) = alternate(
            options.clock,
            options.size(101, 9),
            || {
                let answers = stream::iter(0..checks)
                    .map(async |_| client.status(C::ID).await.map(|payment| _ = black_box(payment)))
                    .buffer_unordered(concurrency);
                Ok(runtime.block_on(answers.try_collect::<()>())?)
            },
            || {
                let answers = stream::iter(0..checks)
                    .map(async |_| {
                        case::check_by_hand::<C>(http, url, C::ID).await.map(|reply| _ = black_box(reply))
                    })
                    .buffer_unordered(concurrency);
                runtime.block_on(answers.try_collect::<()>())
            },
        )?;
        let per_second = |seconds: f64| f64::from(checks) / seconds;
        print(line(&Line {
            bench: "overhead",
            provider: C::PROVIDER.name(),
            concurrency,
            client_per_s: round(per_second(ours), 0),
            raw_per_s: round(per_second(by_hand), 0),
            ratio: round(by_hand / ours, 3),
        })?);
    }
    Ok(())
}
