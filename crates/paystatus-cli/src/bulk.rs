use std::{io, pin::pin};

use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use paystatus::{Error, ErrorKind};
use tokio::io::{AsyncBufReadExt, BufReader, Stdin};

use crate::{args::Question, configuration::Account, output::Output};

/// How many checks run at once; the account's pace and its limit of requests in flight bound them further.
const AT_ONCE: usize = 64;

/// The exit codes of answers, the one that most needs a look last.
const NEEDS_A_LOOK: [u8; 5] = [0, 1, 3, 5, 4];

/// The longest line that is looked at, in bytes: no id comes near.
const LONGEST_LINE: usize = 4096;

/// `paystatus check ACCOUNT -`: one JSON line for each id, in the order in which the answers come.
///
/// The exit code is that of the answer that most needs a look: 4, else 5, else 3, else 1, else 0.
/// Where no id came there is no answer, and that is no success.
pub(crate) async fn check(account: &Account, question: &Question, output: &Output) -> Result<u8, Error> {
    if question.terms.expectation.expected().is_some() {
        let why = "an expectation is about one payment: give its id instead of `-`";
        return Err(Error::new(ErrorKind::Config, why));
    }
    let progress = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} checked, {per_sec}, {elapsed}") {
        progress.set_style(style);
    }
    let ids = stream::unfold(Some(BufReader::new(tokio::io::stdin())), next_id);
    let answers = ids.map(|id| async move {
        let lookup = question.lookup_of(id.as_deref().unwrap_or_default());
        let result = match id {
            Ok(_) => account.client.status_in_turn(&lookup).await,
            Err(error) => Err(error),
        };
        (lookup, result)
    });
    let mut answers = pin!(answers.buffer_unordered(AT_ONCE));
    let mut worst = None;
    while let Some((lookup, result)) = answers.next().await {
        let code = match result {
            Ok(payment) => output.payment(account.source(), payment, &question.terms),
            Err(error) => output.error(account.source(), Some(&lookup), error)?,
        };
        worst = worst.max(NEEDS_A_LOOK.iter().position(|&other| other == code));
        progress.inc(1);
    }
    progress.finish_and_clear();
    worst.map(|worst| NEEDS_A_LOOK[worst]).ok_or_else(|| {
        let why =
            "standard input had no id, so nothing was asked: did the command that should give ids fail?";
        Error::new(ErrorKind::Config, why)
    })
}

/// The next id: a line without the space around it; empty lines are passed over.
async fn next_id(input: Option<Input>) -> Option<(Result<String, Error>, Option<Input>)> {
    let mut input = input?;
    let refuse = |why| Err(Error::new(ErrorKind::InvalidLookup, why));
    loop {
        let line = match next_line(&mut input).await {
            Ok(line) => line?,
            Err(error) => {
                let why = format!("standard input can't be read: {error}");
                return Some((Err(Error::new(ErrorKind::Config, why)), None));
            }
        };
        let id = match std::str::from_utf8(&line) {
            _ if line.len() > LONGEST_LINE => refuse("a line of standard input is far too long to be an id"),
            Err(_) => refuse("a line of standard input is not UTF-8 text"),
            Ok(line) if line.trim().is_empty() => continue,
            Ok(line) => Ok(line.trim().to_owned()),
        };
        return Some((id, Some(input)));
    }
}

/// The next line without its end; of one that is longer than the longest only the beginning is kept.
async fn next_line(input: &mut Input) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    loop {
        let piece = input.fill_buf().await?;
        if piece.is_empty() {
            return Ok(Some(line).filter(|line| !line.is_empty()));
        }
        let end = piece.iter().position(|&byte| byte == b'\n');
        let (rest, used) = end.map_or((piece, piece.len()), |end| (&piece[..end], end + 1));
        line.extend_from_slice(&rest[..rest.len().min(LONGEST_LINE + 1 - line.len())]);
        input.consume(used);
        if end.is_some() {
            return Ok(Some(line));
        }
    }
}

type Input = BufReader<Stdin>;
