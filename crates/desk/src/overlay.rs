//! What field files show only when they are laid over one another: hazards that overlap, ground released that no hazard
//! covers, or before it was found. Each is noticed in the row it is about.

use std::collections::BTreeMap;

use intake::{FindingKind, HazardousArea, Intake, LandRelease, Records};
use land::{Batch, Entry, HazardKind, RecordId, ReleaseKind, Tolerances, What, record_findings};

use crate::ground::hazard_kind;

/// Where a record came from: the file's place in the list, the row, and what people call it.
#[derive(Clone, Debug)]
struct Origin {
    file: usize,
    row: u64,
    name: String,
}

/// Of one kind in one file so many are listed, the largest first; the last one listed also counts the rest.
const LISTED: usize = 20;

/// Adds what the files show together to the findings of each.
pub fn notice(files: &mut [Intake]) {
    let mut laid = Laid::default();
    for (at, file) in files.iter().enumerate() {
        match &file.taken {
            Records::HazardousAreas(areas) => areas.iter().for_each(|area| laid.hazard(at, area)),
            Records::LandReleases(rows) => rows.iter().for_each(|row| laid.release(at, row)),
            _ => {}
        }
    }
    let mut found: BTreeMap<(usize, &'static str), Vec<Seen>> = BTreeMap::new();
    for seen in laid.found() {
        found.entry((seen.origin.file, seen.kind.key())).or_default().push(seen);
    }
    for ((file, _), mut list) in found {
        // The largest first; of the same size in the order of the rows.
        list.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2).then(a.origin.row.cmp(&b.origin.row)));
        let rest = list.len().saturating_sub(LISTED) as u64;
        let listed = list.len().min(LISTED);
        for (at, seen) in list.into_iter().take(LISTED).enumerate() {
            let count = if at + 1 == listed { 1 + rest } else { 1 };
            if let Some(file) = files.get_mut(file) {
                file.notice(seen.kind, seen.origin.row, seen.place, count);
            }
        }
    }
}

/// What was seen, in which record, how large and where.
struct Seen {
    origin: Origin,
    kind: FindingKind,
    area_m2: f64,
    place: [f64; 2],
}

/// Records with an outline, as `land` takes them, and where each came from.
#[derive(Default)]
struct Laid {
    hazards: Batch<HazardKind>,
    hazards_from: Vec<Origin>,
    releases: Batch<ReleaseKind>,
    releases_from: Vec<Origin>,
}

impl Laid {
    fn hazard(&mut self, file: usize, area: &HazardousArea) {
        let Some((year, shape)) = area.year.zip(area.shape.as_ref()) else { return };
        draw(&mut self.hazards, shape);
        let entry = Entry { year, kind: hazard_kind(area.kind), stated_area_m2: None, district: None };
        // A vertex that is no place on Earth was noticed when the file was read.
        if self.hazards.push(entry).is_ok() {
            let name = area.id.clone().or_else(|| area.name.clone()).unwrap_or_default();
            self.hazards_from.push(Origin { file, row: area.row, name });
        }
    }

    fn release(&mut self, file: usize, row: &LandRelease) {
        let Some((year, shape)) = row.year.zip(row.shape.as_ref()) else { return };
        draw(&mut self.releases, shape);
        // Which of the three it was changes nothing in what is looked for here.
        let entry = Entry { year, kind: ReleaseKind::Cleared, stated_area_m2: None, district: None };
        if self.releases.push(entry).is_ok() {
            let name = row.area_id.clone().unwrap_or_default();
            self.releases_from.push(Origin { file, row: row.row, name });
        }
    }

    /// What is worth a look.
    fn found(self) -> Vec<Seen> {
        let Self { hazards, hazards_from, releases, releases_from } = self;
        let mut records = land::Records::default();
        records.hazards.join(hazards);
        records.releases.join(releases);
        let with_hazards = !hazards_from.is_empty();
        let origin = |record: RecordId| match record {
            RecordId::Hazard(at) => hazards_from.get(at),
            RecordId::Release(at) => releases_from.get(at),
        };
        let mut found = Vec::new();
        for finding in record_findings(&records, &Tolerances::default()) {
            let (about, kind, area_m2) = match finding.what {
                What::Overlap { hazards: [first, second], area_m2 } => {
                    let Some(other) = origin(RecordId::Hazard(first)) else { continue };
                    let kind = FindingKind::OverlapsArea { other: said(other), m2: area_m2.round() };
                    (RecordId::Hazard(second), kind, area_m2)
                }
                What::ReleasedOutsideHazard { release, area_m2 } if with_hazards => {
                    let kind = FindingKind::ReleasedOutsideHazard { m2: area_m2.round() };
                    (RecordId::Release(release), kind, area_m2)
                }
                What::ReleasedBeforeFound { release, area_m2 } => {
                    let kind = FindingKind::ReleasedBeforeItWasFound { m2: area_m2.round() };
                    (RecordId::Release(release), kind, area_m2)
                }
                // Identical outlines within a file, and stated areas, are noticed when it is read.
                What::Identical { records: [first, second], area_m2 } => {
                    let (Some(one), Some(other)) = (origin(first), origin(second)) else { continue };
                    if one.file == other.file {
                        continue;
                    }
                    (second, FindingKind::OverlapsArea { other: said(one), m2: area_m2.round() }, area_m2)
                }
                _ => continue,
            };
            if let Some(origin) = origin(about) {
                found.push(Seen { origin: origin.clone(), kind, area_m2, place: [finding.lon, finding.lat] });
            }
        }
        found
    }
}

fn said(origin: &Origin) -> String {
    if origin.name.is_empty() { format!("row {}", origin.row) } else { origin.name.clone() }
}

fn draw<K: Copy>(batch: &mut Batch<K>, shape: &intake::Shape) {
    batch.forget_outline();
    for ring in shape.polygons.iter().flatten() {
        batch.begin_ring();
        for [lon, lat] in ring {
            batch.vertex(*lon, *lat);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use intake::Options;
    use jiff::civil::date;

    fn read(folder: &std::path::Path, name: &str, text: &str) -> Intake {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        intake::read(&path, &Options::new(date(2026, 1, 1))).unwrap()
    }

    #[test]
    fn what_only_shows_when_files_are_laid_over_one_another_is_noticed_in_its_row() {
        let folder = tempfile::tempdir().unwrap();
        let square = |west: f64| {
            let east = west + 0.01;
            format!("\"POLYGON(({west} 40,{east} 40,{east} 40.01,{west} 40.01,{west} 40))\"")
        };
        let hazards = format!(
            "hazard id,hazard type,year found,wkt\nA,SHA,2020,{}\nB,CHA,2021,{}\n",
            square(20.0),
            square(20.005)
        );
        let releases = format!(
            "release id,year,release type,cleared m2,wkt\nR1,2019,cleared,900000,{}\nR2,2022,cleared,900000,{}\n",
            square(20.0),
            square(21.0)
        );
        let mut files = [read(folder.path(), "h.csv", &hazards), read(folder.path(), "r.csv", &releases)];
        notice(&mut files);
        let of = |file: &Intake, key: &str| {
            let found = file.findings.iter().find(|finding| finding.kind.key() == key);
            found.map(|finding| (finding.row, finding.kind.to_string(), finding.place.is_some()))
        };
        let (row, says, placed) = of(&files[0], "overlaps-area").unwrap();
        assert_eq!((row, placed), (Some(3), true));
        assert!(says.contains('A'), "{says}");
        assert_eq!(of(&files[1], "released-before-it-was-found").unwrap().0, Some(2));
        assert_eq!(of(&files[1], "released-outside-hazard").unwrap().0, Some(3));
    }
}
