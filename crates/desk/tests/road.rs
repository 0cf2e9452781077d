//! The road from invented field files to a lodged report, through the desk.

#![allow(missing_docs, clippy::unwrap_used)] // a failure in a helper is a failure of the test

use std::path::{Path, PathBuf};

use desk::draft::{DraftView, Wanted, draft};
use desk::field::{How, Reading};
use desk::report_form::{Answer, SectionKey};
use desk::store::{self, Place, Store};
use desk::{DeskError, Figure, Lang, ReportKind, Timestamp, Words, demo, files, report_file};

fn words() -> &'static Words {
    Words::of(Lang::En)
}

fn now() -> Timestamp {
    "2026-03-31T10:00:00Z".parse().unwrap()
}

async fn examplia(folder: &Path) -> (Place, Vec<PathBuf>) {
    let place = Place::Named(folder.join("data"));
    demo::enter(&place, now()).await.unwrap();
    let files = demo::write_field_files(folder).unwrap();
    (place, vec![files.hazards, files.releases, files.casualties])
}

async fn drafted(place: &Place, files: &[PathBuf], year: i16) -> DraftView {
    let store = Store::read(place).await.unwrap();
    let reading =
        Reading { files, how: How::default(), state: None, today: "2026-03-31".parse().unwrap(), progress: None };
    let state = demo::CODE.parse().unwrap();
    let not_applicable = &[SectionKey::B, SectionKey::E][..];
    let wanted = Wanted {
        state,
        kind: ReportKind::Annual,
        calendar_year: year,
        not_applicable,
        unchanged_since: &[(SectionKey::A, 2018)],
    };
    draft(&store.register, &wanted, &reading, words()).unwrap()
}

#[tokio::test]
async fn a_mined_area_on_a_map_becomes_the_figure_in_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let (place, files) = examplia(folder.path()).await;
    let draft = drafted(&place, &files, 2025).await;
    // As the invented files state them, added up by hand.
    assert_eq!(draft.cleared_m2, Figure::Known(57_815.0 + 84_328.0));
    assert_eq!(draft.cancelled_m2, Figure::Known(433_648.0));
    assert_eq!(draft.reduced_m2, Figure::Known(162_619.0));
    assert_eq!(draft.items_destroyed, Figure::Known(41 + 2 + 1 + 12 + 3));
    let people = &draft.casualties;
    assert_eq!((people.total, people.killed, people.injured), (Figure::Known(8), Figure::Known(2), Figure::Known(6)));
    assert_eq!((people.boys, people.unknown), (Figure::Known(3), Figure::Known(1)));
    let Answer::Given(areas) = &draft.report.sections.mined_areas else { panic!("7.1 (c) is not given") };
    assert_eq!(areas.units.len(), 3);
    for unit in &areas.units {
        let known = |figure: Figure<f64>| figure.known().unwrap();
        let left = known(unit.opening_m2) + known(unit.found_m2)
            - known(unit.cancelled_m2)
            - known(unit.reduced_m2)
            - known(unit.cleared_m2);
        assert!((left - known(unit.closing_m2)).abs() < 1e-6, "{} does not close", unit.unit);
        // The stated areas are rounded to the square metre.
        assert!((known(unit.mapped_m2) - known(unit.closing_m2)).abs() < 5.0, "{}", unit.unit);
    }
}

#[tokio::test]
async fn what_a_year_closes_with_the_next_one_opens_with() {
    let folder = tempfile::tempdir().unwrap();
    let (place, files) = examplia(folder.path()).await;
    let (before, after) = (drafted(&place, &files, 2024).await, drafted(&place, &files, 2025).await);
    let units = |draft: &DraftView| draft.report.sections.mined_areas.given().unwrap().units.clone();
    for unit in units(&before) {
        let next = units(&after).into_iter().find(|next| (&next.unit, next.class) == (&unit.unit, unit.class)).unwrap();
        assert_eq!(next.opening_m2, unit.closing_m2, "{}", unit.unit);
    }
}

#[tokio::test]
async fn lodging_the_same_report_again_is_lodging_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let (place, files) = examplia(folder.path()).await;
    let path = folder.path().join("examplia.json");
    files::write(&path, &report_file::to_bytes(&drafted(&place, &files, 2025).await.report)).unwrap();
    let first = desk::lodge::lodge(&place, &path, now(), words()).await.unwrap();
    let later: Timestamp = "2026-04-20T10:00:00Z".parse().unwrap();
    let again = desk::lodge::lodge(&place, &path, later, words()).await.unwrap();
    assert_eq!((first.already, again.already), (false, true));
    assert_eq!((first.act, first.report), (again.act, again.report));

    // A report that says something else needs the next version, and then replaces the first.
    let mut changed = report_file::read(&path).unwrap();
    changed.sections.warning = Answer::NotApplicable;
    files::write(&path, &report_file::to_bytes(&changed)).unwrap();
    let refused = desk::lodge::lodge(&place, &path, later, words()).await;
    assert!(matches!(refused, Err(DeskError::Blocked(findings)) if findings[0].place == "version"));
    changed.version = 2;
    files::write(&path, &report_file::to_bytes(&changed)).unwrap();
    assert_eq!(desk::lodge::lodge(&place, &path, later, words()).await.unwrap().version, 2);

    // Whoever lost the answer to the first lodging still gets its receipt, and not the advice to replace the second.
    changed.version = 1;
    changed.sections.warning = Answer::default();
    files::write(&path, &report_file::to_bytes(&changed)).unwrap();
    let first_again = desk::lodge::lodge(&place, &path, later, words()).await.unwrap();
    assert_eq!((first_again.already, first_again.version), (true, 1));
}

#[tokio::test]
async fn a_slip_in_the_file_name_makes_no_journal() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Named(folder.path().join("data"));
    let missing = folder.path().join("nowhere.json");
    let refused = desk::lodge::lodge(&place, &missing, now(), words()).await.unwrap_err();
    assert!(refused.to_string().contains("nowhere.json"), "{refused}");
    assert!(!folder.path().join("data").exists());
}

#[tokio::test]
async fn a_journal_begins_with_the_founding_acts_once() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Named(folder.path().join("data"));
    let first = store::write(&place).await.unwrap();
    let size = first.size();
    first.close().await;
    let second = store::write(&place).await.unwrap();
    assert_eq!(second.size(), size);
    assert_eq!(size, u64::try_from(desk::founding::acts().unwrap().len()).unwrap());
}

#[test]
fn colombia_as_of_the_day_of_resolution_75_52() {
    let register = store::founding_register().unwrap();
    let file = register.state("COL".parse().unwrap()).unwrap();
    let view = desk::status::state_view(&register, file, words(), "2020-12-07".parse().unwrap());
    insta::assert_json_snapshot!(view);
}

#[test]
fn the_statements_of_resolution_75_52() {
    let register = store::founding_register().unwrap();
    let view = desk::resolution::resolution(&register, words(), "75/52", None).unwrap();
    let lines: Vec<String> = view
        .statements
        .iter()
        .map(|statement| {
            let why = statement.because.last().map(|reason| reason.says.as_str()).unwrap_or_default();
            format!("{}: {:?}. {why}", statement.id, statement.verdict)
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
