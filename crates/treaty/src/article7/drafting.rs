//! A first draft: what the field files can tell is filled in, everything else is marked as to be answered.

use std::collections::BTreeMap;

use crate::article7::ReportKind;
use crate::article7::report::{
    Answer, Casualties, Destroyed, FORMAT, FieldFile, LandReleased, MinedAreas, Period, Report, Sections,
};
use crate::date::Date;
use crate::quantity::{Figure, sum_m2};
use crate::state::Iso3;

/// Land released according to one record of the year. A figure that the record does not give is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReleaseRecord {
    /// Administrative unit; empty when the record names none.
    pub unit: String,
    /// m² cancelled.
    pub cancelled_m2: Option<f64>,
    /// m² reduced.
    pub reduced_m2: Option<f64>,
    /// m² cleared.
    pub cleared_m2: Option<f64>,
    /// Anti-personnel mines found and destroyed.
    pub mines: Option<u64>,
    /// Improvised devices found and destroyed.
    pub improvised: Option<u64>,
    /// Anti-vehicle mines found and destroyed.
    pub anti_vehicle: Option<u64>,
    /// Unexploded ordnance found and destroyed.
    pub unexploded: Option<u64>,
    /// All items found and destroyed.
    pub items: Option<u64>,
}

/// One casualty of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CasualtyRecord {
    /// `Some(true)` when killed, `Some(false)` when injured.
    pub killed: Option<bool>,
    /// `Some(true)` for female, `Some(false)` for male.
    pub female: Option<bool>,
    /// `Some(true)` when under 18.
    pub child: Option<bool>,
    /// Civilian status.
    pub status: Option<CivilianStatus>,
}

/// Whether a casualty was a civilian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CivilianStatus {
    /// A civilian.
    Civilian,
    /// A member of security forces.
    SecurityForces,
    /// A deminer.
    Deminer,
}

/// What the field files tell of one year. `None` means that no file of that sort was given: nothing is known, which is
/// not the same as none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldFigures {
    /// Records of land release.
    pub releases: Option<Vec<ReleaseRecord>>,
    /// Casualties, one each.
    pub casualties: Option<Vec<CasualtyRecord>>,
    /// The files.
    pub files: Vec<FieldFile>,
}

/// Drafts a report. The submission date is set on lodging.
#[must_use]
pub fn draft(state: Iso3, kind: ReportKind, calendar_year: i16, version: u32, figures: &FieldFigures) -> Report {
    let mut sections = Sections::default();
    if let Some(releases) = &figures.releases {
        sections.mined_areas = Answer::Given(land_released(releases));
        sections.destroyed = Answer::Given(items_destroyed(releases));
    }
    if let Some(casualties) = &figures.casualties {
        sections.victims = Answer::Given(count_casualties(casualties));
    }
    let first = Date::new(calendar_year, 1, 1).unwrap_or(Date::MIN);
    Report {
        format: FORMAT.to_owned(),
        state,
        kind,
        calendar_year,
        version,
        period: Period { from: first, to: first.last_of_year() },
        submitted_on: None,
        contact_authority: None,
        sections,
        drawn_from: figures.files.clone(),
        salt: None,
    }
}

/// The sum over the records that give the figure; unknown when none does.
fn total_m2(records: &[&ReleaseRecord], of: impl Fn(&ReleaseRecord) -> Option<f64>) -> Figure<f64> {
    let given: Vec<f64> = records.iter().filter_map(|record| of(record)).collect();
    if given.is_empty() { Figure::Unknown } else { Figure::Known(sum_m2(given)) }
}

fn released(unit: &str, records: &[&ReleaseRecord]) -> LandReleased {
    let cancelled_m2 = total_m2(records, |record| record.cancelled_m2);
    let reduced_m2 = total_m2(records, |record| record.reduced_m2);
    let cleared_m2 = total_m2(records, |record| record.cleared_m2);
    // What no record tells is unknown, so the sum of all three is known only when each of them is.
    let parts = [cancelled_m2, reduced_m2, cleared_m2];
    let released_m2 = Figure::from(crate::quantity::sum_areas(parts));
    LandReleased { unit: unit.to_owned(), cancelled_m2, reduced_m2, cleared_m2, released_m2 }
}

fn land_released(releases: &[ReleaseRecord]) -> MinedAreas {
    let mut by_unit: BTreeMap<&str, Vec<&ReleaseRecord>> = BTreeMap::new();
    for record in releases {
        by_unit.entry(&record.unit).or_default().push(record);
    }
    let all: Vec<&ReleaseRecord> = releases.iter().collect();
    MinedAreas {
        units: Vec::new(),
        total_closing_m2: Figure::ToBeAnswered,
        released: by_unit.iter().map(|(unit, records)| released(unit, records)).collect(),
        total_released: released("", &all),
    }
}

fn items_destroyed(releases: &[ReleaseRecord]) -> Destroyed {
    let total = |of: fn(&ReleaseRecord) -> Option<u64>| {
        let given: Vec<u64> = releases.iter().filter_map(of).collect();
        if given.is_empty() { Figure::Unknown } else { Figure::Known(given.into_iter().fold(0, u64::saturating_add)) }
    };
    Destroyed {
        stockpiled_mines: Figure::ToBeAnswered,
        mines_in_mined_areas: total(|record| record.mines),
        improvised_devices: total(|record| record.improvised),
        anti_vehicle_mines: total(|record| record.anti_vehicle),
        unexploded_ordnance: total(|record| record.unexploded),
        items_in_mined_areas: total(|record| record.items),
        mines_since_entry_into_force: Figure::ToBeAnswered,
    }
}

fn count_casualties(people: &[CasualtyRecord]) -> Casualties {
    let count = |fits: &dyn Fn(&CasualtyRecord) -> bool| {
        Figure::Known(u64::try_from(people.iter().filter(|person| fits(person)).count()).unwrap_or(u64::MAX))
    };
    let group = |female, child| count(&move |p: &CasualtyRecord| p.female == Some(female) && p.child == Some(child));
    let status = |status: Option<CivilianStatus>| count(&move |p: &CasualtyRecord| p.status == status);
    Casualties {
        total: count(&|_| true),
        killed: count(&|p| p.killed == Some(true)),
        injured: count(&|p| p.killed == Some(false)),
        outcome_unknown: count(&|p| p.killed.is_none()),
        women: group(true, false),
        men: group(false, false),
        girls: group(true, true),
        boys: group(false, true),
        unknown: count(&|p| p.female.is_none() || p.child.is_none()),
        civilians: status(Some(CivilianStatus::Civilian)),
        security_forces: status(Some(CivilianStatus::SecurityForces)),
        deminers: status(Some(CivilianStatus::Deminer)),
        status_unknown: status(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article7::report::{AnswerKind, SectionKey};
    use crate::testing::state;

    #[test]
    fn a_draft_without_files_leaves_everything_to_be_answered() {
        let report = draft(state("XXA"), ReportKind::Annual, 2025, 1, &FieldFigures::default());
        assert!(report.sections.answers().iter().all(|(_, answer)| *answer == AnswerKind::ToBeAnswered));
    }

    #[test]
    fn what_no_record_gives_is_unknown_and_not_zero() {
        let release = |cleared_m2| ReleaseRecord { unit: "North".into(), cleared_m2, ..ReleaseRecord::default() };
        let figures =
            FieldFigures { releases: Some(vec![release(Some(2.5)), release(None)]), ..FieldFigures::default() };
        let report = draft(state("XXA"), ReportKind::Annual, 2025, 1, &figures);
        let areas = report.sections.mined_areas.given().unwrap();
        assert_eq!(areas.total_released.cleared_m2, Figure::Known(2.5));
        assert_eq!(areas.total_released.cancelled_m2, Figure::Unknown);
        assert_eq!(areas.total_released.released_m2, Figure::Unknown);
        assert_eq!(report.sections.destroyed.given().unwrap().mines_in_mined_areas, Figure::Unknown);
        assert_eq!(report.sections.answers()[9], (SectionKey::Victims, AnswerKind::ToBeAnswered));
    }

    #[test]
    fn identical_casualties_are_different_people() {
        let person = CasualtyRecord { killed: Some(false), female: Some(true), child: Some(true), status: None };
        let figures = FieldFigures { casualties: Some(vec![person; 3]), ..FieldFigures::default() };
        let report = draft(state("XXA"), ReportKind::Annual, 2025, 1, &figures);
        let victims = report.sections.victims.given().unwrap();
        assert_eq!(
            (victims.total, victims.girls, victims.status_unknown),
            (Figure::Known(3), Figure::Known(3), Figure::Known(3))
        );
    }
}
