//! The EPSG registry, as the crate `crs-definitions` carries it: a proj string and a well-known text for each code.

use super::text::System;
use crs_definitions::Def;
use std::sync::OnceLock;

/// The registry's entry of that code.
pub(super) fn entry(code: u32) -> Option<Def> {
    u16::try_from(code).ok().and_then(crs_definitions::from_code).filter(|entry| !entry.proj4.is_empty())
}

/// All entries, by code.
pub(super) fn all() -> &'static [Def] {
    static ALL: OnceLock<Vec<Def>> = OnceLock::new();
    ALL.get_or_init(|| {
        (1024..=u16::MAX).filter_map(crs_definitions::from_code).filter(|entry| !entry.proj4.is_empty()).collect()
    })
}

/// All entries whose well-known text can be read, with what it says. Reading them takes some 30 ms, which a file of many layers
/// would pay for each.
fn systems() -> &'static [(Def, System)] {
    static SYSTEMS: OnceLock<Vec<(Def, System)>> = OnceLock::new();
    SYSTEMS.get_or_init(|| all().iter().filter_map(|entry| Some((*entry, System::read(entry.wkt)?))).collect())
}

/// The name of an entry: the first text in quotes.
pub(super) fn name_of(entry: Def) -> &'static str {
    entry.wkt.split('"').nth(1).unwrap_or("a system without a name")
}

/// Whether the proj string moves the datum by more than nothing.
pub(super) fn is_shifted(proj4: &str) -> bool {
    let zero = |list: &str| list.split(',').all(|n| n.trim().parse::<f64>().is_ok_and(|n| n == 0.0));
    proj4.split_whitespace().any(|part| match part.split_once('=') {
        Some(("+towgs84", list)) => !zero(list),
        Some(("+datum", name)) => !matches!(name, "WGS84" | "NAD83"),
        Some(("+nadgrids", grid)) => !grid.contains("null"),
        _ => false,
    })
}

/// The proj string without its datum: only the ellipsoid is left.
pub(super) fn without_shift(proj4: &str) -> String {
    let keep = |part: &&str| !part.starts_with("+towgs84") && !part.starts_with("+nadgrids");
    let parts = proj4.split_whitespace().filter(keep).map(|part| match part.strip_prefix("+datum=") {
        Some(datum) => format!("+ellps={}", ellipsoid_of(datum)),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// The ellipsoid of a datum that has a name of its own in proj strings.
fn ellipsoid_of(datum: &str) -> &str {
    match datum {
        "GGRS87" | "NAD83" => "GRS80",
        "NAD27" => "clrk66",
        "potsdam" | "hermannskogel" => "bessel",
        "carthage" => "clrk80ign",
        "ire65" => "mod_airy",
        "nzgd49" => "intl",
        "OSGB36" => "airy",
        _ => "WGS84",
    }
}

/// The entry that says the same as a well-known text without a code: the same projection on the same ellipsoid and,
/// where several are, the datum of that name. `None` when none is, or when several differ in their datum.
pub(super) fn same_as(wanted: &System) -> Option<Def> {
    let found: Vec<&(Def, System)> = systems()
        .iter()
        .filter(|(entry, _)| entry.wkt.contains(if wanted.method.is_some() { "PROJCS[" } else { "GEOGCS[" }))
        .filter(|(_, system)| system.same_projection(wanted))
        .collect();
    let named = |(entry, system): &&(Def, System)| -> Option<Def> { system.same_datum(wanted).then_some(*entry) };
    let by_name: Vec<Def> = found.iter().filter_map(named).collect();
    let pool: Vec<Def> = if by_name.is_empty() { found.iter().map(|(entry, _)| *entry).collect() } else { by_name };
    let first = pool.first()?;
    let agree = pool.iter().all(|entry| datum_part(entry.proj4) == datum_part(first.proj4));
    // One that is not withdrawn comes before one that is.
    agree.then(|| *pool.iter().find(|entry| !name_of(**entry).contains("deprecated")).unwrap_or(first))
}

/// The entry whose datum has that name, for its shift.
pub(super) fn datum_named(wanted: &System) -> Option<Def> {
    let mut found = systems().iter().filter(|(entry, _)| entry.wkt.starts_with("GEOGCS["));
    found.find(|(_, system)| system.same_datum(wanted)).map(|(entry, _)| *entry)
}

/// What of a proj string tells the datum.
pub(super) fn datum_part(proj4: &str) -> Vec<&str> {
    let datum = ["+towgs84", "+datum", "+nadgrids"];
    proj4.split_whitespace().filter(|part| datum.iter().any(|start| part.starts_with(start))).collect()
}
