//! Shared by the tests: a small file written, read and looked into.
#![allow(dead_code, clippy::unwrap_used)] // each test program uses its own part; a test may stop where it fails

use intake::{Finding, Intake, IntakeError, Options, Records, Victim};

pub(crate) fn options() -> Options<'static> {
    Options::new(jiff::civil::date(2026, 7, 1))
}

pub(crate) fn read(name: &str, bytes: &[u8], options: &Options<'_>) -> Result<Intake, IntakeError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let intake = intake::read(&path, options)?;
    assert_eq!(intake.rows_read, (intake.taken.len() + intake.set_aside.len()) as u64);
    Ok(intake)
}

pub(crate) fn intake(name: &str, bytes: &[u8], options: &Options<'_>) -> Intake {
    read(name, bytes, options).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn failure(name: &str, bytes: &[u8]) -> String {
    match read(name, bytes, &options()) {
        Ok(intake) => panic!("{name} was read as {:?}", intake.kind),
        Err(error) => error.to_string(),
    }
}

pub(crate) fn victims(intake: &Intake) -> &[Victim] {
    let Records::Victims(victims) = &intake.taken else { panic!("{:?}", intake.kind) };
    victims
}

pub(crate) fn keys(intake: &Intake) -> Vec<&'static str> {
    intake.findings.iter().map(|finding| finding.kind.key()).collect()
}

/// How many rows the findings of a kind stand for.
pub(crate) fn count(intake: &Intake, key: &str) -> u64 {
    intake.findings.iter().filter(|finding| finding.kind.key() == key).map(|finding| finding.count).sum()
}

pub(crate) fn finding<'a>(intake: &'a Intake, key: &str) -> &'a Finding {
    intake
        .findings
        .iter()
        .find(|finding| finding.kind.key() == key)
        .unwrap_or_else(|| panic!("no {key} in {:?}", keys(intake)))
}
