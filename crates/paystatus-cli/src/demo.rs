use comfy_table::{Table, presets};
use paystatus::{Error, Finality, Funds, Lookup, MayChargeAgain, Meaning, Payment, Status};
use paystatus_sandbox::{Provider, seeded_id};
use serde_json::{Value, json};

use crate::{
    configuration::{Account, start_sandbox},
    output::{Line, Output, Source, clean, error_object, headline, money, snake},
};

/// `paystatus demo`: every payment of a sandbox, or one for each answer that calls for something else to do.
pub(crate) async fn run(shows_all: bool, output: &Output) -> Result<u8, Error> {
    let (configuration, sandbox) = start_sandbox().await?;
    let accounts: Vec<_> = Provider::ALL
        .iter()
        .map(|provider| Account::open(&configuration, provider.name()))
        .collect::<Result<_, _>>()?;
    let mut all = Vec::new();
    for (account, &provider) in accounts.iter().zip(Provider::ALL) {
        for state in provider.states() {
            // In the provider's own form, where its ids have one.
            let payment = sandbox.payment(provider, &seeded_id(state));
            let id = payment.map_or_else(|| seeded_id(state), |payment| payment.id().to_owned());
            let lookup = Lookup::payment(id);
            let answer = account.client.status_in_turn(&lookup).await;
            all.push(Asked::new(account.source(), lookup, answer));
        }
    }
    let telling = telling(&all);
    let shown = if shows_all { all.iter().collect() } else { telling.clone() };
    if output.json {
        for Asked { source, lookup, answer, .. } in shown {
            output.line(&match answer {
                Ok(payment) => json!(Line::new(*source, payment, None)),
                Err(error) => error_object(*source, Some(lookup), error),
            });
        }
        return Ok(0);
    }
    let (answers, providers) = (all.len(), accounts.len());
    let (which, more) = if shows_all {
        (format!("{answers} answers"), "Ask from your own program: paystatus sandbox".to_owned())
    } else {
        let few = shown.len();
        (format!("{few} telling answers"), format!("See all {answers} answers: paystatus demo --all"))
    };
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "provider",
        "it says",
        "paid?",
        "so the payment is",
        "amount",
        "funds",
        "charge again",
        "what to do",
    ]);
    table.add_rows(shown.into_iter().map(row));
    output.text(&format!(
        "Has this payment been paid? {which} of {providers} providers, asked over HTTP in a sandbox on this machine:\n"
    ));
    output.text(&table.trim_fmt());
    let example = telling.first().map(|paid| format!("{} {}", paid.source.provider, paid.lookup.id()));
    output
        .text(&format!("\nAsk yourself: paystatus --sandbox check {}\n{more}", example.unwrap_or_default()));
    Ok(0)
}

type Answer = Result<Payment<Value>, Error>;

/// What was asked about, and what came of it.
struct Asked<'a> {
    source: Source<'a>,
    lookup: Lookup,
    answer: Answer,
    /// The provider's own words, or the HTTP status of an error.
    says: String,
    lesson: Lesson,
}

impl<'a> Asked<'a> {
    fn new(source: Source<'a>, lookup: Lookup, answer: Answer) -> Self {
        let says = match &answer {
            Ok(payment) => clean(payment.provider_status()),
            Err(error) => error.http_status().map(|status| format!("HTTP {status}")).unwrap_or_default(),
        };
        Self { source, lookup, lesson: Lesson::of(&answer), answer, says }
    }
}

/// The best example of each telling lesson: of a provider that no other one shows, in few words that mean
/// nothing else there, and with an amount, as far as there is such a one.
fn telling<'a, 'b>(all: &'b [Asked<'a>]) -> Vec<&'b Asked<'a>> {
    let mut chosen: Vec<&Asked<'_>> = Vec::new();
    for lesson in Lesson::TELLING {
        let best = all.iter().filter(|one| one.lesson == lesson).min_by_key(|one| {
            let is_same = |other: &Asked<'_>| other.source.provider == one.source.provider;
            let is_shown = chosen.iter().any(|other| is_same(other));
            let means_more = |other: &Asked<'_>| other.says == one.says && other.lesson != lesson;
            let is_plain =
                one.says.len() <= 20 && !all.iter().any(|other| is_same(other) && means_more(other));
            let has_no_amount = one.answer.as_ref().is_ok_and(|payment| payment.amount().is_none());
            (is_shown, !is_plain, has_no_amount)
        });
        chosen.extend(best);
    }
    chosen
}

fn row(asked: &Asked<'_>) -> [String; 8] {
    let Asked { source, answer, says, lesson, .. } = asked;
    let [paid, status, amount, funds, again] = match answer {
        Ok(payment) => [
            is_paid(payment).to_owned(),
            headline(payment),
            match payment.returned().filter(|_| *lesson == Lesson::PartRefunded) {
                Some(returned) => format!("{} less {returned}", money(payment.amount())),
                None => money(payment.amount()),
            },
            snake(json!(payment.funds())),
            snake(json!(payment.may_charge_again())),
        ],
        Err(error) => {
            let nothing = String::new;
            ["can't tell".to_owned(), snake(json!(error.kind())), nothing(), nothing(), nothing()]
        }
    };
    [source.provider.to_owned(), says.clone(), paid, status, amount, funds, again, lesson.advice().to_owned()]
}

/// The answer to the question whether the payment has been paid.
fn is_paid(payment: &Payment<Value>) -> &'static str {
    match (payment.status(), payment.finality()) {
        (Status::Paid, _) => "yes",
        (Status::Unknown, _) => "can't tell",
        (_, Finality::Open) => "not yet",
        _ => "no",
    }
}

/// What an answer teaches: answers that call for the same are one lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lesson {
    Paid,
    PaidForNow,
    TestMoney,
    PartRefunded,
    Refunded,
    RefundedForNow,
    Held,
    Pending,
    PartlyPaid,
    FailedForGood,
    MayTurn,
    RefusedAndTaken,
    Lost,
    Unknown,
    Nothing,
}

impl Lesson {
    /// What a short demonstration shows, in its order: the others are shades of these.
    const TELLING: [Self; 9] = [
        Self::Paid,
        Self::PartRefunded,
        Self::Held,
        Self::Pending,
        Self::PartlyPaid,
        Self::FailedForGood,
        Self::MayTurn,
        Self::Unknown,
        Self::Nothing,
    ];

    fn of(answer: &Answer) -> Self {
        let Ok(payment) = answer else { return Self::Nothing };
        let Meaning { status, finality, funds, .. } = payment.meaning();
        match (status, finality, funds) {
            (Status::Paid, ..) if payment.test_mode() == Some(true) => Self::TestMoney,
            (Status::Paid, ..) if payment.returned().is_some_and(|money| !money.amount().is_zero()) => {
                Self::PartRefunded
            }
            (Status::Paid, Finality::Final, _) => Self::Paid,
            (Status::Paid, ..) => Self::PaidForNow,
            (Status::PartlyPaid, ..) => Self::PartlyPaid,
            (Status::Authorized, ..) => Self::Held,
            (Status::Pending(_), ..) => Self::Pending,
            (Status::Returned(_), Finality::Final, _) => Self::Refunded,
            (Status::Returned(_), ..) => Self::RefundedForNow,
            (_, _, Funds::Taken) => Self::RefusedAndTaken,
            (_, Finality::Final, _) if payment.may_charge_again() == MayChargeAgain::Yes => {
                Self::FailedForGood
            }
            (Status::Unknown, ..) => Self::Unknown,
            (_, Finality::Final, _) => Self::Lost,
            _ => Self::MayTurn,
        }
    }

    /// What to do.
    fn advice(self) -> &'static str {
        match self {
            Self::Paid => "verify amount and reference, then hand out the goods",
            Self::PaidForNow => "it is paid, and the provider may change its mind: ask again later",
            Self::TestMoney => "this is test money: do not hand out the goods",
            Self::PartRefunded => "part of it went back: compare the rest with the order",
            Self::Refunded => "the money went back: do not hand out the goods",
            Self::RefundedForNow => "the money went back, for now: ask again later",
            Self::Held => "money is reserved, not taken: capture it",
            Self::Pending => "nothing is decided: keep asking",
            Self::PartlyPaid => "some of the money came: wait for the rest",
            Self::FailedForGood => "nothing was taken: the customer may try again",
            Self::MayTurn => "it may still be paid: ask again later",
            Self::RefusedAndTaken => "this was refused, and the payment stands: do not charge again",
            Self::Lost => "nobody knows where the money is: look before charging again",
            Self::Unknown => "these words decide nothing: keep asking",
            Self::Nothing => "nothing was learned, not even a failure: ask again later",
        }
    }
}

#[cfg(test)]
mod tests {
    use paystatus::{ErrorKind, Money, Snapshot};

    use super::*;

    /// What a provider answered with a word about a payment of this status, of 50.00 USD where it tells amounts.
    fn asked(provider: &'static str, word: &str, status: Status, tells_amount: bool) -> Asked<'static> {
        let amount = tells_amount.then(|| Money::parse("50.00", "USD").unwrap());
        let finality = if status == Status::Paid { Finality::Final } else { Finality::Open };
        let meaning = Meaning::new(status, finality, Funds::Unknown);
        let lookup = Lookup::payment("p-1");
        let payment =
            Payment::new(&lookup, Snapshot::new("p-1", meaning, word).with_amount(amount), Value::Null);
        Asked::new(Source { account: None, provider, allows_test_money: false }, lookup, Ok(payment))
    }

    #[test]
    fn the_best_example_is_of_another_provider_then_in_plain_words_then_with_an_amount() {
        let all = [
            asked("one", "done", Status::Paid, false),
            asked("one", "settled", Status::Paid, false),
            asked("one", "paid, captured, settled", Status::Paid, true),
            asked("one", "paid", Status::Paid, true),
            asked("one", "held", Status::Authorized, true),
            asked("two", "done", Status::Authorized, true),
            asked("two", "done", Status::PartlyPaid, true),
            asked("two", "odd", Status::Unknown, true),
        ];
        let shown =
            |all| telling(all).into_iter().map(|one| (one.source.provider, one.says.clone())).collect();
        let shown: Vec<(&str, String)> = shown(&all);
        // The last two are of providers that are shown already: better than to leave an answer out.
        let expected = [("one", "paid"), ("two", "done"), ("two", "done"), ("two", "odd")];
        assert_eq!(shown, expected.map(|(provider, word)| (provider, word.to_owned())));
    }

    #[test]
    fn answers_that_call_for_something_else_are_other_lessons() {
        let paid = Snapshot::new("p-1", Meaning::new(Status::Paid, Finality::Final, Funds::Taken), "paid");
        let lesson = |snapshot| Lesson::of(&Ok(Payment::new(&Lookup::payment("p-1"), snapshot, Value::Null)));
        let usd = |amount| Some(Money::parse(amount, "USD").unwrap());
        assert_eq!(lesson(paid.clone().with_returned(usd("0.00"))), Lesson::Paid);
        assert_eq!(lesson(paid.clone().with_returned(usd("0.01"))), Lesson::PartRefunded);
        assert_eq!(lesson(paid.with_test_mode(Some(true))), Lesson::TestMoney);
        for (status, finality, funds, expected) in [
            (Status::Paid, Finality::Provisional, Funds::Taken, Lesson::PaidForNow),
            (Status::Failed, Finality::Final, Funds::NotTaken, Lesson::FailedForGood),
            (Status::Failed, Finality::Final, Funds::Unknown, Lesson::Lost),
            (Status::Failed, Finality::Final, Funds::Taken, Lesson::RefusedAndTaken),
            (Status::Failed, Finality::Provisional, Funds::NotTaken, Lesson::MayTurn),
            (Status::Unknown, Finality::Open, Funds::Unknown, Lesson::Unknown),
        ] {
            let snapshot = Snapshot::new("p-1", Meaning::new(status, finality, funds), "word");
            assert_eq!(lesson(snapshot), expected);
        }
        let error = Error::new(ErrorKind::NotFound, "no such payment".to_owned());
        assert_eq!(Lesson::of(&Err(error)), Lesson::Nothing);
    }
}
