use paystatus::{Funds, Lookup, Meaning, Money, Pending, Returned, Snapshot, Status, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::Watch;

const MINUTE: Micros = 60 * SECOND;
const DAY: Micros = 24 * 3600 * SECOND;

fn terms(until: Until, follow: Micros) -> Terms {
    Watch::new("shop", "p").until(until).following_for(duration(follow)).terms
}

fn new(terms: &Terms) -> Life {
    Life::new(0, terms.deadline_at(0))
}

const PAID: Meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
const PAID_SO_FAR: Meaning = Meaning::new(Status::Paid, Finality::Provisional, Funds::Taken);
const FAILED: Meaning = Meaning::new(Status::Failed, Finality::Final, Funds::NotTaken);
const FAILED_SO_FAR: Meaning = Meaning::new(Status::Failed, Finality::Provisional, Funds::NotTaken);
const REFUNDED: Meaning =
    Meaning::new(Status::Returned(Returned::Refunded), Finality::Final, Funds::Returned);
const CHARGED_BACK: Meaning =
    Meaning::new(Status::Returned(Returned::ChargedBack), Finality::Provisional, Funds::Returned);
const PENDING: Meaning = Meaning::new(Status::Pending(Pending::Processing), Finality::Open, Funds::NotTaken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const MEANINGS: [Meaning; 8] =
    [PAID, PAID_SO_FAR, FAILED, FAILED_SO_FAR, REFUNDED, CHARGED_BACK, PENDING, UNKNOWN];

fn said(meaning: Meaning, updated_at: Option<i64>) -> Payment<Value> {
    let snapshot = Snapshot::new("p", meaning, "word")
        .with_amount(Some(Money::parse("50.00", "EUR").unwrap()))
        .with_updated_at(updated_at.map(Timestamp::unix));
    Payment::new(&Lookup::payment("p"), snapshot, Value::Null)
}

fn error(kind: ErrorKind) -> Error {
    Error::new(kind, "scripted")
}

const TRANSIENT: [ErrorKind; 6] = [
    ErrorKind::RateLimited,
    ErrorKind::Unavailable,
    ErrorKind::Timeout,
    ErrorKind::Transport,
    ErrorKind::InvalidReply,
    ErrorKind::Mismatch,
];
const OF_THE_ACCOUNT: [ErrorKind; 2] = [ErrorKind::Unauthorized, ErrorKind::Config];
const LASTING: [ErrorKind; 3] = [ErrorKind::Rejected, ErrorKind::InvalidLookup, ErrorKind::Unsupported];

/// Answers a watch one after the other, a minute apart, and gives the events and the end.
fn lives(terms: &Terms, answers: &[Result<Payment<Value>, ErrorKind>]) -> (Vec<EventKind>, Life) {
    let (mut life, mut events) = (new(terms), Vec::new());
    for (minutes, answer) in (1..).zip(answers) {
        let error = answer.as_ref().map_err(|kind| error(*kind));
        let happened = match &error {
            Ok(payment) => Happened::Answered(payment),
            Err(error) => Happened::Erred(error),
        };
        let step = life.step(terms, &WaitPlan::default(), happened, minutes * MINUTE);
        (life, events) = (step.life, [events, step.event.into_iter().collect()].concat());
    }
    (events, life)
}

#[track_caller]
fn tells(follow: Micros, answers: &[(Meaning, Option<i64>)], events: &[EventKind]) {
    let answers: Vec<_> = answers.iter().map(|(meaning, at)| Ok(said(*meaning, *at))).collect();
    assert_eq!(lives(&terms(Until::Decided, follow), &answers).0, events);
}

#[test]
fn a_decision_is_told_once_and_a_later_change_as_another_event() {
    use EventKind::{Changed, Decided};
    tells(0, &[(PENDING, None), (PAID, None), (REFUNDED, None)], &[Decided]);
    tells(DAY, &[(PENDING, None), (PAID, None), (PAID, None), (REFUNDED, None)], &[Decided, Changed]);
    tells(DAY, &[(FAILED_SO_FAR, None), (PAID, None)], &[Decided, Changed]); // late success
    tells(DAY, &[(PAID_SO_FAR, None), (PAID, None), (CHARGED_BACK, None)], &[Decided, Changed, Changed]);
}

#[test]
fn a_decision_is_never_taken_back_by_an_older_answer() {
    use EventKind::{Changed, Decided};
    tells(DAY, &[(PAID, None), (PENDING, None), (UNKNOWN, None)], &[Decided]);
    tells(DAY, &[(PAID, Some(9)), (FAILED, Some(5)), (FAILED, Some(5)), (FAILED, Some(5))], &[Decided]);
    tells(DAY, &[(PAID, Some(9)), (FAILED, Some(10))], &[Decided, Changed]);
    // Without a date it counts when it is said twice in a row.
    tells(DAY, &[(PAID, None), (FAILED, None), (PAID, None), (FAILED, None)], &[Decided]);
    tells(DAY, &[(PAID, None), (FAILED, None), (FAILED, None)], &[Decided, Changed]);
    tells(DAY, &[(PAID, None), (PAID_SO_FAR, None), (PAID, None)], &[Decided]);
    tells(DAY, &[(REFUNDED, None), (PAID, None), (PAID, None)], &[Decided, Changed]);
}

#[test]
fn until_final_waits_for_what_may_still_change() {
    let terms = terms(Until::Final, 0);
    let (events, life) = lives(&terms, &[Ok(said(PAID_SO_FAR, None)), Ok(said(FAILED_SO_FAR, None))]);
    assert_eq!((events, life.state), (vec![], State::Open));
    let (events, _) = lives(&terms, &[Ok(said(PAID_SO_FAR, None)), Ok(said(PAID, None))]);
    assert_eq!(events, [EventKind::Decided]);
}

#[test]
fn lasting_errors_end_it_as_failed_and_leave_a_decision_alone() {
    for kind in LASTING {
        let (events, life) = lives(&terms(Until::Decided, DAY), &[Err(kind)]);
        assert_eq!((events, life.state), (vec![EventKind::Failed], State::Failed), "{kind:?}");
        let (events, life) = lives(&terms(Until::Decided, DAY), &[Ok(said(PAID, None)), Err(kind)]);
        assert_eq!((events, life.state), (vec![EventKind::Decided], State::Decided), "{kind:?}");
        assert!(life.ended_at.is_some());
    }
}

#[test]
fn not_found_counts_after_the_grace_of_the_plan_unless_it_was_seen() {
    let not_found = Err(ErrorKind::NotFound);
    let patient = WaitPlan::default().with_not_found_grace(duration(2 * MINUTE));
    let terms = Watch::new("shop", "p").with_plan(patient).terms;
    let mut life = new(&terms);
    let error = error(ErrorKind::NotFound);
    for (minutes, state) in [(1, State::Open), (2, State::Open), (3, State::Failed)] {
        let step = life.step(&terms, &patient, Happened::Erred(&error), minutes * MINUTE);
        assert_eq!(step.life.state, state, "{minutes}");
        life = step.life;
    }
    assert_eq!(life.known.error.unwrap().kind, "not_found");
    let seen = [Ok(said(PENDING, None)), not_found.clone(), not_found.clone(), not_found];
    assert_eq!(lives(&self::terms(Until::Decided, 0), &seen).1.state, State::Open);
}

#[test]
fn undecided_at_the_deadline_is_expired_with_what_was_seen_and_never_failed() {
    let terms = terms(Until::Decided, DAY);
    let plan = WaitPlan::default();
    let (_, life) = lives(&terms, &[Ok(said(PENDING, None)), Err(ErrorKind::Unavailable)]);
    let at = life.deadline_at;
    let early = life.step(&terms, &plan, Happened::Nothing, at - 1);
    assert_eq!((early.life.state, early.next_at), (State::Open, Some(at)));
    for happened in [Happened::Nothing, Happened::Erred(&error(ErrorKind::Timeout))] {
        let step = life.step(&terms, &plan, happened, at);
        assert_eq!((step.life.state, step.event), (State::Expired, Some(EventKind::Expired)));
        let known = step.life.known;
        assert_eq!(known.last.unwrap().snapshot().status(), Status::Pending(Pending::Processing));
        assert!(known.error.is_some());
    }
    // What is decided in the last ask is decided.
    let step = life.step(&terms, &plan, Happened::Answered(&said(FAILED, None)), at);
    assert_eq!(step.event, Some(EventKind::Decided));
}

#[test]
fn asks_become_seldom_with_age_and_respect_retry_after() {
    let terms = terms(Until::Decided, 30 * DAY);
    let plan = WaitPlan::default();
    let pending = said(PENDING, None);
    let next = |life: &Life, happened, now| life.step(&terms, &plan, happened, now).next_at.unwrap() - now;
    assert_eq!(next(&new(&terms), Happened::Answered(&pending), 0), 2 * SECOND);
    assert_eq!(next(&new(&terms), Happened::Answered(&pending), 60 * MINUTE), 3 * MINUTE);
    assert_eq!(next(&new(&terms), Happened::Answered(&pending), 2 * DAY), 144 * MINUTE);
    let decided = said(PAID, None);
    assert_eq!(next(&new(&terms), Happened::Answered(&decided), 0), 30 * SECOND);
    let limited = error(ErrorKind::RateLimited).with_retry_after(Duration::from_secs(59));
    assert_eq!(next(&new(&terms), Happened::Erred(&limited), 0), 59 * SECOND);
}

#[test]
fn a_plan_with_a_last_ask_asks_no_more_and_expires_at_the_deadline() {
    let (plan, terms) = (WaitPlan::default().with_most_asks(2), terms(Until::Decided, 0));
    let pending = said(PENDING, None);
    let first = new(&terms).step(&terms, &plan, Happened::Answered(&pending), 0);
    assert!(first.life.may_ask(&plan) && first.next_at.unwrap() < first.life.deadline_at);
    let second = first.life.step(&terms, &plan, Happened::Answered(&pending), MINUTE);
    assert!(!second.life.may_ask(&plan));
    assert_eq!(second.next_at, Some(second.life.deadline_at));
}

#[derive(Clone, Debug)]
enum Act {
    Answer(usize, Option<i64>),
    Error(usize),
    Nothing,
    Cancel,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..MEANINGS.len(), prop::option::of(0_i64..4)).prop_map(|(said, at)| Act::Answer(said, at)),
        6 => (0..TRANSIENT.len() + OF_THE_ACCOUNT.len() + 1).prop_map(Act::Error),
        1 => Just(Act::Error(usize::MAX)),
        1 => Just(Act::Nothing),
        1 => Just(Act::Cancel),
    ]
}

fn kind(index: usize) -> ErrorKind {
    let all: Vec<_> = [&TRANSIENT[..], &OF_THE_ACCOUNT, &[ErrorKind::NotFound]].concat();
    *all.get(index).unwrap_or(&ErrorKind::Rejected)
}

proptest! {
    #[test]
    fn the_laws_hold_whatever_happens(
        acts in prop::collection::vec((act(), 0..DAY), 1..40),
        is_final: bool,
        follow in prop_oneof![Just(0), 0..40 * DAY],
    ) {
        let terms = terms(if is_final { Until::Final } else { Until::Decided }, follow);
        let plan = WaitPlan::default();
        let (mut life, mut now) = (new(&terms), 0);
        let mut events: Vec<EventKind> = Vec::new();
        for (act, later) in acts {
            now += later;
            let before = life.clone();
            let (payment, error) = match act {
                Act::Answer(index, at) => (Some(said(MEANINGS[index], at)), None),
                Act::Error(index) => (None, Some(error(kind(index)))),
                _ => (None, None),
            };
            let happened = match (&payment, &error) {
                (Some(payment), _) => Happened::Answered(payment),
                (_, Some(error)) => Happened::Erred(error),
                _ => match act {
                    Act::Cancel => Happened::Canceled,
                    _ => Happened::Nothing,
                },
            };
            let step = life.step(&terms, &plan, happened, now);
            life = step.life;
            // It is due exactly as long as it has not ended, and never later than when it has to end.
            prop_assert_eq!(step.next_at.is_none(), life.ended_at.is_some());
            if let (Some(next), State::Open) = (step.next_at, life.state) {
                prop_assert!(next <= life.deadline_at.max(now));
            }
            prop_assert!(now < life.end_at(&terms) || life.ended_at.is_some());
            // Nothing happens after the end.
            if before.ended_at.is_some() {
                prop_assert_eq!((&life, step.event), (&before, None));
            }
            // An error that may go away ends no watch before its time.
            if let (Some(error), true, State::Open) = (&error, now < life.deadline_at, before.state) {
                let is_transient = TRANSIENT.contains(&error.kind()) || OF_THE_ACCOUNT.contains(&error.kind());
                prop_assert!(!is_transient || life.state == State::Open);
            }
            match step.event {
                // A decision comes from an answer that is not open; nobody's silence decides.
                Some(EventKind::Decided | EventKind::Changed) => {
                    let payment = payment.as_ref().unwrap();
                    prop_assert_ne!(payment.finality(), Finality::Open);
                    prop_assert!(!is_final || life.decided_at < Some(now) || payment.is_final());
                }
                Some(EventKind::Expired) => prop_assert!(now >= life.deadline_at),
                _ => {}
            }
            if let (Some(EventKind::Changed), Some(decided)) = (step.event, &before.known.last) {
                let dates = [decided.snapshot(), payment.as_ref().unwrap().snapshot()];
                let [before, after] = dates.map(|said| said.updated_at().and_then(|time| time.instant()));
                prop_assert!(before.zip(after).is_none_or(|(before, after)| after >= before));
            }
            events.extend(step.event);
        }
        // One first event, whichever it is; only changes come after it.
        prop_assert!(events.iter().skip(1).all(|event| *event == EventKind::Changed));
        prop_assert!(events.first() != Some(&EventKind::Changed));
        let first = match life.state {
            State::Open | State::Canceled => None,
            State::Decided => Some(EventKind::Decided),
            State::Expired => Some(EventKind::Expired),
            State::Failed => Some(EventKind::Failed),
        };
        prop_assert_eq!(events.first(), first.as_ref());
    }

    #[test]
    fn whoever_is_asked_when_it_is_due_comes_to_an_end(
        answers in prop::collection::vec(prop::option::of(6_usize..8), 1..20),
    ) {
        let (terms, plan) = (terms(Until::Decided, 0), WaitPlan::default());
        let mut life = new(&terms);
        let (mut now, mut asks) = (0, 0);
        for answer in answers.iter().cycle() {
            let (payment, error) = (answer.map(|index| said(MEANINGS[index], None)), error(ErrorKind::Timeout));
            let happened = payment.as_ref().map_or(Happened::Erred(&error), Happened::Answered);
            let step = life.step(&terms, &plan, happened, now);
            life = step.life;
            asks += 1;
            let Some(next) = step.next_at else { break };
            prop_assert!(next > now, "it is asked again without a pause");
            now = next;
        }
        prop_assert_eq!((life.state, now), (State::Expired, life.deadline_at));
        prop_assert!(asks < 250, "{} asks in three days", asks);
    }
}
