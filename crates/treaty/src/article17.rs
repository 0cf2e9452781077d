//! Article 17: entry into force.

use jiff::civil::date;
use serde::Serialize;

use crate::because::{Article, Because};
use crate::date::{Date, PartialDate, add_months};
use crate::register::{Instrument, Recorded};
use crate::say;

/// Article 15: opened for signature at Ottawa on 3 December 1997.
pub const OPENED_FOR_SIGNATURE: Date = date(1997, 12, 3);

/// Article 17(1), as it came about: the 40th instrument was deposited in September 1998. A test derives this date from
/// the register's first forty deposits ([`convention_in_force`]).
pub const CONVENTION_IN_FORCE: Date = date(1999, 3, 1);

/// Article 17(1): the day on which the 40th instrument was deposited. A test derives it from the register.
pub const FORTIETH_DEPOSIT: Date = date(1998, 9, 16);

/// When the Convention enters into force for one State, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntryIntoForce {
    /// The day, or the span of days in which it lies when the deposit is known to the month or year only.
    #[serde(flatten)]
    pub when: When,
    /// The derivation.
    pub because: Because,
}

/// A day, or a span when the day is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum When {
    /// Known to the day.
    On {
        /// The day.
        date: Date,
    },
    /// Some day in this span, both ends included.
    Between {
        /// First possible day; `None` when nothing is known.
        earliest: Option<Date>,
        /// Last possible day.
        latest: Date,
    },
}

impl EntryIntoForce {
    /// The day, when known.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        match self.when {
            When::On { date } => Some(date),
            When::Between { .. } => None,
        }
    }

    /// The first day it can be.
    #[must_use]
    pub fn earliest(&self) -> Option<Date> {
        match self.when {
            When::On { date } => Some(date),
            When::Between { earliest, .. } => earliest,
        }
    }

    /// Whether the Convention is in force on `on`, whatever day in the span it began.
    #[must_use]
    pub fn certainly_by(&self, on: Date) -> bool {
        match self.when {
            When::On { date } => date <= on,
            When::Between { latest, .. } => latest <= on,
        }
    }

    /// Whether it may be in force on `on`.
    #[must_use]
    pub fn possibly_by(&self, on: Date) -> bool {
        self.earliest().is_none_or(|earliest| earliest <= on)
    }
}

/// Article 17(1): the Convention enters into force on the first day of the sixth month after the month in which the
/// 40th instrument was deposited. `None` while there are fewer than forty.
#[must_use]
pub fn convention_in_force(deposits: &mut [Date]) -> Option<Date> {
    deposits.sort_unstable();
    deposits.get(39).map(|fortieth| first_day_of_sixth_month_after(*fortieth))
}

/// Article 17(2): for a State that deposits after the 40th instrument, the first day of the sixth month after the date
/// of deposit; for the first forty, the day on which the Convention itself entered into force (Article 17(1)).
///
/// The day in the month never matters: a deposit on the 1st and one on the 31st have the same effect. 180 days from
/// the deposit would be wrong. A successor State is bound from the day on which it succeeded (independence), as the
/// Depositary's practice is for Montenegro (3 June 2006) and South Sudan (9 July 2011).
#[must_use]
pub fn entry_into_force(deposit: &Recorded<Instrument>) -> EntryIntoForce {
    if let Some(date) = deposit.what.runs_from {
        let because = Because::default()
            .fact(&deposit.act, say!("because-succession-notified", date = deposit.on))
            .by(Article::new(17, 0), say!("because-succession-runs-from-independence", date = date));
        return EntryIntoForce { when: When::On { date }, because };
    }
    let rule = |day: Date| first_day_of_sixth_month_after(day).max(CONVENTION_IN_FORCE);
    let fact = Because::default().fact(&deposit.act, say!("because-instrument-deposited", date = deposit.on));
    match deposit.on {
        PartialDate::Day(day) => {
            let date = rule(day);
            let step = if day <= FORTIETH_DEPOSIT {
                Because::default().by(Article::new(17, 1), say!("because-among-first-forty", date = date))
            } else {
                Because::default().by(Article::new(17, 2), say!("because-sixth-month-after-deposit", date = date))
            };
            EntryIntoForce { when: When::On { date }, because: fact.then(step) }
        }
        partial => {
            let earliest = partial.earliest().map(rule);
            let latest = rule(deposit.latest());
            let span = match earliest {
                Some(from) => say!("because-entry-into-force-between", from = from, to = latest),
                None => say!("because-entry-into-force-by", to = latest),
            };
            let because = fact.by(Article::new(17, 2), span);
            EntryIntoForce { when: When::Between { earliest, latest }, because }
        }
    }
}

fn first_day_of_sixth_month_after(day: Date) -> Date {
    add_months(day.first_of_month(), 6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::{ActId, InstrumentKind};
    use proptest::prelude::*;

    fn deposited(on: &str) -> Recorded<Instrument> {
        Recorded {
            on: on.parse().unwrap(),
            known_on: date(2026, 11, 23),
            act: ActId("x".into()),
            what: Instrument { kind: InstrumentKind::Accession, runs_from: None },
        }
    }

    #[test]
    fn entry_into_force_is_first_day_of_sixth_month() {
        // Published by others: Ukraine, Cambodia, Finland (domain.md, 1.1).
        for (deposit, in_force) in
            [("2005-12-27", date(2006, 6, 1)), ("1999-07-28", date(2000, 1, 1)), ("2012-01-09", date(2012, 7, 1))]
        {
            assert_eq!(entry_into_force(&deposited(deposit)).date(), Some(in_force), "{deposit}");
        }
    }

    #[test]
    fn the_first_forty_are_bound_on_the_day_the_convention_enters_into_force() {
        assert_eq!(entry_into_force(&deposited("1998-04-15")).date(), Some(CONVENTION_IN_FORCE));
        // Japan deposited after the 40th instrument, in the same month: the same day by the other paragraph.
        assert_eq!(entry_into_force(&deposited("1998-09-30")).date(), Some(CONVENTION_IN_FORCE));
        assert_eq!(entry_into_force(&deposited("1998-10-01")).date(), Some(date(1999, 4, 1)));
    }

    #[test]
    fn a_deposit_known_to_the_year_gives_a_span() {
        let when = entry_into_force(&deposited("2026")).when;
        // Recorded on 23 November 2026 as having happened: so not later than that day.
        assert_eq!(when, When::Between { earliest: Some(date(2026, 7, 1)), latest: date(2027, 5, 1) });
    }

    #[test]
    fn thirty_nine_instruments_bring_nothing_into_force() {
        let mut deposits = vec![date(1998, 9, 16); 39];
        assert_eq!(convention_in_force(&mut deposits), None);
        deposits.push(date(1998, 9, 16));
        assert_eq!(convention_in_force(&mut deposits), Some(CONVENTION_IN_FORCE));
    }

    proptest! {
        #[test]
        fn the_day_in_the_month_never_matters(year in 1999i16..2100, month in 1i8..=12, a in 1i8..=28, b in 1i8..=28) {
            let on = |day| entry_into_force(&deposited(&date(year, month, day).to_string())).date().unwrap();
            prop_assert_eq!(on(a), on(b));
            prop_assert_eq!(on(a).day(), 1);
        }
    }
}
