//! The word for the status: what is listed is read, and nothing else means anything.

use std::fmt::Debug;

use paystatus_core::{ErrorKind::InvalidReply, Meaning, Provider};

use crate::{
    case::{Case, Reply, Verdict, shown},
    suite::string,
    template::{Edit, Place},
};

/// All other cases rest on this one: they would prove nothing if the success itself were no answer.
pub(crate) fn success_is_read<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let (suite, paid) = (case.suite, case.suite.paid()?);
    let reply = Reply::ok(suite.success()?);
    case.listed(&reply, paid)?;
    let reading = case.read(&reply)?;
    let Ok(payment) = &reading else { return Err(shown(&reading)) };
    if !payment.is_paid() || payment.is_about_another() || payment.asked() != &suite.lookup {
        return Err(format!("the success is not the paid payment that was asked for: {}", shown(&reading)));
    }
    match suite.charged()? {
        Some(money) if payment.amount() != Some(money) => {
            Err(format!("{money} was charged, and it is {:?}", payment.amount()))
        }
        _ => Ok(()),
    }
}

pub(crate) fn success_is_read_the_same_twice<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let reply = Reply::ok(case.suite.success()?);
    let once = || Ok::<_, String>(shown(&case.read(&reply)?));
    if once()? == once()? { Ok(()) } else { Err("the same reply is read in two ways".into()) }
}

pub(crate) fn status_unlisted_word<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let listed = &case.suite.paid_word;
    let all_but_last: String = listed.chars().take(listed.chars().count().saturating_sub(1)).collect();
    let near = [format!("{listed}x"), format!("un{listed}"), format!("{listed}\u{0}"), all_but_last];
    let usual =
        ["PAYSTATUS_UNLISTED", "paid", "success", "ok", "true", "1", "final", "refused", "error", "null"];
    let words = near.iter().map(String::as_str).chain(usual).filter(|word| !case.suite.lists(word));
    words.into_iter().try_for_each(|word| unknown(case, word))
}

pub(crate) fn status_empty_word<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    unknown(case, "")
}

pub(crate) fn status_padded_word<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let words =
        case.suite.words().flat_map(|word| [format!(" {word}"), format!("{word} "), format!("{word}\n")]);
    words.into_iter().try_for_each(|word| unknown(case, &word))
}

pub(crate) fn status_wrong_case<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let listed: Vec<&str> = case.suite.words().collect();
    let cased = listed.iter().flat_map(|word| [word.to_lowercase(), word.to_uppercase(), swapped(word)]);
    let wrong: Vec<String> = cased.filter(|word| !listed.contains(&word.as_str())).collect();
    if wrong.is_empty() {
        return Err("no listed word has letters".into());
    }
    wrong.iter().try_for_each(|word| unknown(case, word))
}

pub(crate) fn status_long_word<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    unknown(case, &"long ".repeat(2_000))
}

/// A word that no row lists is unknown, open, and kept.
fn unknown<P: Provider + Debug>(case: &Case<'_, P>, word: &str) -> Verdict {
    let reply = Reply::ok(case.suite.write(Edit::Put(Place::Status, &string(word)))?);
    case.unlisted(&reply, Meaning::UNKNOWN).map_err(|why| format!("the word {word:?}: {why}"))?;
    match case.read(&reply)? {
        Ok(payment) if !payment.provider_status().contains(word) => {
            Err(format!("the word {word:?} is told as {:?}", payment.provider_status()))
        }
        _ => Ok(()),
    }
}

pub(crate) fn status_absent<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    case.unlisted(&Reply::ok(case.suite.write(Edit::Drop(Place::Status))?), InvalidReply)
}

pub(crate) fn status_null<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    no_word(case, &["null"])
}

pub(crate) fn status_number<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let listed = |number: &&str| case.suite.lists(number);
    let numbers: Vec<&str> =
        ["0", "1", "7", "200", "4294967296"].into_iter().filter(|number| !listed(number)).collect();
    no_word(case, &numbers)
}

pub(crate) fn status_fraction<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    no_word(case, &["1.5", "-1.5e3", "1e400"])
}

pub(crate) fn status_bool<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    no_word(case, &["true", "false"])
}

pub(crate) fn status_array<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    no_word(case, &["[]", &format!("[{}]", string(&case.suite.paid_word))])
}

pub(crate) fn status_object<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let word = string(&case.suite.paid_word);
    no_word(case, &["{}", &format!(r#"{{"status":{word}}}"#), &format!("{{{word}:null}}")])
}

/// Half of a character: JSON can write it, and no text can hold it.
pub(crate) fn status_not_text<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    no_word(case, &[r#""\ud800""#, r#""\udc00x""#])
}

/// What is not a word is not an answer.
fn no_word<P: Provider + Debug>(case: &Case<'_, P>, values: &[&str]) -> Verdict {
    values.iter().try_for_each(|json| {
        case.unlisted(&Reply::ok(case.suite.write(Edit::Put(Place::Status, json))?), InvalidReply)
            .map_err(|why| format!("{json}: {why}"))
    })
}

/// A text with every letter in its other case.
pub(crate) fn swapped(text: &str) -> String {
    let other =
        |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(other).collect()
}
