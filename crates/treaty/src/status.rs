//! Who stands where on a date: the three counts, and the standing of one State.
//!
//! Whoever says "166 States Parties" may count instruments deposited, States for which the Convention is in force, or
//! those of them that mean to stay. All three are right; each is given with its date.

use serde::Serialize;

use crate::article20;
use crate::date::{Date, PartialDate};
use crate::register::{Register, StateFile};
use crate::state::Iso3;

/// The world's standing on one date. Invented States are left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WorldStatus {
    /// The date asked about.
    pub as_of: Date,
    /// States that could join: all that the register lists.
    pub states: usize,
    /// Instruments deposited by States that have not left since.
    pub deposited: usize,
    /// States for which the Convention is in force.
    pub in_force: usize,
    /// Those of them that have not notified a withdrawal.
    pub staying: usize,
    /// Signatories for which the Convention is not in force and never was.
    pub signed_not_bound: Vec<Iso3>,
    /// States that left: their withdrawal has taken effect.
    pub withdrawn: usize,
    /// States that neither signed nor consented to be bound.
    pub neither: usize,
    /// States left out of a count above because the day of their instrument is not known.
    pub date_not_known: Vec<DateNotKnown>,
}

/// A State whose instrument is known to the month or year only, so that on the date asked about it cannot be told
/// whether it counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DateNotKnown {
    /// The State.
    pub state: Iso3,
    /// Its deposit, as far as known.
    pub deposited_on: PartialDate,
    /// How exactly it is known: `month`, `year` or `nothing`.
    pub known_to: &'static str,
    /// The counts that leave it out: `deposited`, `in_force`.
    pub left_out_of: Vec<&'static str>,
}

/// How one State stands on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The Convention is in force for it.
    Bound,
    /// In force, and a withdrawal is notified that has not taken effect.
    Withdrawing,
    /// Instrument deposited, not yet in force.
    Deposited,
    /// Instrument deposited, the day not known, so that it cannot be told whether the Convention is in force yet.
    DateNotKnown,
    /// Signed, no instrument deposited.
    Signed,
    /// Withdrew.
    Withdrawn,
    /// Neither signed nor joined.
    Neither,
}

impl Standing {
    /// All standings, in the order in which a page lists them.
    pub const ALL: [Self; 7] = [
        Self::Bound,
        Self::Withdrawing,
        Self::Deposited,
        Self::DateNotKnown,
        Self::Signed,
        Self::Withdrawn,
        Self::Neither,
    ];

    /// Key of its name in the locales.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Bound => "standing-bound",
            Self::Withdrawing => "standing-withdrawing",
            Self::Deposited => "standing-deposited",
            Self::DateNotKnown => "standing-date-not-known",
            Self::Signed => "standing-signed",
            Self::Withdrawn => "standing-withdrawn",
            Self::Neither => "standing-neither",
        }
    }
}

/// The standing of one State on a date.
///
/// A claim (for instance of a "suspension") never changes it: the Convention has no word for it.
#[must_use]
pub fn standing(file: &StateFile, on: Date) -> Standing {
    if article20::withdrawn_on(file, on).is_some() {
        return Standing::Withdrawn;
    }
    let in_force = file.entry_into_force_on(on);
    if in_force.as_ref().is_some_and(|in_force| in_force.certainly_by(on)) {
        let leaving = article20::notice_on(file, on).is_some();
        return if leaving { Standing::Withdrawing } else { Standing::Bound };
    }
    match file.instrument_on(on) {
        Some(deposit) if deposit.possibly_by(on) => {
            let open = in_force.is_some_and(|in_force| in_force.date().is_none() && in_force.possibly_by(on));
            if open || !deposit.certainly_by(on) { Standing::DateNotKnown } else { Standing::Deposited }
        }
        _ if file.signature.as_ref().is_some_and(|signed| signed.certainly_by(on)) => Standing::Signed,
        _ => Standing::Neither,
    }
}

/// The world's standing on a date.
#[must_use]
pub fn world(register: &Register, on: Date) -> WorldStatus {
    let mut world = WorldStatus {
        as_of: on,
        states: 0,
        deposited: 0,
        in_force: 0,
        staying: 0,
        signed_not_bound: Vec::new(),
        withdrawn: 0,
        neither: 0,
        date_not_known: Vec::new(),
    };
    for file in register.counted_states() {
        let standing = standing(file, on);
        world.states += 1;
        let withdrawn = standing == Standing::Withdrawn;
        world.deposited +=
            usize::from(!withdrawn && file.instrument_on(on).is_some_and(|deposit| deposit.certainly_by(on)));
        world.in_force += usize::from(matches!(standing, Standing::Bound | Standing::Withdrawing));
        world.staying += usize::from(standing == Standing::Bound);
        world.withdrawn += usize::from(withdrawn);
        world.neither += usize::from(standing == Standing::Neither);
        let signed = file.signature.as_ref().is_some_and(|signed| signed.certainly_by(on));
        if signed && matches!(standing, Standing::Signed | Standing::Deposited) {
            world.signed_not_bound.push(file.state.state);
        }
        if standing == Standing::DateNotKnown {
            world.date_not_known.extend(date_not_known(file, on));
        }
    }
    world
}

fn date_not_known(file: &StateFile, on: Date) -> Option<DateNotKnown> {
    let deposit = file.instrument_on(on)?;
    let mut left_out_of = Vec::new();
    if !deposit.certainly_by(on) {
        left_out_of.push("deposited");
    }
    left_out_of.push("in_force");
    let known_to = match deposit.on {
        PartialDate::Day(_) => return None,
        PartialDate::Month(_) => "month",
        PartialDate::Year(_) => "year",
        PartialDate::Unknown => "nothing",
    };
    Some(DateNotKnown { state: file.state.state, deposited_on: deposit.on, known_to, left_out_of })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::Deed;
    use crate::testing::{Acts, state};
    use jiff::civil::date;

    #[test]
    fn three_counts_differ_between_deposit_entry_into_force_and_notice() {
        let acts = Acts::new()
            .listed("TON")
            .accession("TON", "2025-06-25")
            .listed("FIN")
            .accession("FIN", "2012-01-09")
            .deed("2025-07-10", Deed::WithdrawalNotified { state: state("FIN") });
        let register = acts.register();
        let counts = |on| {
            let world = world(&register, on);
            (world.deposited, world.in_force, world.staying)
        };
        assert_eq!(counts(date(2025, 7, 1)), (2, 1, 1));
        assert_eq!(counts(date(2025, 7, 10)), (2, 1, 0));
        assert_eq!(counts(date(2025, 12, 1)), (2, 2, 1));
        assert_eq!(counts(date(2026, 1, 10)), (1, 1, 1));
    }

    #[test]
    fn a_deposit_known_to_the_year_counts_only_where_the_date_allows() {
        let register = Acts::new().listed("LBN").accession("LBN", "2026").register();
        let at = |on| world(&register, on);
        assert!(at(date(2025, 12, 31)).date_not_known.is_empty());
        let spring = at(date(2026, 3, 1));
        assert_eq!((spring.deposited, spring.in_force), (0, 0));
        assert_eq!(spring.date_not_known[0].known_to, "year");
        assert_eq!(spring.date_not_known[0].left_out_of, ["deposited", "in_force"]);
        // Recorded on 23 November 2026: deposited by then, in force at the latest on 1 May 2027.
        assert_eq!(at(date(2026, 11, 23)).deposited, 1);
        assert_eq!(at(date(2027, 4, 30)).date_not_known[0].left_out_of, ["in_force"]);
        assert_eq!(at(date(2027, 5, 1)).in_force, 1);
    }

    #[test]
    fn a_state_that_left_and_joined_again_was_bound_in_both_times() {
        let notice = Deed::WithdrawalNotified { state: state("FIN") };
        let acts = Acts::new().listed("FIN").accession("FIN", "2012-01-09").deed("2020-07-10", notice);
        let register = acts.accession("FIN", "2022-03-03").register();
        let file = register.state(state("FIN")).unwrap();
        let at = |year, month| standing(file, date(year, month, 15));
        assert_eq!(
            (at(2015, 1), at(2020, 8), at(2021, 6)),
            (Standing::Bound, Standing::Withdrawing, Standing::Withdrawn)
        );
        assert_eq!((at(2022, 5), at(2022, 9)), (Standing::Deposited, Standing::Bound));
    }

    #[test]
    fn a_claim_changes_no_status() {
        let claim = Deed::ClaimRecorded { state: state("UKR"), claim: "suspension of operation".into() };
        let register = Acts::new().listed("UKR").accession("UKR", "2005-12-27").deed("2025-07-15", claim).register();
        let file = register.state(state("UKR")).unwrap();
        assert_eq!(standing(file, date(2026, 11, 23)), Standing::Bound);
        assert_eq!(file.claims.len(), 1);
    }

    #[test]
    fn a_successor_state_is_bound_from_independence() {
        let register = Acts::new().listed("SSD").succession("SSD", "2011-11-11", "2011-07-09").register();
        let file = register.state(state("SSD")).unwrap();
        assert_eq!(file.entry_into_force().unwrap().date(), Some(date(2011, 7, 9)));
        assert_eq!(standing(file, date(2011, 7, 9)), Standing::Bound);
        assert_eq!(standing(file, date(2011, 7, 8)), Standing::Neither);
    }
}
