//! Which systems coordinates in metres are most likely in, by where they would fall.

use super::{Crs, registry};
use crate::BoundingBox;
use crate::Position;

/// Farther from its own meridian than this, a grid is hardly used.
const REACH_DEGREES: f64 = 7.0;

/// Systems in which most of these coordinates fall into the box, best first, each with the place of the first of them.
///
/// Without a box nothing narrows the choice down, so only what holds for all zones of UTM can be said.
pub(crate) fn likely(sample: &[[f64; 2]], country: Option<BoundingBox>) -> Vec<(u32, String, [f64; 2])> {
    let Some(country) = country else { return Vec::new() };
    let mut found: Vec<(f64, u32, String, [f64; 2])> = Vec::new();
    for entry in registry::all() {
        if entry.proj4.contains("+proj=longlat")
            || entry.proj4.contains("+proj=geocent")
            || !may_reach(entry.proj4, country)
        {
            continue;
        }
        let name = registry::name_of(*entry);
        if name.contains("deprecated") {
            continue;
        }
        let Ok(crs) = Crs::from_epsg(u32::from(entry.code)) else { continue };
        let places: Vec<[f64; 2]> = sample.iter().filter_map(|at| crs.to_wgs84(*at)).collect();
        let inside = places.iter().filter(|[lon, lat]| country.contains(Position { lon: *lon, lat: *lat })).count();
        let Some(first) = places.first() else { continue };
        if inside * 10 < sample.len() * 8 {
            continue;
        }
        let off = meridian(entry.proj4).map_or(REACH_DEGREES, |lon_0| (first[0] - lon_0).abs());
        if off <= REACH_DEGREES {
            found.push((off + preference(name), u32::from(entry.code), name.to_owned(), *first));
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Systems that put the points on the same spot, to a hundred metres, are one answer.
    let mut distinct: Vec<(u32, String, [f64; 2])> = Vec::new();
    for (_, code, name, at) in found {
        let same = |(_, _, other): &(u32, String, [f64; 2])| {
            (other[0] - at[0]).abs() < 1e-3 && (other[1] - at[1]).abs() < 1e-3
        };
        if !distinct.iter().any(same) {
            distinct.push((code, name, at));
        }
        if distinct.len() == 5 {
            break;
        }
    }
    distinct
}

/// A system that is in use everywhere comes before one that happens to fit: the registry at hand does not say for
/// which country a grid is meant.
fn preference(name: &str) -> f64 {
    if name.starts_with("WGS 84 / UTM") {
        -200.0
    } else if name.contains(" / UTM") {
        3.0
    } else {
        0.0
    }
}

fn may_reach(proj4: &str, country: BoundingBox) -> bool {
    let Some(lon_0) = meridian(proj4) else { return false };
    if country.west > country.east {
        return lon_0 >= country.west - REACH_DEGREES || lon_0 <= country.east + REACH_DEGREES;
    }
    (country.west - REACH_DEGREES..=country.east + REACH_DEGREES).contains(&lon_0)
}

/// The central meridian, degrees east of Greenwich.
fn meridian(proj4: &str) -> Option<f64> {
    let value = |name: &str| {
        proj4.split_whitespace().find_map(|part| part.strip_prefix(name)).and_then(|text| text.parse::<f64>().ok())
    };
    value("+zone=").map(|zone| zone * 6.0 - 183.0).or_else(|| value("+lon_0="))
}
