//! The public edition of a report: what it holds back, and that nothing beside it gives that away.

#![allow(missing_docs, clippy::unwrap_used)] // a failure in a helper is a failure of the test

use std::path::Path;

use desk::disclosure::CasualtyFigure;
use desk::draft::{Wanted, draft};
use desk::edition::{Edition, PUBLIC_FORMAT};
use desk::field::{How, Reading};
use desk::report::{ReportView, Which, lodged};
use desk::report_form::{Answer, Casualties, Report};
use desk::rights::Permit;
use desk::store::{self, Place, Store};
use desk::{Figure, Iso3, Lang, ReportKind, Timestamp, Words, demo, files, lodge, report_file};
use sha2::{Digest as _, Sha256};

fn words() -> &'static Words {
    Words::of(Lang::En)
}

fn now() -> Timestamp {
    "2026-03-31T10:00:00Z".parse().unwrap()
}

fn examplia() -> Iso3 {
    demo::CODE.parse().unwrap()
}

/// A folder with Examplia in its journal, and a draft of its report with casualties.
async fn room() -> (tempfile::TempDir, Place, Report) {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Named(folder.path().join("data"));
    demo::enter(&place, now()).await.unwrap();
    let field = demo::write_field_files(folder.path()).unwrap();
    let store = Store::read(&place).await.unwrap();
    let reading = Reading {
        files: &[field.hazards, field.releases, field.casualties],
        how: How::default(),
        state: None,
        today: "2026-03-31".parse().unwrap(),
        progress: None,
    };
    let wanted = Wanted {
        state: examplia(),
        kind: ReportKind::Annual,
        calendar_year: 2025,
        not_applicable: &[],
        unchanged_since: &[],
    };
    let report = draft(&store.register, &wanted, &reading, words()).unwrap().report;
    (folder, place, report)
}

async fn lodge_it(folder: &Path, place: &Place, report: &Report) -> lodge::Lodged {
    let path = folder.join("report.json");
    files::write(&path, &report_file::to_bytes(report)).unwrap();
    lodge::lodge(place, &path, now(), words()).await.unwrap()
}

async fn seen(place: &Place, edition: Edition) -> ReportView {
    let store = Store::read(place).await.unwrap();
    let today = "2026-11-23".parse().unwrap();
    lodged(&store, examplia(), 2025, Which::default(), today, edition, words()).await.unwrap()
}

/// All that the public gets of a report, as one text.
fn all_of(view: &ReportView) -> String {
    let receipt = view.receipt.as_ref().map(journal::Receipt::to_json).unwrap_or_default();
    format!("{}{receipt}{}", serde_json::to_string(view).unwrap(), String::from_utf8(view.file.clone()).unwrap())
}

#[tokio::test]
async fn the_public_gets_an_edition_that_says_what_it_is_and_the_right_opens_the_file_as_lodged() {
    let (folder, place, report) = room().await;
    let lodged = lodge_it(folder.path(), &place, &report).await;
    let full = seen(&place, Edition::Full).await;
    assert_eq!((full.file, &full.report.sections.victims), (lodged.report.clone(), &report.sections.victims));

    let view = seen(&place, Edition::Public).await;
    let shown = view.report.sections.victims.given().unwrap();
    // Of eight casualties two were killed: the six injured and the total together would tell it.
    assert_eq!(shown.killed, Figure::Hidden);
    assert!([shown.injured, shown.total].contains(&Figure::Hidden));
    assert!(view.withheld.hidden.contains(&"sections.victims.content.killed".to_owned()));
    let file: serde_json::Value = serde_json::from_slice(&view.file).unwrap();
    assert_eq!(file["format"], PUBLIC_FORMAT);
    assert_eq!(file["public_edition"]["lodged_report_sha256"], lodged.report_sha256.as_str());
    assert!(file["public_edition"]["says"].as_str().unwrap().contains("public edition"));
    assert_eq!(file["sections"]["victims"]["content"]["killed"], "hidden");
    // It cannot be lodged by mistake.
    let refused = report_file::parse(&view.file, Path::new("public.json")).unwrap_err();
    assert!(refused.to_string().contains("is a public edition"), "{refused}");
    // The receipt still proves what was lodged.
    let receipt = folder.path().join("receipt.json");
    std::fs::write(&receipt, view.receipt.as_ref().unwrap().to_json()).unwrap();
    assert!(desk::verify::verify(&receipt, None, Some(&lodged.key)).unwrap().key_was_given);
}

#[tokio::test]
async fn the_hash_of_the_lodged_file_confirms_no_guess() {
    let (folder, place, report) = room().await;
    let lodged = lodge_it(folder.path(), &place, &report).await;
    let view = seen(&place, Edition::Public).await;
    let truth = report_file::parse(&lodged.report, Path::new("lodged")).unwrap();
    let salt = truth.salt.clone().unwrap();
    assert_eq!(salt.len(), 64);
    assert!(!all_of(&view).contains(&salt), "the salt is told");
    // The reader who guesses every hidden figure right, and the files left out as well, still cannot know it.
    let guess = Report { salt: None, ..truth.clone() };
    let hash = |report: &Report| format!("{:x}", Sha256::digest(report_file::to_bytes(report)));
    assert_ne!(hash(&guess), lodged.report_sha256);
    assert_eq!(hash(&truth), lodged.report_sha256, "it is the salt that keeps it");
    // Two lodgings of the same report have two salts.
    let (other_folder, other_place, same) = room().await;
    let other = lodge_it(other_folder.path(), &other_place, &same).await;
    assert_ne!(other.report_sha256, lodged.report_sha256);
}

#[tokio::test]
async fn a_report_without_salt_keeps_its_hash_and_receipt_back() {
    let (_folder, place, mut report) = room().await;
    report.submitted_on = Some("2026-03-31".parse().unwrap());
    let bytes = report_file::to_bytes(&report);
    let hash = format!("{:x}", Sha256::digest(&bytes));
    let deed = treaty::act::Deed::ReportLodged {
        state: examplia(),
        report: ReportKind::Annual,
        calendar_year: 2025,
        version: 1,
        report_sha256: hash.clone(),
    };
    let id = treaty::act::ActId("report/XXA/annual/2025/1".to_owned());
    let act = store::act(id, report.submitted_on.unwrap(), now(), "lodged before there were salts", deed);
    let mut journal = store::write(&place).await.unwrap();
    journal.append(&[act], &[&bytes]).await.unwrap();
    journal.close().await;

    let view = seen(&place, Edition::Public).await;
    assert!(view.withheld.hash_withheld && view.receipt.is_none() && view.report_sha256.is_none());
    assert!(!all_of(&view).contains(&hash), "with the hash, two guesses tell who was killed");
    assert_eq!(seen(&place, Edition::Full).await.report_sha256, Some(hash));
}

#[tokio::test]
async fn a_report_lodged_by_another_node_meanwhile_is_answered_with_its_own_receipt() {
    let (_folder, place, report) = room().await;
    let journal = store::write(&place).await.unwrap();
    let mut store = Store { register: journal.register(), journal: Some(journal) };
    let before = store.register.clone();
    let permit = Permit::at_the_machine(Some(examplia()));
    let first = lodge::lodge_sent(&permit, &mut store, report.clone(), now(), words()).await.unwrap();
    // What this node knew before it had its turn. It gives the report another salt, and asks a day later.
    store.register = before.clone();
    let tomorrow = "2026-04-01T10:00:00Z".parse().unwrap();
    let again = lodge::lodge_sent(&permit, &mut store, report.clone(), tomorrow, words()).await.unwrap();
    assert!(again.already && !first.already);
    assert_eq!((again.act, again.report_sha256), (first.act, first.report_sha256));
    // Another report under the same name is none that was lodged.
    store.register = before;
    let mut other = report;
    other.contact_authority = None;
    other.sections.victims = Answer::NotApplicable;
    let refused = lodge::lodge_sent(&permit, &mut store, other, tomorrow, words()).await;
    assert!(refused.is_err(), "{:?}", refused.map(|lodged| lodged.act));
}

#[tokio::test]
async fn neither_findings_nor_field_files_tell_what_the_figures_do_not() {
    let (folder, place, mut report) = room().await;
    let Answer::Given(people) = &mut report.sections.victims else { panic!("no casualties") };
    // One was forgotten in the breakdown by outcome: the finding counts them.
    people.injured = Figure::Known(5);
    lodge_it(folder.path(), &place, &report).await;
    let (public, full) = (seen(&place, Edition::Public).await, seen(&place, Edition::Full).await);
    let of_people = |view: &ReportView| {
        let findings = view.findings.iter().filter(|finding| finding.place.starts_with("sections.victims"));
        findings.map(|finding| finding.says.clone()).collect::<Vec<_>>()
    };
    assert_eq!(of_people(&full), ["Killed, injured and unknown add up to 7, the total says 8."]);
    assert_eq!(of_people(&public), ["The casualty figures do not add up; they are not shown here."]);
    assert_eq!((full.report.drawn_from.len(), public.report.drawn_from.len()), (3, 2));
    assert_eq!(public.withheld.files_not_named, 1);
    let casualties = full.report.drawn_from.iter().find(|file| file.records == "victim").unwrap();
    let told = all_of(&public);
    for secret in [&casualties.file, &casualties.sha256] {
        assert!(!told.contains(secret.as_str()), "{secret} is told");
    }
}

#[tokio::test]
async fn where_nothing_is_hidden_the_file_is_the_one_that_was_lodged() {
    let (folder, place, mut report) = room().await;
    report.drawn_from.retain(|file| file.records != "victim");
    let known = Figure::Known;
    report.sections.victims = Answer::Given(Casualties {
        total: known(60),
        killed: known(20),
        injured: known(40),
        outcome_unknown: known(0),
        ..Casualties::default()
    });
    let lodged = lodge_it(folder.path(), &place, &report).await;
    let view = seen(&place, Edition::Public).await;
    assert!(view.withheld.nothing());
    assert_eq!((view.file, view.report_sha256), (lodged.report, Some(lodged.report_sha256)));
}

#[tokio::test]
async fn a_later_version_does_not_tell_what_the_first_one_hid() {
    let (folder, place, mut report) = room().await;
    lodge_it(folder.path(), &place, &report).await;
    let first = seen(&place, Edition::Public).await.report.sections.victims.given().unwrap().clone();
    // Nine more were killed, so their number is no small one any more; all else is as it was.
    report.version = 2;
    let Answer::Given(people) = &mut report.sections.victims else { panic!("no casualties") };
    (people.total, people.killed) = (Figure::Known(17), Figure::Known(11));
    (people.men, people.civilians) = (Figure::Known(11), Figure::Known(16));
    lodge_it(folder.path(), &place, &report).await;
    let second = seen(&place, Edition::Public).await.report.sections.victims.given().unwrap().clone();
    for figure in [CasualtyFigure::Women, CasualtyFigure::Girls, CasualtyFigure::Boys, CasualtyFigure::Deminers] {
        assert_eq!([figure.of(&first), figure.of(&second)], [Figure::Hidden; 2], "{figure:?}");
    }
    // What both versions show together leaves each of them open: some figure of every breakdown is missing beside it.
    let hidden =
        |people: &Casualties| CasualtyFigure::ALL.into_iter().filter(|f| f.of(people) == Figure::Hidden).count();
    assert!(hidden(&first) > 6 && hidden(&second) > 5, "{first:?} {second:?}");
}
