//! Article 4: destruction of stockpiled anti-personnel mines.

use crate::because::{Article, Because};
use crate::date::{Date, add_years};
use crate::owed::{Obligation, ObligationState, met_state, open_state, unless_withdrawn};
use crate::register::StateFile;
use crate::say;

/// Article 4: all stockpiled anti-personnel mines are destroyed as soon as possible, and not later than four years
/// after entry into force. The Article knows no extension.
#[must_use]
pub fn deadline(entry_into_force: Date) -> Date {
    add_years(entry_into_force, 4)
}

/// The duty of a State bound since `entry_into_force`, as it stands on `on`.
///
/// Silence is not a stockpile: where no source says that the State held one, the state is unknown.
#[must_use]
pub fn stockpile_destruction(file: &StateFile, entry_into_force: Date, on: Date) -> Obligation {
    let article = Article::new(4, 0);
    let due = deadline(entry_into_force);
    let rule = Because::default().by(article, say!("because-four-years-no-extension", date = due));
    let (state, why) = match &file.stockpile_destroyed {
        Some(done) if done.certainly_by(on) => met_state(done, due),
        Some(done) if done.possibly_by(on) && due < on => {
            let says = say!("because-done-on-a-day-not-known", date = done.on);
            (ObligationState::Unknown, Because::default().fact(&done.act, says))
        }
        later => {
            // A stockpile destroyed later was there before.
            let held = file.stockpiles.first().map(|held| (&held.act, say!("because-stockpile-held")));
            let held = held.or(later.as_ref().map(|done| (&done.act, say!("because-destroyed-later", date = done.on))));
            match held {
                Some((act, says)) => (open_state(due, on), Because::default().fact(act, says)),
                None if due >= on => {
                    (open_state(due, on), Because::default().remark(say!("because-no-stockpile-on-record")))
                }
                None => (ObligationState::Unknown, Because::default().remark(say!("because-no-stockpile-on-record"))),
            }
        }
    };
    let because = rule.then(why);
    unless_withdrawn(Obligation { article, calendar_year: None, due: Some(due), state, because }, file, on)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::Deed;
    use crate::testing::{Acts, state};
    use jiff::civil::date;

    fn at(acts: &Acts, on: Date) -> Obligation {
        let register = acts.register();
        let file = register.state(state("UKR")).unwrap();
        stockpile_destruction(file, file.entry_into_force().unwrap().date().unwrap(), on)
    }

    #[test]
    fn stockpiles_are_destroyed_within_four_years_without_extension() {
        assert_eq!(deadline(date(2006, 6, 1)), date(2010, 6, 1));
    }

    #[test]
    fn a_stock_held_after_four_years_is_overdue_and_its_destruction_met_late() {
        let ukr = Acts::new().listed("UKR").accession("UKR", "2005-12-27");
        let held = ukr.deed("2006", Deed::StockpileHeld { state: state("UKR"), mines: Some(6_600_000) });
        assert_eq!(at(&held, date(2008, 1, 1)).state, ObligationState::NotYetDue);
        assert_eq!(at(&held, date(2009, 6, 1)).state, ObligationState::DueWithinAYear);
        assert_eq!(at(&held, date(2010, 6, 1)).state, ObligationState::DueWithinAYear);
        assert_eq!(at(&held, date(2010, 6, 2)).state, ObligationState::Overdue);
        let done = held.deed("2030-01-01", Deed::StockpileDestroyed { state: state("UKR"), mines: None });
        assert_eq!(at(&done, date(2030, 1, 1)).state, ObligationState::MetLate);
        assert_eq!(at(&done, date(2029, 12, 31)).state, ObligationState::Overdue);
    }

    #[test]
    fn silence_is_unknown_and_never_overdue() {
        let silent = Acts::new().listed("UKR").accession("UKR", "2005-12-27");
        assert_eq!(at(&silent, date(2024, 1, 1)).state, ObligationState::Unknown);
    }

    #[test]
    fn destruction_in_the_year_of_the_deadline_cannot_be_told_in_time() {
        let acts = Acts::new().listed("UKR").accession("UKR", "2005-12-27");
        let acts = acts.deed("2010", Deed::StockpileDestroyed { state: state("UKR"), mines: None });
        let met = at(&acts, date(2024, 1, 1));
        assert_eq!(met.state, ObligationState::Met);
        assert!(met.because.0.iter().any(|step| step.says.key == "because-in-time-cannot-be-told"));
    }
}
