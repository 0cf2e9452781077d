//! Districts with their boundaries, and whether a record lies in the one it names.

use crate::checks::measure::metres_from;
use crate::checks::{Checked, about};
use crate::columns::Plan;
use crate::finding::FindingKind;
use crate::log::Log;
use crate::normal::normal;
use crate::record::{Code, District};
use crate::vocabulary::Field;
use std::collections::HashMap;

/// A place this near to the boundary of the district it names counts as inside, in metres: boundaries are simplified.
const NEAR_M: f64 = 500.0;
const BANDS: usize = 64;

/// Districts, to hold records against: see [`Options::districts`](crate::Options::districts).
#[derive(Debug, Clone)]
pub struct Districts {
    list: Vec<Boundary>,
    by_name: HashMap<String, Vec<usize>>,
    by_code: HashMap<String, Vec<usize>>,
}

type Edge = ([f64; 2], [f64; 2]);

#[derive(Debug, Clone)]
struct Boundary {
    name: String,
    low: [f64; 2],
    high: [f64; 2],
    /// The edges that pass through each band of latitude.
    bands: Vec<Vec<Edge>>,
}

impl Districts {
    /// Makes them ready. Names and codes may come twice: a record that names one of two lies right in either.
    #[must_use]
    pub fn new(districts: &[District]) -> Self {
        let mut made = Self { list: Vec::new(), by_name: HashMap::new(), by_code: HashMap::new() };
        for district in districts {
            let at = made.list.len();
            let code = district.code.as_ref().map(Code::best);
            if let Some(name) = &district.name {
                made.by_name.entry(normal(name)).or_default().push(at);
            }
            if let Some(code) = code {
                made.by_code.entry(normal(code)).or_default().push(at);
            }
            let name = district.name.as_deref().or(code).unwrap_or("a district without a name");
            made.list.push(Boundary::new(name, district));
        }
        made
    }

    /// The names of the districts that hold a place, `[lon, lat]`.
    pub fn at(&self, place: [f64; 2]) -> impl Iterator<Item = &str> {
        self.list.iter().filter(move |district| district.holds(place)).map(|district| district.name.as_str())
    }

    fn called(&self, name: Option<&str>, code: Option<&Code>) -> Option<&[usize]> {
        let by_code = code.and_then(|code| self.by_code.get(&normal(code.best())));
        by_code.or_else(|| self.by_name.get(&normal(name?))).map(Vec::as_slice)
    }

    pub(crate) fn check(&self, record: &Checked<'_>, plan: &Plan, log: &mut Log) {
        let Some(place) = record.place() else { return };
        let [first, second] = record.admin;
        let fields = [Field::Admin2, Field::Admin1];
        let named = [second, first].into_iter().zip(fields).filter(|((name, _), _)| name.is_some());
        let mut unknown = None;
        for ((name, code), field) in named {
            let used = plan.uses.get(&field);
            let stated = crate::finding::shorten(name.unwrap_or_default());
            let Some(called) = self.called(name, code) else {
                unknown = unknown.or(Some((stated, used)));
                continue;
            };
            let mut called = called.iter().filter_map(|at| self.list.get(*at));
            if !called.any(|district| district.holds(place) || district.is_near(place)) {
                let found = self.at(place).next().unwrap_or("none of the districts given").to_owned();
                let kind = FindingKind::OutsideDistrict { stated, found };
                log.add(about(record, used, kind).place(place));
            }
            return;
        }
        if let Some((stated, used)) = unknown {
            log.add(about(record, used, FindingKind::DistrictNotKnown { stated }));
        }
    }
}

impl Boundary {
    fn new(name: &str, district: &District) -> Self {
        let rings = || district.shape.polygons.iter().flatten();
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for corner in rings().flatten() {
            for axis in 0..2 {
                low[axis] = low[axis].min(corner[axis]);
                high[axis] = high[axis].max(corner[axis]);
            }
        }
        let mut made = Self { name: name.to_owned(), low, high, bands: vec![Vec::new(); BANDS] };
        for pair in rings().flat_map(|ring| ring.windows(2)) {
            let (from, to) = (made.band(pair[0][1].min(pair[1][1])), made.band(pair[0][1].max(pair[1][1])));
            for band in made.bands.iter_mut().take(to + 1).skip(from) {
                band.push((pair[0], pair[1]));
            }
        }
        made
    }

    fn band(&self, lat: f64) -> usize {
        let share = (lat - self.low[1]) / (self.high[1] - self.low[1]).max(f64::MIN_POSITIVE);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 64
        let band = (share.clamp(0.0, 1.0) * BANDS as f64) as usize;
        band.min(BANDS - 1)
    }

    fn holds(&self, [x, y]: [f64; 2]) -> bool {
        if !(self.low[0]..=self.high[0]).contains(&x) || !(self.low[1]..=self.high[1]).contains(&y) {
            return false;
        }
        let crossed = self
            .bands
            .get(self.band(y))
            .into_iter()
            .flatten()
            .filter(|(a, b)| (a[1] > y) != (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]);
        crossed.count() % 2 == 1
    }

    fn is_near(&self, place: [f64; 2]) -> bool {
        // A degree of latitude is 110.6 km or more.
        let reach = NEAR_M / 110_000.0;
        let bands = self.band(place[1] - reach)..=self.band(place[1] + reach);
        let edges = self.bands.get(bands).unwrap_or_default().iter().flatten();
        edges.into_iter().any(|(a, b)| to_edge(metres_from(place, *a), metres_from(place, *b)) <= NEAR_M)
    }
}

/// Metres from the origin to an edge.
fn to_edge(a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let along = -(a[0] * dx + a[1] * dy) / (dx * dx + dy * dy).max(f64::MIN_POSITIVE);
    let along = along.clamp(0.0, 1.0);
    (a[0] + along * dx).hypot(a[1] + along * dy)
}
