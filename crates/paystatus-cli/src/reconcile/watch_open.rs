use std::sync::Arc;

use paystatus::{Accounts, Error, ErrorKind, Expected};
use paystatus_reconcile::{Checked, Finding};
use paystatus_watch::{Store, Until, Watch, Watcher};

use super::{
    failure::Failure,
    shown::{count, rows},
};
use crate::{
    args::{Args, Reconcile},
    output::{Output, clean, complain},
    watch::url,
};

/// The rows that are still open, on their way to `paystatus watch`.
pub(super) struct WatchOpen {
    store: Arc<dyn Store>,
    watches: Vec<Watch>,
}

impl WatchOpen {
    /// Opens the store, before anything is asked.
    pub(super) async fn in_store(args: &Args, options: &Reconcile) -> Result<Self, Failure> {
        let store = paystatus_watch::open(&url(args, options.store.as_ref())?).await;
        let store = store.map_err(|error| Error::new(ErrorKind::Config, error.to_string()))?;
        Ok(Self { store, watches: Vec::new() })
    }

    pub(super) fn add(&mut self, checked: &Checked) {
        if checked.finding() != Finding::StillOpen {
            return;
        }
        let entry = checked.entry();
        // What may still change is looked at until it may not.
        let watch = Watch::new(entry.account(), entry.lookup()).until(Until::Final);
        let expected = match (entry.amount().map(Expected::new), entry.reference()) {
            (Some(expected), Some(reference)) => Some(expected.with_reference(reference)),
            (None, Some(reference)) => Some(Expected::reference(reference)),
            (expected, None) => expected,
        };
        self.watches.push(match expected {
            Some(expected) => watch.expecting(expected),
            None => watch,
        });
    }

    /// Adds them, and says how many; tells whether that could be done.
    pub(super) async fn hand_over(self, accounts: Accounts, output: &Output) -> bool {
        let Self { store, watches } = self;
        let added = match Watcher::new(store, accounts).await {
            Ok(watcher) => watcher.add_all(watches).await,
            Err(error) => Err(error),
        };
        let added = match added {
            Ok(added) => added,
            Err(error) => {
                output.watch_error(&error);
                return false;
            }
        };
        for refused in added.iter().filter_map(|added| added.as_ref().err()) {
            complain(&format!("paystatus: {}", clean(&refused.to_string())));
        }
        let all = added.iter().flatten().count() as u64;
        let new = added.iter().flatten().filter(|added| added.is_new).count() as u64;
        complain(&format!(
            "{} still open and watched, {} of them from now on: paystatus watch run",
            rows(all),
            count(new)
        ));
        true
    }
}
