//! A watch as a row has it, before it is understood.

use paystatus::Lookup;

use crate::{
    State, Watch,
    known::Trouble,
    life::Life,
    moment::Micros,
    store::{Damaged, Stored},
    watch::Terms,
};

#[derive(Clone, Debug, Default)]
pub(super) struct Raw {
    pub(super) id: i64,
    pub(super) key: String,
    pub(super) account: String,
    pub(super) asked_by: String,
    pub(super) asked_id: String,
    pub(super) terms: String,
    pub(super) state: String,
    pub(super) asks: i64,
    pub(super) added_at: Micros,
    pub(super) deadline_at: Micros,
    pub(super) decided_at: Option<Micros>,
    pub(super) ended_at: Option<Micros>,
    pub(super) known: String,
    pub(super) next_at: Option<Micros>,
}

impl Raw {
    /// The watch, or what of it can't be read.
    pub(super) fn read(&self) -> Result<Stored, Damaged> {
        let unreadable = |name: &str| Damaged {
            state: self.state.parse().unwrap_or(State::Open),
            why: format!("`{name}` is not what was written there"),
        };
        let life = Life {
            state: self.state.parse().map_err(|()| unreadable("state"))?,
            asks: u32::try_from(self.asks).map_err(|_| unreadable("asks"))?,
            known: serde_json::from_str(&self.known).map_err(|_| unreadable("known"))?,
            ..self.life()
        };
        let terms = serde_json::from_str(&self.terms).map_err(|_| unreadable("terms"))?;
        Ok(self.stored(terms, life))
    }

    /// The watch, or what can be shown of one that can't be read as a whole.
    pub(super) fn show(&self) -> Stored {
        self.read().unwrap_or_else(|damaged| {
            let mut life = Life { state: damaged.state, ..self.life() };
            life.known.error = Some(Trouble::damaged(&damaged.why));
            self.stored(Watch::new(&*self.account, self.lookup()).terms, life)
        })
    }

    fn life(&self) -> Life {
        let Self { decided_at, ended_at, .. } = *self;
        Life { decided_at, ended_at, ..Life::new(self.added_at, self.deadline_at) }
    }

    fn lookup(&self) -> Lookup {
        if self.asked_by == "order" {
            Lookup::order(&*self.asked_id)
        } else {
            Lookup::payment(&*self.asked_id)
        }
    }

    fn stored(&self, terms: Terms, life: Life) -> Stored {
        Stored {
            id: self.id,
            key: self.key.clone(),
            account: self.account.clone(),
            lookup: self.lookup(),
            terms,
            life,
            next_at: self.next_at,
        }
    }
}
