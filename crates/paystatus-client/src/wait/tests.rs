use std::sync::Mutex;

use futures_util::StreamExt;
use paystatus_core::{Funds, Meaning, Pending, Snapshot, Status, async_trait};

use super::*;

/// Answers by the seconds since the start of the wait; in second 1000 it hangs.
struct Scripted<F> {
    script: F,
    start: Instant,
    asked: Mutex<Vec<u64>>,
}

#[async_trait]
impl<F: Fn(u64) -> Result<Meaning, Error> + Send + Sync> StatusClient for Scripted<F> {
    fn provider(&self) -> &'static str {
        "scripted"
    }

    async fn status(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
        let second = self.start.elapsed().as_secs();
        self.asked.lock().unwrap().push(second);
        if second == 1000 {
            std::future::pending::<()>().await;
        }
        let meaning = (self.script)(second)?;
        Ok(Payment::new(lookup, Snapshot::new("p", meaning, "word"), Value::Null))
    }
}

const OPEN: Meaning = Meaning::new(Status::Pending(Pending::Processing), Finality::Open, Funds::Unknown);
const HELD: Meaning = Meaning::new(Status::Authorized, Finality::Open, Funds::Held);
const PAID: Meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
const FAILED: Meaning = Meaning::new(Status::Failed, Finality::Provisional, Funds::Unknown);

fn fails(kind: ErrorKind) -> Result<Meaning, Error> {
    Err(Error::new(kind, "scripted"))
}

fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

fn scripted<F: Fn(u64) -> Result<Meaning, Error> + Send + Sync>(script: F) -> Scripted<F> {
    Scripted { script, start: Instant::now(), asked: Mutex::default() }
}

/// How a wait of so many seconds ends, and at which seconds it asked.
async fn run(
    timeout: u64,
    script: impl Fn(u64) -> Result<Meaning, Error> + Send + Sync,
) -> (Result<Waited<Value>, Error>, Vec<u64>) {
    let client = scripted(script);
    let waited = Wait::new(&client, "p").with_timeout(seconds(timeout)).await;
    (waited, client.asked.into_inner().unwrap())
}

#[tokio::test(start_paused = true)]
async fn it_ends_when_the_payment_is_not_open() {
    let (waited, asked) = run(300, |second| Ok(if second < 9 { OPEN } else { PAID })).await;
    assert!(matches!(waited, Ok(Waited::Final(payment)) if payment.is_paid()));
    assert_eq!(asked, [0, 2, 5, 9]);
    let (waited, asked) = run(300, |_| Ok(FAILED)).await;
    assert!(matches!(waited, Ok(Waited::Provisional(_))));
    assert_eq!(asked, [0]);
}

#[tokio::test(start_paused = true)]
async fn it_asks_a_last_time_exactly_when_the_time_runs_out() {
    let (waited, asked) = run(6, |second| Ok(if second < 6 { OPEN } else { PAID })).await;
    assert!(matches!(waited, Ok(Waited::Final(_))));
    assert_eq!(asked, [0, 2, 5, 6]);
    let (waited, _) = run(6, |_| Ok(OPEN)).await;
    let Ok(Waited::TimedOut { last: Some(last), error: None, asked, next_allowed }) = waited else {
        panic!("{waited:?}")
    };
    assert_eq!((last.status(), asked), (OPEN.status, 4));
    assert!(next_allowed > seconds(4), "{next_allowed:?}");
}

#[tokio::test(start_paused = true)]
async fn passing_errors_do_not_end_it_and_do_not_lose_the_payment() {
    use ErrorKind::*;
    for kind in [RateLimited, Unavailable, Timeout, Transport, InvalidReply, Mismatch, NotFound] {
        let (waited, _) = run(300, |second| if second < 20 { fails(kind) } else { Ok(PAID) }).await;
        assert!(matches!(waited, Ok(Waited::Final(_))), "{kind:?}");
        let (waited, _) = run(30, |second| if second == 0 { Ok(OPEN) } else { fails(kind) }).await;
        let Ok(Waited::TimedOut { last: Some(_), error: Some(error), .. }) = waited else {
            panic!("{waited:?}")
        };
        assert_eq!(error.kind(), kind);
        let (waited, _) = run(30, |_| fails(kind)).await;
        assert!(
            matches!(waited, Ok(Waited::TimedOut { last: None, error: Some(_), .. })),
            "{kind:?}: {waited:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn lasting_errors_end_it() {
    use ErrorKind::*;
    for kind in [Config, InvalidLookup, Rejected, Unauthorized, Unsupported] {
        let (waited, asked) = run(300, |_| fails(kind)).await;
        assert_eq!((waited.unwrap_err().kind(), asked.len()), (kind, 1));
    }
    let (waited, asked) = run(300, |_| fails(Transport).map_err(Error::permanent)).await;
    assert_eq!((waited.unwrap_err().kind(), asked.len()), (Transport, 1));
}

#[tokio::test(start_paused = true)]
async fn not_found_is_an_answer_after_its_grace_unless_the_payment_was_seen() {
    let (waited, asked) = run(3000, |_| fails(ErrorKind::NotFound)).await;
    assert_eq!(waited.unwrap_err().kind(), ErrorKind::NotFound);
    assert!((60..120).contains(asked.last().unwrap()), "{asked:?}");
    let (waited, _) =
        run(200, |second| if second == 0 { Ok(OPEN) } else { fails(ErrorKind::NotFound) }).await;
    assert!(matches!(waited, Ok(Waited::TimedOut { last: Some(_), .. })));
    let client = scripted(|_| fails(ErrorKind::NotFound));
    let patient = WaitPlan::default().with_not_found_grace(seconds(300));
    let waited = Wait::new(&client, "p").with_plan(patient).await;
    assert!(matches!(waited, Ok(Waited::TimedOut { last: None, .. })));
}

#[tokio::test(start_paused = true)]
async fn retry_after_wins_over_the_plan() {
    let limited = |after: u64| {
        move |second: u64| match second {
            0 => fails(ErrorKind::RateLimited).map_err(|error| error.with_retry_after(seconds(after))),
            _ => Ok(PAID),
        }
    };
    let (waited, asked) = run(300, limited(45)).await;
    assert!(matches!(waited, Ok(Waited::Final(_))));
    assert_eq!(asked, [0, 45]);
    // Beyond the end nothing more can be learned: it ends at once, and says when to come back.
    let start = Instant::now();
    let (waited, asked) = run(300, limited(301)).await;
    let Ok(Waited::TimedOut { next_allowed, .. }) = waited else { panic!("{waited:?}") };
    assert_eq!((asked, start.elapsed(), next_allowed), (vec![0], Duration::ZERO, seconds(301)));
    let (waited, asked) = run(300, limited(u64::MAX)).await;
    assert!(matches!(waited, Ok(Waited::TimedOut { .. })) && asked == [0]);
}

#[tokio::test(start_paused = true)]
async fn what_hangs_is_cut_and_the_error_before_it_is_kept() {
    let start = Instant::now();
    let hanging =
        |ago| Scripted { script: |_| Ok(OPEN), start: start - seconds(ago), asked: Mutex::default() };
    let waited = Wait::new(&hanging(1000), "p").with_timeout(seconds(5)).await;
    let Ok(Waited::TimedOut { error: Some(error), .. }) = waited else { panic!("{waited:?}") };
    assert_eq!((error.kind(), start.elapsed()), (ErrorKind::Timeout, seconds(5)));

    let start = Instant::now();
    let script = |second| if second == 1000 { Ok(OPEN) } else { fails(ErrorKind::Unavailable) };
    let client = Scripted { script, start: start - seconds(995), asked: Mutex::default() };
    let waited = Wait::new(&client, "p").with_timeout(seconds(5)).await;
    let Ok(Waited::TimedOut { error: Some(error), .. }) = waited else { panic!("{waited:?}") };
    assert_eq!((error.kind(), start.elapsed()), (ErrorKind::Unavailable, seconds(7)));
}

#[tokio::test(start_paused = true)]
async fn a_predicate_can_wait_for_something_else_and_final_ends_it_all_the_same() {
    let client = scripted(|second| Ok(if second < 5 { OPEN } else { HELD }));
    let waited = Wait::new(&client, "p").until(|payment| payment.status() == Status::Authorized).await;
    assert!(matches!(waited, Ok(Waited::Open(payment)) if payment.funds() == Funds::Held));
    let client = scripted(|_| Ok(PAID));
    let waited = Wait::new(&client, "p").until(|payment| payment.status() == Status::Authorized).await;
    assert!(matches!(waited, Ok(Waited::Final(_))));
    let client = scripted(|second| Ok(if second < 5 { FAILED } else { PAID }));
    let waited = Wait::new(&client, "p").until(|payment| payment.is_final()).await;
    assert!(matches!(waited, Ok(Waited::Final(payment)) if payment.is_paid()), "late success after failure");
}

#[tokio::test(start_paused = true)]
async fn a_strict_plan_starts_late_and_asks_rarely() {
    let client = scripted(|_| Ok(OPEN));
    let plan = WaitPlan::new(seconds(1800), seconds(3600), seconds(7200));
    let npci = plan.starting_after(seconds(90)).with_most_asks(3);
    let waited = Wait::new(&client, "p").with_plan(npci).await;
    assert!(matches!(waited, Ok(Waited::TimedOut { asked: 3, .. })));
    assert_eq!(client.asked.into_inner().unwrap(), [90, 1890, 4590]);
}

#[tokio::test(start_paused = true)]
async fn a_plan_without_a_pause_is_refused_before_it_asks() {
    let client = scripted(|_| Ok(OPEN));
    let endless = WaitPlan::new(Duration::ZERO, seconds(1), seconds(60));
    let error = Wait::new(&client, "p").with_plan(endless).await.unwrap_err();
    assert_eq!((error.kind(), client.asked.into_inner().unwrap()), (ErrorKind::Config, vec![]));
}

#[tokio::test(start_paused = true)]
async fn changes_come_out_once_each() {
    let client = scripted(|second| match second {
        0..10 => Ok(OPEN),
        10..20 => fails(ErrorKind::Unavailable),
        20..60 => Ok(HELD),
        _ => Ok(PAID),
    });
    let changes: Vec<_> =
        Wait::new(&client, "p").changes().map(|change| change.unwrap().status()).collect().await;
    assert_eq!(changes, [OPEN.status, HELD.status, PAID.status]);

    let client = scripted(|second| if second < 10 { Ok(OPEN) } else { fails(ErrorKind::Unauthorized) });
    let changes: Vec<_> =
        Wait::new(&client, "p").changes().map(|change| change.map(|one| one.status())).collect().await;
    assert!(matches!(changes.as_slice(), [Ok(_), Err(error)] if error.kind() == ErrorKind::Unauthorized));

    let client = scripted(|_| Ok(OPEN));
    let changes = Wait::new(&client, "p").with_timeout(seconds(100)).changes();
    assert_eq!(changes.count().await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_future_loses_nothing_and_a_ticket_goes_on_elsewhere() {
    let client = scripted(|second| Ok(if second < 40 { OPEN } else { PAID }));
    let mut waiting = Wait::new(&client, "p").with_timeout(seconds(60)).start();
    for _ in 0..70 {
        assert!(tokio::time::timeout(Duration::from_millis(150), waiting.finish()).await.is_err());
    }
    let asked = client.asked.lock().unwrap().clone();
    assert_eq!(asked, [0, 2, 5, 9]);
    assert_eq!(waiting.last().map(|payment| payment.status()), Some(OPEN.status));

    let text = serde_json::to_string(&waiting.ticket()).unwrap();
    drop(waiting);
    tokio::time::sleep(seconds(5)).await;
    let ticket: WaitTicket = serde_json::from_str(&text).unwrap();
    assert_eq!((ticket.provider(), ticket.asked(), ticket.lookup()), ("scripted", 4, Lookup::payment("p")));
    let waited = Wait::new(&client, "ignored").resume(&ticket).unwrap().finish().await;
    assert!(matches!(waited, Ok(Waited::Final(payment)) if payment.asked().id() == "p"));
    // The plan goes on where it was: 6.75 s after the fourth ask, of which the pause in between does not count.
    assert_eq!(client.asked.into_inner().unwrap()[4], 21);
}

#[test]
fn tickets_that_are_not_consistent_are_refused() {
    let plan = WaitPlan::default().with_most_asks(9);
    let ticket = WaitTicket::new("acme", &Lookup::order("o"), plan, seconds(60), seconds(9), seconds(4), 2);
    let text = serde_json::to_string(&ticket).unwrap();
    assert_eq!(serde_json::from_str::<WaitTicket>(&text).unwrap(), ticket);
    for (from, to) in [
        (r#""version":1"#, r#""version":2"#),
        (r#""version":1"#, r#""version":"1""#),
        (r#""by":"order""#, r#""by":"card""#),
        (r#""id":"o""#, r#""id":"..""#),
        (r#""id":"o""#, r#""id":"""#),
        (r#""asked":2"#, r#""asked":-1"#),
        (r#""asked":2"#, r#""asked":9"#),
        (r#""asked":2,"elapsed_ms":9000"#, r#""asked":8,"elapsed_ms":0"#),
        (r#""elapsed_ms":9000"#, r#""elapsed_ms":60001"#),
        (r#""pause_ms":4000"#, r#""pause_ms":18446744073709551615"#),
        (r#""timeout_ms":60000"#, r#""timeout_ms":0"#),
        (r#""timeout_ms":60000"#, r#""timeout_ms":18446744073709551615"#),
        (r#""first_ms":2000"#, r#""first_ms":0"#),
        (r#""asked":2"#, r#""asked":2,"more":1"#),
    ] {
        assert!(text.contains(from), "{text}");
        assert!(serde_json::from_str::<WaitTicket>(&text.replace(from, to)).is_err(), "{to}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_ticket_of_another_provider_is_refused() {
    let ticket = WaitTicket::new(
        "acme",
        &Lookup::payment("p"),
        WaitPlan::default(),
        seconds(60),
        seconds(9),
        seconds(4),
        2,
    );
    let client = scripted(|_| Ok(PAID));
    let error = Wait::new(&client, "p").resume(&ticket).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("`acme`") && error.message().contains("`scripted`"));
}

#[test]
#[cfg(target_pointer_width = "64")]
fn a_wait_holds_its_payment_a_timer_and_little_else() {
    let client = scripted(|_| Ok(OPEN));
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(
        async {
            let whole = size_of_val(&*Wait::new(&client, "p").into_future());
            let parts = size_of::<Payment<Value>>() + size_of::<tokio::time::Sleep>();
            assert!(whole <= parts + 216, "{whole} bytes, of which {parts} are the payment and the timer");
        },
    );
}
