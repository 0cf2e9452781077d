//! The places that have rows: districts as given, then names known only from records, then the part outside.

use std::collections::{BTreeMap, BTreeSet};

use crate::bulk::{Batch, Records};

/// Names and numbers of places.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    pub(crate) names: Vec<Option<String>>,
    pub(crate) unknown: Vec<String>,
    by_name: BTreeMap<String, usize>,
    by_district: Vec<usize>,
}

impl Places {
    pub(crate) fn new(records: &Records) -> Self {
        let mut stated: BTreeSet<&str> = BTreeSet::new();
        stated.extend(records.hazards.batches.iter().flat_map(Batch::name_list).map(String::as_str));
        stated.extend(records.releases.batches.iter().flat_map(Batch::name_list).map(String::as_str));
        stated.extend(records.corrections.iter().filter_map(|c| stated_name(c.district.as_deref())));
        let mut places = Self::default();
        for district in &records.districts {
            let place = places.enter(&district.name);
            places.by_district.push(place);
        }
        for name in stated {
            if !places.by_name.contains_key(name) {
                places.unknown.push(name.to_owned());
                places.enter(name);
            }
        }
        places.names.push(None);
        places
    }

    fn enter(&mut self, name: &str) -> usize {
        let names = &mut self.names;
        *self.by_name.entry(name.to_owned()).or_insert_with(|| {
            names.push(Some(name.to_owned()));
            names.len() - 1
        })
    }

    pub(crate) fn outside(&self) -> usize {
        self.names.len() - 1
    }

    pub(crate) fn of_district(&self, district: Option<u32>) -> usize {
        district.map_or(self.outside(), |index| self.by_district[index as usize])
    }

    pub(crate) fn named(&self, name: Option<&str>) -> usize {
        stated_name(name).and_then(|name| self.by_name.get(name)).copied().unwrap_or(self.outside())
    }
}

/// A blank name states nothing.
fn stated_name(name: Option<&str>) -> Option<&str> {
    name.filter(|name| !name.trim().is_empty())
}
