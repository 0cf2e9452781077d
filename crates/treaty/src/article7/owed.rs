//! Who owes a report under Article 7, and when.

use jiff::civil::date;

use crate::article7::ReportKind;
use crate::article20;
use crate::because::{Article, Because};
use crate::date::{Date, add_days};
use crate::owed::{Obligation, ObligationState, met_state, open_state, unless_withdrawn};
use crate::register::{Recorded, ReportOnFile, StateFile};
use crate::say;

/// Article 7(1): as soon as practicable, and not later than 180 days after entry into force.
///
/// Days, not six months: Equatorial Guinea, bound from 1999-03-01, owed it by 1999-08-28.
#[must_use]
pub fn initial_report_due(entry_into_force: Date) -> Date {
    add_days(entry_into_force, 180)
}

/// Article 7(2): the annual update covers the last calendar year and is due not later than 30 April.
#[must_use]
pub fn annual_report_due(calendar_year: i16) -> Date {
    // The year of a calendar date plus one is still a date; at the end of the calendar it is clamped.
    Date::new(calendar_year.saturating_add(1).min(9999), 4, 30).unwrap_or(date(9999, 4, 30))
}

/// The first calendar year for which an annual update is owed: the one before the first 30 April after the initial
/// report is due. The Convention does not spell this out; it is our reading, that no State owes an update before it
/// owes the report to be updated.
#[must_use]
pub fn first_calendar_year(entry_into_force: Date) -> i16 {
    let initial = initial_report_due(entry_into_force);
    let before = initial.year() - 1;
    if annual_report_due(before) > initial { before } else { initial.year() }
}

/// The initial report's duty, as it stands on `on`.
#[must_use]
pub fn initial_report(file: &StateFile, entry_into_force: Date, on: Date) -> Obligation {
    let due = initial_report_due(entry_into_force);
    let rule = Because::default().by(Article::new(7, 1), say!("because-within-180-days", date = due));
    let is_initial = |report: &Recorded<ReportOnFile>| report.what.kind == ReportKind::Initial;
    let (state, why) = report_state(file, due, on, is_initial);
    let article = Article::new(7, 1);
    let obligation = Obligation { article, calendar_year: None, due: Some(due), state, because: rule.then(why) };
    unless_withdrawn(obligation, file, on)
}

/// The annual update's duty for one calendar year, as it stands on `on`.
#[must_use]
pub fn annual_report(file: &StateFile, calendar_year: i16, on: Date) -> Obligation {
    let due = annual_report_due(calendar_year);
    let rule = Because::default().by(Article::new(7, 2), say!("because-by-30-april", year = calendar_year, date = due));
    let is_this_year = |report: &Recorded<ReportOnFile>| {
        report.what.kind == ReportKind::Annual && report.what.calendar_year == Some(calendar_year)
    };
    let (state, why) = report_state(file, due, on, is_this_year);
    let article = Article::new(7, 2);
    let because = rule.then(why);
    let calendar_year = Some(calendar_year);
    unless_withdrawn(Obligation { article, calendar_year, due: Some(due), state, because }, file, on)
}

/// The annual updates that matter on `on`: every calendar year for which something is on record, the last one that
/// fell due, and the next one to fall due.
#[must_use]
pub fn annual_reports(file: &StateFile, entry_into_force: Date, on: Date) -> Vec<Obligation> {
    let first = first_calendar_year(entry_into_force);
    let last_due = if on > annual_report_due(on.year() - 1) { on.year() - 1 } else { on.year() - 2 };
    let on_record = |year: i16| {
        let about = |report: &Recorded<ReportOnFile>| {
            report.what.kind == ReportKind::Annual && report.what.calendar_year == Some(year) && report.certainly_by(on)
        };
        file.reports.iter().any(about) || file.not_received.iter().any(about)
    };
    // Nothing that falls due after a withdrawal has taken effect is owed, save that the first such report is shown as no
    // longer owed; and the calendar ends with 9999.
    let effect = article20::withdrawn_on(file, on).and_then(|withdrawal| withdrawal.takes_effect);
    let last = last_due.saturating_add(1).max(first).min(9998);
    let fell_due = |effect: Date| {
        let before = effect.year().saturating_sub(1);
        if annual_report_due(before) < effect { before } else { before.saturating_sub(1) }
    };
    let last_due = effect.map_or(last_due, |effect| last_due.min(fell_due(effect)));
    (first..=last)
        .filter(|year| effect.is_none_or(|effect| annual_report_due(year.saturating_sub(1)) < effect))
        .filter(|year| *year >= last_due || on_record(*year))
        .map(|year| annual_report(file, year, on))
        .collect()
}

/// The first report on record that fits decides. With none, a source that still missed it on a later day makes it
/// overdue until that day. Silence alone never does, for the register holds no full list of the reports of any year:
/// after the last source that missed it, whether it came is unknown.
fn report_state(
    file: &StateFile,
    due: Date,
    on: Date,
    fits: impl Fn(&Recorded<ReportOnFile>) -> bool,
) -> (ObligationState, Because) {
    let submitted = file.reports.iter().filter(|report| fits(report) && report.certainly_by(on));
    if let Some(report) = submitted.min_by_key(|report| report.latest()) {
        return met_state(report, due);
    }
    if due >= on {
        return (open_state(due, on), Because::default());
    }
    let missed = file.not_received.iter().filter(|report| fits(report) && report.latest() > due);
    let Some(missing) = missed.max_by_key(|report| report.latest()) else {
        return (ObligationState::Unknown, Because::default().remark(say!("because-no-report-on-record")));
    };
    let because = Because::default().fact(&missing.act, say!("because-not-received-by", date = missing.on));
    if on <= missing.latest() {
        (ObligationState::Overdue, because)
    } else {
        (ObligationState::Unknown, because.remark(say!("because-no-report-on-record")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::Deed;
    use crate::testing::{Acts, state};
    use jiff::civil::date;

    #[test]
    fn initial_report_is_due_180_days_after_entry_into_force() {
        // Equatorial Guinea, Tuvalu and Oman, as published (domain.md, 1.1).
        assert_eq!(initial_report_due(date(1999, 3, 1)), date(1999, 8, 28));
        assert_eq!(initial_report_due(date(2012, 3, 1)), date(2012, 8, 28));
        assert_eq!(initial_report_due(date(2015, 2, 1)), date(2015, 7, 31));
    }

    #[test]
    fn annual_report_is_due_on_30_april_of_the_next_year() {
        assert_eq!(annual_report_due(2025), date(2026, 4, 30));
    }

    #[test]
    fn no_update_is_owed_before_the_report_that_it_updates() {
        assert_eq!(first_calendar_year(date(1999, 3, 1)), 1999);
        // Bound from 1 December 2006, initial report due on 30 May 2007: the first update covers 2007.
        assert_eq!(first_calendar_year(date(2006, 12, 1)), 2007);
        // Bound from 1 November 2006, initial report due on 30 April 2007 itself.
        assert_eq!(first_calendar_year(date(2006, 11, 1)), 2007);
        assert_eq!(first_calendar_year(date(2006, 10, 1)), 2006);
    }

    fn owed(acts: &Acts, on: Date) -> Vec<Obligation> {
        let register = acts.register();
        let file = register.state(state("TUV")).unwrap();
        let since = file.entry_into_force().unwrap().date().unwrap();
        let mut owed = vec![initial_report(file, since, on)];
        owed.extend(annual_reports(file, since, on));
        owed
    }

    #[test]
    fn silence_is_unknown_and_a_source_that_misses_the_report_makes_it_overdue() {
        let tuvalu = Acts::new().listed("TUV").accession("TUV", "2011-09-13");
        assert_eq!(owed(&tuvalu, date(2016, 1, 1))[0].state, ObligationState::Unknown);
        let (report, calendar_year) = (ReportKind::Initial, None);
        let too_early = Deed::ReportNotReceived { state: state("TUV"), report, calendar_year };
        let missed_before_due = Acts::new().listed("TUV").accession("TUV", "2011-09-13").deed("2012-06-18", too_early);
        assert_eq!(owed(&missed_before_due, date(2016, 1, 1))[0].state, ObligationState::Unknown);
        let missing = Deed::ReportNotReceived { state: state("TUV"), report, calendar_year };
        let tuvalu = tuvalu.deed("2015-06-18", missing);
        assert_eq!(owed(&tuvalu, date(2012, 8, 29))[0].state, ObligationState::Overdue);
        assert_eq!(owed(&tuvalu, date(2015, 6, 18))[0].state, ObligationState::Overdue);
        assert_eq!(owed(&tuvalu, date(2016, 1, 1))[0].state, ObligationState::Unknown);
        assert_eq!(owed(&tuvalu, date(2012, 8, 28))[0].state, ObligationState::DueWithinAYear);
        let sent = Deed::ReportSubmitted { state: state("TUV"), report, calendar_year };
        assert_eq!(owed(&tuvalu.deed("2015-12-01", sent), date(2016, 1, 1))[0].state, ObligationState::MetLate);
    }

    #[test]
    fn a_state_that_left_still_owes_what_fell_due_before() {
        let notice = Deed::WithdrawalNotified { state: state("TUV") };
        let left = Acts::new().listed("TUV").accession("TUV", "2011-09-13").deed("2025-07-10", notice);
        let annual: Vec<_> =
            owed(&left, date(2030, 1, 1)).into_iter().skip(1).map(|duty| (duty.calendar_year, duty.state)).collect();
        assert_eq!(annual, [(Some(2024), ObligationState::Unknown), (Some(2025), ObligationState::NoLongerBound)]);
    }

    #[test]
    fn the_last_update_that_fell_due_and_the_next_one_are_listed() {
        let tuvalu = Acts::new().listed("TUV").accession("TUV", "2011-09-13");
        let years = |on| owed(&tuvalu, on).iter().filter_map(|duty| duty.calendar_year).collect::<Vec<_>>();
        assert_eq!(years(date(2020, 4, 30)), [2018, 2019]);
        assert_eq!(years(date(2020, 5, 1)), [2019, 2020]);
        assert_eq!(years(date(2012, 3, 1)), [2012]);
    }
}
