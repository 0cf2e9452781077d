//! Article 5: destruction of anti-personnel mines in mined areas.

use crate::act::{ActId, ExtensionDecision};
use crate::because::{Article, Because};
use crate::date::{Date, PartialDate, add_years};
use crate::owed::{Obligation, ObligationState, met_state, open_state, unless_withdrawn};
use crate::register::{Extension, Recorded, Register, StateFile};
use crate::say;

/// Article 5(1): as soon as possible, and not later than ten years after entry into force. The deadline is the
/// anniversary itself.
#[must_use]
pub fn first_deadline(entry_into_force: Date) -> Date {
    add_years(entry_into_force, 10)
}

/// The deadline in force on a date, with the chain of decisions that led to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Deadline {
    /// The day; `None` when the last decision's date was not found.
    pub due: Option<Date>,
    /// First the rule, then each decision.
    pub because: Because,
}

/// Article 5(1), (3) to (6): ten years, then what the meetings decided. A granted date is a decision and is never
/// recomputed: practice grants ends of months and of years.
#[must_use]
pub fn deadline(file: &StateFile, entry_into_force: Date, on: Date) -> Deadline {
    let first = first_deadline(entry_into_force);
    let mut deadline = Deadline {
        due: Some(first),
        because: Because::default().by(Article::new(5, 1), say!("because-ten-years", date = first)),
    };
    let mut decisions: Vec<&Recorded<Extension>> =
        file.extensions.iter().filter(|decided| decided.certainly_by(on)).collect();
    decisions.sort_by_key(|decided| decided.latest());
    for decided in decisions {
        let meeting = decided.what.meeting.as_str();
        let says = match decided.what.decision {
            ExtensionDecision::Granted { deadline: due, sourced } => {
                deadline.due = Some(due);
                if sourced {
                    say!("because-extension-granted", meeting = meeting, date = due)
                } else {
                    say!("because-extension-granted-unsourced", meeting = meeting, date = due)
                }
            }
            ExtensionDecision::GrantedDateNotKnown => {
                deadline.due = None;
                say!("because-extension-granted-date-not-known", meeting = meeting)
            }
            ExtensionDecision::ResultNotKnown => {
                deadline.due = None;
                say!("because-extension-result-not-known", meeting = meeting)
            }
            ExtensionDecision::Refused => say!("because-extension-refused", meeting = meeting),
        };
        deadline.because = deadline.because.fact(&decided.act, says);
    }
    deadline
}

/// What is known of completion on a date.
enum Completion<'a> {
    /// Nothing tells that it was completed.
    Open,
    /// It may have been completed by then; the day is not known.
    Possible(&'a Recorded<bool>),
    /// Completed.
    Done(&'a Recorded<bool>),
    /// Completed, and possibly reopened by then.
    PossiblyReopened(&'a Recorded<bool>),
    /// Completed once, and reopened: by new areas, or by a decision on a request made after completion.
    Reopened(&'a ActId, PartialDate),
}

/// Completion is not final: areas that come to light later reopen the duty, and a request for extension that was decided
/// after completion shows that they did.
fn completion(file: &StateFile, on: Date) -> Completion<'_> {
    let events = &file.clearance;
    let Some(last) = events.iter().rposition(|event| event.certainly_by(on)) else {
        let possible = events.iter().find(|event| event.what && event.possibly_by(on));
        return possible.map_or(Completion::Open, Completion::Possible);
    };
    let Some(event) = events.get(last) else { return Completion::Open };
    if !event.what {
        return Completion::Reopened(&event.act, event.on);
    }
    let decided_after = |decided: &&Recorded<Extension>| {
        decided.certainly_by(on) && event.on.latest().is_some_and(|done| decided.latest() > done)
    };
    if let Some(decided) = file.extensions.iter().find(decided_after) {
        return Completion::Reopened(&decided.act, decided.on);
    }
    match events.iter().skip(last + 1).find(|later| !later.what && later.possibly_by(on)) {
        Some(reopened) => Completion::PossiblyReopened(reopened),
        None => Completion::Done(event),
    }
}

/// The duty of a State bound since `entry_into_force`, as it stands on `on`.
///
/// Where no source says that the State has mined areas, the state is unknown.
#[must_use]
pub fn clearance(register: &Register, file: &StateFile, entry_into_force: Date, on: Date) -> Obligation {
    let article = Article::new(5, 1);
    let Deadline { due, because } = deadline(file, entry_into_force, on);
    let (state, why) = match completion(file, on) {
        Completion::Done(done) => {
            let in_force_then = deadline(file, entry_into_force, done.latest()).due;
            in_force_then.map_or((ObligationState::Met, Because::default()), |due| met_state(done, due))
        }
        Completion::Possible(done) if due.is_some_and(|due| due < on) => {
            let says = say!("because-done-on-a-day-not-known", date = done.on);
            (ObligationState::Unknown, Because::default().fact(&done.act, says))
        }
        Completion::PossiblyReopened(event) => {
            let says = say!("because-reopened", date = event.on);
            (ObligationState::Unknown, Because::default().fact(&event.act, says))
        }
        Completion::Reopened(act, since) => {
            let because = Because::default().fact(act, say!("because-reopened", date = since));
            match due.filter(|due| since.earliest().is_none_or(|since| *due > since)) {
                Some(due) => {
                    let (state, why) = open(register, file, due, on);
                    (state, because.then(why))
                }
                None => (ObligationState::Unknown, because.remark(say!("because-no-deadline-after-reopening"))),
            }
        }
        Completion::Open | Completion::Possible(_) => match due {
            Some(due) => open(register, file, due, on),
            None => (ObligationState::Unknown, Because::default()),
        },
    };
    let because = because.then(why);
    unless_withdrawn(Obligation { article, calendar_year: None, due, state, because }, file, on)
}

/// The state of clearance that is not complete. A deadline that passed is overdue only where something on record by then
/// tells of mined areas, and where no meeting since the last decision on record took decisions that were not found.
fn open(register: &Register, file: &StateFile, due: Date, on: Date) -> (ObligationState, Because) {
    let state = open_state(due, on);
    let mined = file.mined_areas.iter().any(|known| known.certainly_by(on))
        || file.extensions.iter().any(|decided| decided.certainly_by(on));
    if !mined && (state == ObligationState::Overdue || file.mined_areas.is_empty()) {
        let because = Because::default().remark(say!("because-no-mined-area-on-record"));
        return (if state == ObligationState::Overdue { ObligationState::Unknown } else { state }, because);
    }
    let decided = file.extensions.iter().filter(|decided| decided.certainly_by(on)).map(Recorded::latest).max();
    let missing = register.meetings().iter().filter(|meeting| {
        let last_day = meeting.what.last_day.filter(|day| *day <= on);
        meeting.what.extension_decisions_missing && last_day.is_some_and(|day| decided.is_none_or(|last| day > last))
    });
    let mut because = Because::default();
    for meeting in missing {
        let says = say!("because-decisions-of-meeting-missing", meeting = meeting.what.meeting.as_str());
        because = because.fact(&meeting.act, says);
    }
    if state == ObligationState::Overdue && !because.0.is_empty() {
        return (ObligationState::Unknown, because);
    }
    (state, because.then(deadline_before_next_meeting(register, due, on)))
}

/// Article 5(5): only a Meeting of the States Parties or a Review Conference can extend. Where the deadline falls before
/// the next one, that is said.
fn deadline_before_next_meeting(register: &Register, due: Date, on: Date) -> Because {
    let next = register
        .meetings()
        .iter()
        .filter_map(|meeting| meeting.on.day().filter(|day| *day > on).map(|day| (day, &meeting.what.meeting)))
        .min_by_key(|(day, _)| *day);
    match next {
        Some((day, meeting)) if due >= on && due < day => Because::default().by(
            Article::new(5, 5),
            say!("because-deadline-before-next-meeting", meeting = meeting.as_str(), date = day),
        ),
        _ => Because::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::Deed;
    use crate::testing::{Acts, state};
    use jiff::civil::date;

    fn granted(meeting: &str, deadline: Date) -> Deed {
        Deed::ClearanceExtensionDecided {
            state: state("KHM"),
            meeting: meeting.into(),
            decision: ExtensionDecision::Granted { deadline, sourced: true },
        }
    }

    fn cambodia() -> Acts {
        Acts::new()
            .listed("KHM")
            .accession("KHM", "1999-07-28")
            .deed("2000", Deed::MinedAreasReported { state: state("KHM") })
            .deed("2009-12-04", granted("2RC", date(2020, 1, 1)))
    }

    fn at(acts: &Acts, on: Date) -> Obligation {
        let register = acts.register();
        let file = register.state(state("KHM")).unwrap();
        clearance(&register, file, file.entry_into_force().unwrap().date().unwrap(), on)
    }

    #[test]
    fn clearance_is_due_ten_years_after_entry_into_force_until_a_meeting_extends_it() {
        assert_eq!(at(&cambodia(), date(2009, 12, 3)).due, Some(date(2010, 1, 1)));
        assert_eq!(at(&cambodia(), date(2009, 12, 4)).due, Some(date(2020, 1, 1)));
        assert_eq!(at(&cambodia(), date(2020, 1, 1)).state, ObligationState::DueWithinAYear);
        assert_eq!(at(&cambodia(), date(2020, 1, 2)).state, ObligationState::Overdue);
    }

    #[test]
    fn an_extension_granted_to_a_day_not_found_makes_the_deadline_unknown() {
        let decision = ExtensionDecision::GrantedDateNotKnown;
        let decided = Deed::ClearanceExtensionDecided { state: state("KHM"), meeting: "22MSP".into(), decision };
        let after = at(&cambodia().deed("2025-12-05", decided), date(2026, 11, 23));
        assert_eq!((after.due, after.state), (None, ObligationState::Unknown));
    }

    #[test]
    fn a_deadline_passed_after_a_meeting_whose_decisions_are_missing_is_unknown() {
        let meeting = crate::act::Meeting {
            meeting: "22MSP".into(),
            kind: crate::act::MeetingKind::MeetingOfTheStatesParties,
            last_day: Some(date(2025, 12, 5)),
            city: None,
            country: None,
            president: None,
            final_report: None,
            extension_decisions_missing: true,
        };
        let acts = cambodia().deed("2025-12-01", Deed::MeetingConvened(meeting));
        assert_eq!(at(&acts, date(2025, 12, 4)).state, ObligationState::Overdue);
        assert_eq!(at(&acts, date(2025, 12, 5)).state, ObligationState::Unknown);
        let (meeting, decision) = ("22MSP".into(), ExtensionDecision::Refused);
        let refused = Deed::ClearanceExtensionDecided { state: state("KHM"), meeting, decision };
        assert_eq!(at(&acts.deed("2025-12-05", refused), date(2026, 1, 1)).state, ObligationState::Overdue);
    }

    #[test]
    fn completion_is_not_final() {
        let completed = cambodia().deed("2018-05-01", Deed::ClearanceCompleted { state: state("KHM") });
        assert_eq!(at(&completed, date(2019, 1, 1)).state, ObligationState::Met);
        let reopened = completed.deed("2019-03-01", Deed::ClearanceReopened { state: state("KHM") });
        assert_eq!(at(&reopened, date(2019, 2, 28)).state, ObligationState::Met);
        assert_eq!(at(&reopened, date(2019, 3, 1)).state, ObligationState::DueWithinAYear);
    }

    #[test]
    fn a_reopening_without_a_known_day_is_never_taken_for_met() {
        let completed = cambodia().deed("unknown", Deed::ClearanceCompleted { state: state("KHM") });
        let reopened = completed.deed("unknown", Deed::ClearanceReopened { state: state("KHM") });
        assert_eq!(at(&reopened, date(2026, 11, 23)).state, ObligationState::Overdue);
        let completed = cambodia().deed("2015", Deed::ClearanceCompleted { state: state("KHM") });
        let reopened = completed.deed("2018", Deed::ClearanceReopened { state: state("KHM") });
        assert_eq!(at(&reopened, date(2017, 12, 31)).state, ObligationState::Met);
        assert_eq!(at(&reopened, date(2018, 6, 1)).state, ObligationState::Unknown);
        assert_eq!(at(&reopened, date(2018, 12, 31)).state, ObligationState::NotYetDue);
    }

    #[test]
    fn a_request_decided_after_completion_shows_that_the_duty_was_reopened() {
        let acts = Acts::new().listed("KHM").accession("KHM", "1999-07-28");
        let acts = acts.deed("2009-05-01", Deed::ClearanceCompleted { state: state("KHM") });
        let acts = acts.deed("2021-11-19", granted("19MSP", date(2025, 12, 31)));
        assert_eq!(at(&acts, date(2015, 1, 1)).state, ObligationState::Met);
        assert_eq!(at(&acts, date(2023, 1, 1)).state, ObligationState::NotYetDue);
    }

    #[test]
    fn a_completion_that_may_have_come_is_unknown_and_not_overdue() {
        let completed = cambodia().deed("unknown", Deed::ClearanceCompleted { state: state("KHM") });
        assert_eq!(at(&completed, date(2022, 1, 1)).state, ObligationState::Unknown);
        assert_eq!(at(&completed, date(2026, 11, 23)).state, ObligationState::Met);
    }

    #[test]
    fn completion_is_measured_against_the_deadline_in_force_then() {
        let completed = cambodia().deed("2015-05-01", Deed::ClearanceCompleted { state: state("KHM") });
        assert_eq!(at(&completed, date(2016, 6, 1)).state, ObligationState::Met);
        let late = Acts::new().listed("KHM").accession("KHM", "1999-07-28");
        let late = late.deed("2011", Deed::ClearanceCompleted { state: state("KHM") });
        assert_eq!(at(&late, date(2012, 1, 1)).state, ObligationState::MetLate);
    }

    #[test]
    fn a_state_that_withdrew_owes_no_clearance() {
        let left = cambodia().deed("2019-01-10", Deed::WithdrawalNotified { state: state("KHM") });
        assert_eq!(at(&left, date(2021, 1, 1)).state, ObligationState::NoLongerBound);
    }

    #[test]
    fn no_record_of_mined_areas_is_unknown_once_the_deadline_has_passed() {
        let silent = Acts::new().listed("KHM").accession("KHM", "1999-07-28");
        assert_eq!(at(&silent, date(2015, 1, 1)).state, ObligationState::Unknown);
        assert_eq!(at(&silent, date(2005, 1, 1)).state, ObligationState::NotYetDue);
    }
}
