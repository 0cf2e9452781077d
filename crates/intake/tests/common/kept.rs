//! What a record of areas tells, kept: the form in which both roads are compared.

use intake::{AreaKind, AreaRecord, AreaSink, Records, ReleaseKind, Told};
use jiff::civil::Date;

/// What a record tells, kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub(crate) row: u64,
    pub(crate) id: Option<String>,
    pub(crate) when: (Option<i16>, Option<i8>, Option<Date>),
    pub(crate) named: [Option<String>; 4],
    pub(crate) told: KeptTold,
    pub(crate) rings: Vec<Vec<[f64; 2]>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum KeptTold {
    Hazard(AreaKind, Option<f64>),
    Release(Option<ReleaseKind>, [Option<f64>; 3]),
    District(Option<String>, Option<String>),
}

#[derive(Debug, Default)]
pub(crate) struct Keeper(pub(crate) Vec<Kept>);

impl AreaSink for Keeper {
    fn take(&mut self, record: &AreaRecord<'_>) {
        let own = |text: Option<&str>| text.map(str::to_owned);
        self.0.push(Kept {
            row: record.row,
            id: own(record.id),
            when: (record.year, record.month, record.date),
            named: [record.admin1, record.admin2, record.admin1_code, record.admin2_code].map(own),
            told: match record.told {
                Told::Hazard { kind, stated_area_m2 } => KeptTold::Hazard(kind, stated_area_m2),
                Told::Release { kind, cancelled_m2, reduced_m2, cleared_m2 } => {
                    KeptTold::Release(kind, [cancelled_m2, reduced_m2, cleared_m2])
                }
                Told::District { name, code } => KeptTold::District(own(name), own(code)),
            },
            rings: record.outline.iter().flat_map(intake::Outline::rings).map(<[_]>::to_vec).collect(),
        });
    }
}

/// The records of the general reader in the same form: rings without the corner that repeats the first.
pub(crate) fn general(records: &Records) -> Vec<Kept> {
    let rings = |shape: Option<&intake::Shape>| {
        let rings = shape.into_iter().flat_map(|shape| shape.polygons.iter().flatten());
        rings.map(|ring| ring[..ring.len() - 1].to_vec()).collect()
    };
    let code = |code: &Option<intake::Code>| code.as_ref().map(|code| code.best().to_owned());
    match records {
        Records::HazardousAreas(list) => list
            .iter()
            .map(|area| Kept {
                row: area.row,
                id: area.id.clone(),
                when: (area.year, area.month, area.date),
                named: [area.admin1.clone(), area.admin2.clone(), code(&area.admin1_code), code(&area.admin2_code)],
                told: KeptTold::Hazard(area.kind, area.stated_area_m2),
                rings: rings(area.shape.as_ref()),
            })
            .collect(),
        Records::LandReleases(list) => list
            .iter()
            .map(|release| Kept {
                row: release.row,
                id: release.area_id.clone(),
                when: (release.year, release.month, release.date),
                named: [
                    release.admin1.clone(),
                    release.admin2.clone(),
                    code(&release.admin1_code),
                    code(&release.admin2_code),
                ],
                told: KeptTold::Release(release.kind, [release.cancelled_m2, release.reduced_m2, release.cleared_m2]),
                rings: rings(release.shape.as_ref()),
            })
            .collect(),
        Records::Districts(list) => list
            .iter()
            .map(|district| Kept {
                row: district.row,
                id: None,
                when: (None, None, None),
                named: [None, None, None, None],
                told: KeptTold::District(district.name.clone(), code(&district.code)),
                rings: rings(Some(&district.shape)),
            })
            .collect(),
        other => panic!("{other:?}"),
    }
}
