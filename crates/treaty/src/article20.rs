//! Article 20: duration and withdrawal.

use serde::Serialize;

use crate::because::{Article, Because};
use crate::date::{Date, add_months};
use crate::register::{Recorded, StateFile};
use crate::say;

/// A withdrawal as it stands on a date.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Withdrawal {
    /// When the Depositary received the notice.
    pub notified: Date,
    /// When it takes effect; `None` while an armed conflict holds it up.
    pub takes_effect: Option<Date>,
    /// The derivation.
    pub because: Because,
}

/// Article 20(3): a withdrawal takes effect six months after the Depositary received the notice. If the State is
/// engaged in an armed conflict when the six months end, not before the end of that conflict.
#[must_use]
pub fn withdrawal(file: &StateFile, notice: &Recorded<()>, on: Date) -> Option<Withdrawal> {
    let notified = notice.on.day().filter(|day| *day <= on)?;
    let six_months = add_months(notified, 6);
    let because = Because::default()
        .fact(&notice.act, say!("because-withdrawal-notified", date = notified))
        .by(Article::new(20, 3), say!("because-six-months-after-receipt", date = six_months));
    Some(match conflict_at(file, six_months, on) {
        None => Withdrawal { notified, takes_effect: Some(six_months), because },
        Some((begun, None)) => {
            let because = because
                .fact(&begun.act, say!("because-armed-conflict-begun", date = begun.on))
                .by(Article::new(20, 3), say!("because-withdrawal-waits"));
            Withdrawal { notified, takes_effect: None, because }
        }
        Some((begun, Some(ended))) => {
            let because = because
                .fact(&begun.act, say!("because-armed-conflict-begun", date = begun.on))
                .fact(&ended.act, say!("because-armed-conflict-ended", date = ended.on));
            Withdrawal { notified, takes_effect: Some(ended.latest().max(six_months)), because }
        }
    })
}

/// The conflict in which the State was engaged on `day`, and its end as far as known on `on`.
fn conflict_at(file: &StateFile, day: Date, on: Date) -> Option<(&Recorded<bool>, Option<&Recorded<bool>>)> {
    let mut events: Vec<_> = file.conflicts.iter().filter(|event| event.certainly_by(on)).collect();
    events.sort_by_key(|event| (event.latest(), event.what));
    let begun = events.iter().rposition(|event| event.what && event.latest() <= day)?;
    let ended = events.iter().skip(begun + 1).find(|event| !event.what).copied();
    if ended.is_some_and(|ended| ended.latest() <= day) { None } else { events.get(begun).map(|begun| (*begun, ended)) }
}

/// The last notice of withdrawal received by `on`, if the State has not consented to be bound again since.
#[must_use]
pub fn notice_on(file: &StateFile, on: Date) -> Option<Withdrawal> {
    let notice = file.withdrawals.iter().rfind(|notice| notice.certainly_by(on))?;
    let joined_again = file
        .instruments
        .iter()
        .any(|deposit| deposit.certainly_by(on) && deposit.on.earliest().is_some_and(|again| again > notice.latest()));
    if joined_again { None } else { withdrawal(file, notice, on) }
}

/// The withdrawal that has taken effect by `on`: from that day the State is not bound.
#[must_use]
pub fn withdrawn_on(file: &StateFile, on: Date) -> Option<Withdrawal> {
    notice_on(file, on).filter(|withdrawal| withdrawal.takes_effect.is_some_and(|effect| effect <= on))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::Deed;
    use crate::testing::{Acts, state};
    use jiff::civil::date;

    fn finland() -> Acts {
        Acts::new()
            .listed("FIN")
            .accession("FIN", "2012-01-09")
            .deed("2025-07-10", Deed::WithdrawalNotified { state: state("FIN") })
    }

    #[test]
    fn withdrawal_takes_effect_six_months_after_receipt() {
        let register = finland().register();
        let file = register.state(state("FIN")).unwrap();
        assert!(withdrawn_on(file, date(2026, 1, 9)).is_none());
        let effect = withdrawn_on(file, date(2026, 1, 10)).unwrap();
        assert_eq!(effect.takes_effect, Some(date(2026, 1, 10)));
        assert!(notice_on(file, date(2025, 7, 9)).is_none());
    }

    #[test]
    fn withdrawal_in_armed_conflict_waits_for_its_end() {
        let begun = Deed::ArmedConflictBegun { state: state("FIN") };
        let ended = Deed::ArmedConflictEnded { state: state("FIN") };
        let register = finland().deed("2025-12-01", begun.clone()).register();
        let file = register.state(state("FIN")).unwrap();
        assert_eq!(notice_on(file, date(2026, 6, 1)).unwrap().takes_effect, None);
        let register = finland().deed("2025-12-01", begun.clone()).deed("2027-03-05", ended.clone()).register();
        let file = register.state(state("FIN")).unwrap();
        assert!(withdrawn_on(file, date(2027, 3, 4)).is_none());
        assert_eq!(withdrawn_on(file, date(2027, 3, 5)).unwrap().takes_effect, Some(date(2027, 3, 5)));
        // A conflict that ended before the six months did changes nothing.
        let register = finland().deed("2025-08-01", begun).deed("2025-12-31", ended).register();
        let file = register.state(state("FIN")).unwrap();
        assert_eq!(withdrawn_on(file, date(2026, 1, 10)).unwrap().takes_effect, Some(date(2026, 1, 10)));
    }

    #[test]
    fn a_conflict_that_began_after_the_six_months_holds_nothing_up() {
        let register = finland().deed("2026-01-11", Deed::ArmedConflictBegun { state: state("FIN") }).register();
        let file = register.state(state("FIN")).unwrap();
        assert!(withdrawn_on(file, date(2026, 1, 10)).is_some());
    }
}
