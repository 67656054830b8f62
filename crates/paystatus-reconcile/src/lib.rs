#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod checked;
mod columns;
mod compare;
mod entry;
mod error;
mod finding;
mod journal;
mod learned;
mod ledger;
mod output;
mod reconciliation;
mod report;
mod source;
mod standing;
mod sum;
mod totals;

pub use checked::Checked;
pub use columns::Columns;
pub use entry::{BadRow, Entry};
pub use error::{Error, ErrorKind};
pub use finding::{Finding, FindingKind, Why};
pub use learned::Unanswered;
pub use ledger::{Format, Ledger};
pub use output::FindingsWriter;
pub use reconciliation::{Progress, Reconciliation};
pub use report::Report;
pub use standing::Standing;
pub use sum::Sum;
pub use totals::{Outcome, Total, Totals};
