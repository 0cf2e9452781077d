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
    /// Places below this are districts that were given.
    given: usize,
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
        places.given = places.names.len();
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

    /// Gives a name that no place bears a place of its own, the last before the part outside. Returns whether it did.
    pub(crate) fn admit(&mut self, name: Option<&str>) -> bool {
        let Some(name) = stated_name(name).filter(|name| !self.by_name.contains_key(*name)) else { return false };
        self.names.pop();
        self.enter(name);
        self.names.push(None);
        self.unknown.push(name.to_owned());
        self.unknown.sort_unstable();
        true
    }

    pub(crate) fn outside(&self) -> usize {
        self.names.len() - 1
    }

    pub(crate) fn of_district(&self, district: Option<u32>) -> usize {
        district.map_or(self.outside(), |index| self.by_district[index as usize])
    }

    /// The place of a district that was given, by its name.
    pub(crate) fn given(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied().filter(|&place| place < self.given)
    }

    pub(crate) fn named(&self, name: Option<&str>) -> usize {
        stated_name(name).and_then(|name| self.by_name.get(name)).copied().unwrap_or(self.outside())
    }
}

/// A blank name states nothing.
fn stated_name(name: Option<&str>) -> Option<&str> {
    name.filter(|name| !name.trim().is_empty())
}
