use std::{
    cell::Cell,
    fs::File,
    future::pending,
    hint::black_box,
    io::{BufWriter, Write},
    path::Path,
};

use paystatus::{Accounts, Client};
use paystatus_core::BaseUrl;
use paystatus_reconcile::{Columns, Format, Ledger, Outcome, Reconciliation};
use paystatus_sandbox::{NewPayment, Provider, Sandbox};
use serde::Serialize;

use crate::{
    Failure, Options, Print,
    bulk::{all, check_many, id},
    case::{self, Bearer},
    line, resident,
    rounds::{alternate, round},
    runtime,
    server::Server,
};

/// Every payment has a reference of its own, as payments have.
const PAID: &str = r#"{"id":"pay_00000000","status":"succeeded","amount":5000,"currency":"USD","reference":"order-pay_00000000","updated_at":"2025-09-18T20:42:00Z"}"#;

/// How often memory is looked at, in rows.
const LOOK_EVERY: u64 = 1_000;

#[derive(Serialize)]
struct Line {
    bench: &'static str,
    server: &'static str,
    items: u32,
    rows_per_s: f64,
    checks_per_s: f64,
    ratio: f64,
    /// Not known where the server's payments are in this process, too.
    rss_mb: Option<f64>,
}

/// The smaller size comes first, because memory that was once used may stay with the process; and the sandbox, whose
/// payments are in this process, last.
pub(crate) fn run(options: &Options, print: Print<'_>) -> Result<(), Failure> {
    let sizes = [(10_000, 9), (100_000, 3), (1_000_000, 1)];
    for (items, rounds) in options.size(sizes, [(50, 1), (100, 1), (300, 1)]) {
        let server = Server::echoing(PAID, "pay_00000000", "/v1/payments/")?;
        let client = case::client::<Bearer>(&server.url())?;
        let (ours, alone, rss) = measure(options, &client, items, rounds)?;
        print(line(&Line { rss_mb: Some(rss), ..Line::new("loopback", items, ours, alone) })?);
    }
    for (items, rounds) in options.size([(10_000, 9), (100_000, 3)], [(50, 1), (100, 1)]) {
        let sandbox = Sandbox::start_blocking(0)?;
        for number in 0..items {
            let payment = NewPayment::new(Provider::BEARER, id(number), "succeeded").with_amount("5000");
            sandbox.create(payment)?;
        }
        let base_url = BaseUrl::parse(&sandbox.base_url(Provider::BEARER))?;
        let client = case::client_of(paystatus_bearer::Bearer::new(base_url, "your_access_token"))?;
        let (ours, alone, _) = measure(options, &client, items, rounds)?;
        print(line(&Line::new("sandbox", items, ours, alone))?);
    }
    Ok(())
}

impl Line {
    fn new(server: &'static str, items: u32, ours: f64, alone: f64) -> Self {
        let per_s = |seconds: f64| round(f64::from(items) / seconds, 0);
        Self {
            bench: "reconcile",
            server,
            items,
            rows_per_s: per_s(ours),
            checks_per_s: per_s(alone),
            ratio: round(alone / ours, 3),
            rss_mb: None,
        }
    }
}

/// The seconds of a reconciliation, those of the same checks alone, and the most memory of the former in MB.
fn measure(
    options: &Options,
    client: &Client<paystatus_bearer::Bearer>,
    items: u32,
    rounds: usize,
) -> Result<(f64, f64, f64), Failure> {
    let runtime = runtime()?;
    let mut accounts = Accounts::default();
    accounts.insert("shop", client.clone());
    let folder = tempfile::tempdir()?;
    let (ledger, journal) = (folder.path().join("ledger.csv"), folder.path().join("journal"));
    write_ledger(&ledger, items)?;
    let most = Cell::new(0);
    let look = || -> Result<(), Failure> {
        most.set(most.get().max(resident::bytes()?));
        Ok(())
    };
    let (ours, alone) = alternate(
        options.clock,
        rounds,
        || {
            let ledger = Ledger::read(File::open(&ledger)?, Format::Csv, &Columns::default())?;
            let mut run = Reconciliation::begin(&journal, ledger)?;
            look()?;
            let mut looked = 0;
            runtime.block_on(run.ask(&accounts, pending(), |progress| {
                if progress.finished - looked >= LOOK_EVERY {
                    looked = progress.finished;
                    // What can't be read here can't be read below either.
                    let _ = look();
                }
            }))?;
            let mut rows = 0;
            let totals = run.compare(|checked| {
                black_box(checked);
                rows += 1;
                if rows % LOOK_EVERY == 0 {
                    let _ = look();
                }
                Ok(())
            })?;
            look()?;
            run.finish()?;
            if totals.outcome() != Outcome::Match {
                return Err(format!("not every row matches: {:?}", totals.by_finding()).into());
            }
            all(totals.rows().try_into()?, items)
        },
        || runtime.block_on(check_many(client, items, |_| Ok(()))),
    )?;
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let rss = round(most.get() as f64 / f64::from(1 << 20), 1);
    Ok((ours, alone, rss))
}

fn write_ledger(path: &Path, items: u32) -> Result<(), Failure> {
    let mut ledger = BufWriter::new(File::create(path)?);
    writeln!(ledger, "account,payment_id,amount,currency,reference,status")?;
    for id in (0..items).map(id) {
        writeln!(ledger, "shop,{id},50.00,USD,order-{id},paid")?;
    }
    Ok(ledger.flush()?)
}
