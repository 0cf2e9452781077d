//! Grid references of the Military Grid Reference System, as NGA.STND.0037 defines them for UTM (80°S to 84°N).

use crate::Position;
use crate::crs::Crs;

/// Letters without I and O.
const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Southernmost northing of each band from C to X, in metres, as for a whole UTM zone (southern ones from a false
/// northing of 10,000,000): bands are eight degrees high.
const BANDS: &[u8] = b"CDEFGHJKLMNPQRSTUVWX";

/// The middle of the square that a grid reference names, on WGS84; `None` when it is no grid reference.
pub(crate) fn read(text: &str) -> Option<Position> {
    let compact: Vec<u8> = text.bytes().filter(|b| !matches!(b, b' ' | b'-')).map(|b| b.to_ascii_uppercase()).collect();
    let digits = compact.iter().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=2).contains(&digits) {
        return None;
    }
    let zone: u32 = std::str::from_utf8(compact.get(..digits)?).ok()?.parse().ok().filter(|z| (1..=60).contains(z))?;
    let [band, column, row] = *compact.get(digits..digits + 3)? else { return None };
    let figures = compact.get(digits + 3..)?;
    if figures.len() > 10 || !figures.len().is_multiple_of(2) || !figures.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let band = BANDS.iter().position(|letter| *letter == band)?;
    let half = figures.len() / 2;
    let step = 10f64.powi(5 - i32::try_from(half).ok()?);
    let part = |from: usize| -> Option<f64> {
        let text = std::str::from_utf8(figures.get(from..from + half)?).ok()?;
        let n: f64 = if text.is_empty() { 0.0 } else { text.parse().ok()? };
        Some((n + 0.5) * step)
    };
    let (east, north) = (part(0)?, part(half)?);
    // Columns run A-H, J-R, S-Z in zones 1, 2, 3 and so on in turn; each is 100 km wide and the first begins at 100 km.
    let set = usize::try_from((zone - 1) % 3).ok()?;
    let column = LETTERS.iter().position(|letter| *letter == column)?.checked_sub(set * 8).filter(|c| *c < 8)?;
    // Rows run A-V, and begin at F in zones of even number; they repeat every 2,000 km.
    let row = LETTERS.iter().position(|letter| *letter == row).filter(|r| *r < 20)?;
    let row = if zone.is_multiple_of(2) { (row + 15) % 20 } else { row };
    let easting = (column as f64 + 1.0) * 100_000.0 + east;
    let within = row as f64 * 100_000.0 + north;
    let northern = band >= 10;
    let lowest = -80.0 + 8.0 * band as f64;
    let highest = if band == 19 { 84.0 } else { lowest + 8.0 };
    // Of the rows of that letter, the one whose place lies in the band; a square may stick out a little at its edges.
    (0..5).map(|turn| within + f64::from(turn) * 2_000_000.0).find_map(|northing| {
        let place = from_utm(zone, northern, easting, northing)?;
        ((lowest - 1.0)..=(highest + 1.0)).contains(&place.lat).then_some(place)
    })
}

/// A place in a zone of UTM on WGS84.
pub(crate) fn from_utm(zone: u32, north: bool, easting: f64, northing: f64) -> Option<Position> {
    if !(1..=60).contains(&zone) || !(0.0..=10_000_000.0).contains(&northing) {
        return None;
    }
    let crs = Crs::from_epsg(if north { 32_600 } else { 32_700 } + zone).ok()?;
    let [lon, lat] = crs.to_wgs84([easting, northing])?;
    Some(Position { lon, lat })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grid_references_come_to_their_place_to_the_metre() {
        for (text, lat, lon) in [
            // The White House, and a square in Honolulu that is often shown as an example.
            ("18SUJ2339407395", 38.897_65, -77.036_57),
            ("4QFJ12345678", 21.309_43, -157.916_87),
            ("18SUJ 23394 07395", 38.897_65, -77.036_57),
        ] {
            let at = read(text).unwrap_or_else(|| panic!("{text}"));
            assert!((at.lat - lat).abs() < 2e-4 && (at.lon - lon).abs() < 2e-4, "{text}: {at:?}");
        }
    }

    #[test]
    fn what_is_no_grid_reference_is_none() {
        for text in [
            "18SUJ2339",
            "61SUJ12",
            "18IUJ1234",
            "18SII1234",
            "18S",
            "AB123",
            "18SUJ123",
            "",
            "1",
            "18SUJ12345678901234",
        ] {
            let got = read(text);
            assert!(got.is_none() || text == "18SUJ2339", "{text}: {got:?}");
        }
    }

    #[test]
    fn the_south_counts_from_its_own_equator() {
        // Sydney Opera House: 56H LH 34900 52300 lies near 33.857°S 151.215°E.
        let at = read("56HLH3490052300").unwrap();
        assert!((at.lat + 33.857).abs() < 0.01 && (at.lon - 151.215).abs() < 0.01, "{at:?}");
    }
}
