//! Which of an order's attempts speaks for it: decided once, for every provider.

use crate::{Finality, Funds, Money, Snapshot, Status};

/// For providers that ask a second time about the attempt that speaks for an order: its place in the list,
/// of which the newest comes first; nothing for an empty one.
///
/// What was paid goes first, then what was paid in part, what is held, what may still be paid, and else the newest:
/// the choice that every list of [attempts](crate::Answer::Attempts) meets.
///
/// ```
/// use paystatus_core::{Finality, Funds, Meaning, Snapshot, Status, telling};
///
/// let attempt = |id, status, funds| Snapshot::new(id, Meaning::new(status, Finality::Final, funds), "word");
/// let [failed, paid] =
///     [attempt("new", Status::Failed, Funds::NotTaken), attempt("old", Status::Paid, Funds::Taken)];
/// assert_eq!(telling([&failed, &paid]), Some(1));
/// ```
pub fn telling<'a>(attempts: impl IntoIterator<Item = &'a Snapshot>) -> Option<usize> {
    let rank = |snapshot: &Snapshot| match (snapshot.status(), snapshot.funds(), snapshot.finality()) {
        (Status::Paid, ..) => 0,
        (Status::PartlyPaid, ..) => 1,
        // Money came which nobody vouches for, such as too late a payment or one that is disputed.
        (Status::Expired | Status::Failed | Status::Unknown, Funds::Taken, _) => 2,
        (Status::Authorized, ..) => 3,
        (Status::Pending(_), ..) => 4,
        (Status::Unknown, ..) => 5,
        (_, _, Finality::Open) => 5,
        (Status::Returned(_), ..) => 6,
        _ => 7,
    };
    // Of equals the first.
    attempts.into_iter().map(rank).enumerate().min_by_key(|&(_, rank)| rank).map(|(index, _)| index)
}

/// Chooses among attempts, of which there is one at least and the newest comes first.
///
/// Several paid attempts add up. What is not paid is as final as the least final attempt.
/// Gives the telling attempt's place as well, and the others in their order.
pub(crate) fn choose(mut attempts: Vec<Snapshot>) -> (usize, Snapshot, Vec<Snapshot>) {
    let telling = telling(&attempts).unwrap_or(0);
    let mut chosen = attempts.remove(telling);
    if chosen.is_paid() && attempts.iter().any(Snapshot::is_paid) {
        chosen = all_paid(chosen, &attempts);
    } else if !chosen.is_paid() {
        // A failure beside an attempt that may still be paid is not the order's end.
        let finality = attempts.iter().map(Snapshot::finality).fold(chosen.finality(), less_final);
        chosen = chosen.with_finality(finality);
    }
    (telling, chosen, attempts)
}

/// The sum of what was paid, if all of it is reported and in one currency; and as final as the least final part.
fn all_paid(telling: Snapshot, others: &[Snapshot]) -> Snapshot {
    let paid = || others.iter().filter(|other| other.is_paid());
    let add = |part: fn(&Snapshot) -> Option<Money>| {
        paid().map(part).fold(part(&telling), |sum, next| sum?.checked_add(next?))
    };
    let amount = add(Snapshot::amount);
    // What went back of one attempt went back, whether or not the others say that nothing did.
    let returned = paid().filter_map(Snapshot::returned).fold(telling.returned().map(Some), |sum, next| {
        Some(sum.map_or(Some(next), |sum| sum?.checked_add(next)))
    });
    // A sum that nobody can make is no smaller one.
    let amount = if returned == Some(None) { None } else { amount };
    let is_test = paid().map(Snapshot::test_mode).fold(telling.test_mode(), |all, next| match (all, next) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (all, next) => all.or(next),
    });
    let finality = paid().map(Snapshot::finality).fold(telling.finality(), less_final);
    telling
        .with_amount(amount)
        .with_returned(returned.flatten())
        .with_test_mode(is_test)
        .with_finality(finality)
}

fn less_final(one: Finality, other: Finality) -> Finality {
    match (one, other) {
        (Finality::Open, _) | (_, Finality::Open) => Finality::Open,
        (Finality::Provisional, _) | (_, Finality::Provisional) => Finality::Provisional,
        (Finality::Final, Finality::Final) => Finality::Final,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Pending, Returned, Row, Source};

    const DOCS: Source = Source::new("docs", "2026-11");
    use Finality::{Final, Open, Provisional};
    const TABLE: &[Row] = &[
        Row::new(&["paid"], Status::Paid, Final, Funds::Taken, DOCS),
        Row::new(&["settling"], Status::Paid, Provisional, Funds::Taken, DOCS),
        Row::new(&["part"], Status::PartlyPaid, Open, Funds::Taken, DOCS),
        Row::new(&["late"], Status::Expired, Provisional, Funds::Taken, DOCS),
        Row::new(&["disputed"], Status::Unknown, Open, Funds::Taken, DOCS),
        Row::new(&["held"], Status::Authorized, Open, Funds::Held, DOCS),
        Row::new(&["begun"], Status::Pending(Pending::Created), Open, Funds::NotTaken, DOCS),
        Row::new(&["refunded"], Status::Returned(Returned::Refunded), Final, Funds::Returned, DOCS),
        Row::new(&["expired"], Status::Expired, Provisional, Funds::NotTaken, DOCS),
        Row::new(&["declined"], Status::Failed, Final, Funds::NotTaken, DOCS),
    ];

    fn attempt(word: &str) -> Snapshot {
        let (word, money) = word.split_once(' ').map_or((word, None), |(word, money)| (word, Some(money)));
        let money = money.and_then(|money| money.split_once(' '));
        Snapshot::new(word, Row::judge(TABLE, &[Some(word)]), word)
            .with_amount(money.map(|(amount, currency)| Money::parse(amount, currency).unwrap()))
    }

    #[track_caller]
    fn check(words: &[&str], telling: usize, finality: Finality) -> Snapshot {
        let (index, chosen, others) = choose(words.iter().map(|word| attempt(word)).collect());
        assert_eq!((index, chosen.finality()), (telling, finality), "{words:?}");
        assert_eq!(others.len(), words.len() - 1);
        chosen
    }

    #[test]
    fn the_most_telling_attempt_speaks_and_the_newest_among_equals() {
        check(&["declined", "paid"], 1, Final);
        check(&["begun", "held", "part", "paid"], 3, Final);
        check(&["held", "begun", "part"], 2, Open);
        check(&["held", "late"], 1, Open);
        check(&["begun", "held", "disputed"], 2, Open);
        check(&["disputed", "paid"], 1, Final);
        check(&["begun", "held"], 1, Open);
        check(&["odd", "begun"], 1, Open);
        check(&["declined", "refunded"], 1, Final);
        check(&["declined", "declined"], 0, Final);
        check(&["declined", "expired"], 0, Provisional);
        check(&["odd", "refunded", "declined"], 0, Open);
    }

    #[test]
    fn several_paid_attempts_add_up() {
        let sum = |words: &[&str]| check(words, 0, Final).amount().map(|money| money.to_string());
        assert_eq!(sum(&["paid 50.00 EUR", "declined 9 EUR", "paid 0.50 EUR"]).as_deref(), Some("50.50 EUR"));
        assert_eq!(sum(&["paid 50.00 EUR", "paid 0.50 USD"]), None);
        assert_eq!(sum(&["paid 50.00 EUR", "paid"]), None);
        check(&["paid 1 EUR", "settling 1 EUR"], 0, Provisional);
    }

    #[test]
    fn what_went_back_of_one_attempt_went_back_of_the_sum() {
        let paid = |returned: &[&str]| {
            let attempts = returned.iter().map(|returned| {
                let (amount, currency) = returned.split_once(' ').unwrap_or_default();
                attempt("paid 50.00 EUR").with_returned(Money::parse(amount, currency).ok())
            });
            let (_, sum, _) = choose(attempts.collect());
            [sum.amount(), sum.returned()].map(|money| money.map(|money| money.to_string()))
        };
        let told = |amount: &str, returned: &str| [Some(amount.to_owned()), Some(returned.to_owned())];
        assert_eq!(paid(&["", "10.00 EUR"]), told("100.00 EUR", "10.00 EUR"));
        assert_eq!(paid(&["10.00 EUR", ""]), told("100.00 EUR", "10.00 EUR"));
        assert_eq!(paid(&["10.00 EUR", "0.50 EUR", ""]), told("150.00 EUR", "10.50 EUR"));
        assert_eq!(paid(&["", ""]), [Some("100.00 EUR".to_owned()), None]);
        assert_eq!(paid(&["10.00 EUR", "1.00 USD"]), [None, None]);
    }
}
