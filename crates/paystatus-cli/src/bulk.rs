use std::{io, pin::pin};

use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use paystatus::{Error, ErrorKind};
use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin};

use crate::{args::Question, configuration::Account, output::Output};

/// How many ids are asked for at once; the account's own pace and places in flight bound it further.
const AT_ONCE: usize = 64;

/// `paystatus check ACCOUNT -`: one JSON line for each id, in the order in which the answers come.
///
/// The exit code is that of the answer that most needs a look: 4, else 3, else 1, else 0.
pub(crate) async fn check(account: &Account, question: &Question, output: &Output) -> Result<u8, Error> {
    if question.expected().is_some() {
        let why = "an expectation is about one payment: give its id instead of `-`";
        return Err(Error::new(ErrorKind::Config, why));
    }
    let progress = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} checked, {per_sec}, {elapsed}") {
        progress.set_style(style);
    }
    let ids = stream::unfold(Some(BufReader::new(tokio::io::stdin()).lines()), next_id);
    let answers = ids.map(|id| async move {
        let lookup = question.lookup_of(id.as_deref().unwrap_or_default());
        let result = match id {
            Ok(_) => account.client.status_in_turn(&lookup).await,
            Err(error) => Err(error),
        };
        (lookup, result)
    });
    let mut answers = pin!(answers.buffer_unordered(AT_ONCE));
    let mut worst = 0;
    while let Some((lookup, result)) = answers.next().await {
        let code = match result {
            Ok(payment) => output.payment(account, payment, None),
            Err(error) => output.error(account, &lookup, error)?,
        };
        worst = worst.max(code);
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(worst)
}

/// The next id: a line without the space around it; empty lines are passed over.
async fn next_id(lines: Option<Input>) -> Option<(Result<String, Error>, Option<Input>)> {
    let mut lines = lines?;
    loop {
        return match lines.next_line().await {
            Ok(None) => None,
            Ok(Some(line)) if line.trim().is_empty() => continue,
            Ok(Some(line)) => Some((Ok(line.trim().to_owned()), Some(lines))),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let why = "a line of standard input is not UTF-8 text";
                Some((Err(Error::new(ErrorKind::InvalidLookup, why)), Some(lines)))
            }
            Err(error) => {
                let why = format!("standard input can't be read: {error}");
                Some((Err(Error::new(ErrorKind::Config, why)), None))
            }
        };
    }
}

type Input = Lines<BufReader<Stdin>>;
