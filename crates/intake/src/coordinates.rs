//! Places written as text: degrees in many spellings, UTM, MGRS, pairs in one cell.

use crate::Position;
use crate::mgrs;
use crate::number::{self, Lean};
use crate::wkt;

/// Which way a coordinate runs, where its text says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Axis {
    NorthSouth,
    EastWest,
}

/// One coordinate as written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Angle {
    pub(crate) value: f64,
    axis: Option<Axis>,
    /// Whether its form says that it is degrees: a letter, a degree sign, minutes. A bare number may be metres.
    pub(crate) marked: bool,
}

/// A place in one cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Place {
    /// In degrees on WGS84, as its form says.
    Degrees(Position),
    /// Two bare numbers: degrees, or whatever the file's coordinate system has.
    Numbers(Position),
}

/// Letters and words for the four directions, upper case: English, Spanish, French, Portuguese, Russian, Ukrainian,
/// Serbian, Arabic. A lone O is *oeste*, *ouest*: no language of this list has it for the east.
const DIRECTIONS: [(&str, Axis, f64); 48] = {
    use Axis::{EastWest as E, NorthSouth as N};
    [
        ("N", N, 1.0),
        ("S", N, -1.0),
        ("E", E, 1.0),
        ("W", E, -1.0),
        ("O", E, -1.0),
        ("L", E, 1.0),
        ("NORTH", N, 1.0),
        ("SOUTH", N, -1.0),
        ("EAST", E, 1.0),
        ("WEST", E, -1.0),
        ("NORTE", N, 1.0),
        ("SUR", N, -1.0),
        ("ESTE", E, 1.0),
        ("OESTE", E, -1.0),
        ("SUL", N, -1.0),
        ("LESTE", E, 1.0),
        ("NORD", N, 1.0),
        ("SUD", N, -1.0),
        ("EST", E, 1.0),
        ("OUEST", E, -1.0),
        ("С", N, 1.0),
        ("Ю", N, -1.0),
        ("В", E, 1.0),
        ("З", E, -1.0),
        ("СШ", N, 1.0),
        ("ЮШ", N, -1.0),
        ("ВД", E, 1.0),
        ("ЗД", E, -1.0),
        ("ПНШ", N, 1.0),
        ("ПДШ", N, -1.0),
        ("СД", E, 1.0),
        ("ПН", N, 1.0),
        ("СХ", E, 1.0),
        ("І", E, 1.0),
        ("ش", N, 1.0),
        ("ج", N, -1.0),
        ("ق", E, 1.0),
        ("غ", E, -1.0),
        ("شمال", N, 1.0),
        ("جنوب", N, -1.0),
        ("شرق", E, 1.0),
        ("غرب", E, -1.0),
        ("شمالا", N, 1.0),
        ("جنوبا", N, -1.0),
        ("شرقا", E, 1.0),
        ("غربا", E, -1.0),
        ("LAT", N, 1.0),
        ("LON", E, 1.0),
    ]
};

/// Digits, signs and marks of other scripts as plain ones, upper case.
fn plain(text: &str) -> String {
    const ZEROS: [char; 7] = ['٠', '۰', '०', '၀', '០', '๐', '０'];
    let digit = |c: char| {
        let zero = ZEROS.iter().find(|zero| (u32::from(**zero)..u32::from(**zero) + 10).contains(&u32::from(c)))?;
        char::from_digit(u32::from(c) - u32::from(*zero), 10)
    };
    let mark = |c: char| match c {
        '−' | '–' | '—' | '‐' | '‑' => '-',
        '٫' => '.',
        '،' | '，' | '、' => ',',
        'º' | '˚' | '∘' => '°',
        '’' | '‘' | '′' | '´' | '`' | 'ʹ' => '\'',
        '”' | '“' | '″' | '¨' | 'ʺ' => '"',
        '\u{a0}' | '\u{202f}' | '\t' => ' ',
        c => c,
    };
    let visible = |c: &char| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    text.chars().filter(visible).map(|c| digit(c).unwrap_or_else(|| mark(c))).flat_map(char::to_uppercase).collect()
}

/// One coordinate: a number, or degrees, minutes and seconds with a letter or word for the direction.
pub(crate) fn angle(text: &str, style: Option<number::Style>) -> Option<Angle> {
    let text = text.trim();
    let own = style.unwrap_or_else(|| number::style([text].into_iter(), Lean::Decimal));
    if let Some(found) = number::parse(text, own)
        && (found.unit.is_empty() || found.unit == "°")
    {
        return Some(Angle { value: found.value, axis: None, marked: !found.unit.is_empty() });
    }
    sexagesimal(&plain(text))
}

/// Degrees alone, for a column of them.
pub(crate) fn degrees(text: &str, style: Option<number::Style>) -> Option<f64> {
    angle(text, style).map(|angle| angle.value)
}

fn sexagesimal(text: &str) -> Option<Angle> {
    let mut numbers: Vec<f64> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let (mut number, mut word, mut signs, mut degree_sign) = (String::new(), String::new(), 0, false);
    for c in text.chars().chain([' ']) {
        if c.is_ascii_digit() || (matches!(c, '.' | ',') && !number.is_empty()) {
            number.push(if c == ',' { '.' } else { c });
        } else if !number.is_empty() {
            numbers.push(number.trim_end_matches('.').parse().ok()?);
            number.clear();
        }
        // "с.ш." is one word.
        if c.is_alphabetic() {
            word.push(c);
        } else if c != '.' && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        match c {
            '-' if numbers.is_empty() && number.is_empty() => signs += 1,
            '+' | '°' | '\'' | '"' | ' ' | '.' | ',' | ':' => degree_sign |= c == '°',
            c if c.is_ascii_digit() || c.is_alphabetic() => {}
            _ => return None,
        }
    }
    // "4d 35m 56s": letters that stand for the signs.
    words.retain(|word| !matches!(word.as_str(), "D" | "M" | "DEG" | "MIN" | "SEC" | "LATITUDE" | "LONGITUDE"));
    let direction = match words.as_slice() {
        [] => None,
        [word] => Some(*DIRECTIONS.iter().find(|(name, _, _)| name == word)?),
        _ => return None,
    };
    let size = match numbers.as_slice() {
        [d] => *d,
        [d, m] if *m < 60.0 && d.fract() == 0.0 => d + m / 60.0,
        [d, m, s] if *m < 60.0 && *s < 60.0 && d.fract() == 0.0 && m.fract() == 0.0 => d + m / 60.0 + s / 3600.0,
        _ => return None,
    };
    let marked = direction.is_some() || degree_sign || numbers.len() > 1;
    let sign = if signs % 2 == 1 { -1.0 } else { 1.0 } * direction.map_or(1.0, |(_, _, sign)| sign);
    // A minus and a letter for the west say the same thing twice, not the opposite.
    let value = if signs > 0 && direction.is_some_and(|(_, _, sign)| sign < 0.0) { -size } else { size * sign };
    (marked && signs < 2).then_some(Angle { value, axis: direction.map(|(_, axis, _)| axis), marked })
}

/// The place in a cell: latitude and longitude in that order, or as their letters say; UTM; MGRS; a point as
/// well-known text (longitude first).
pub(crate) fn place(text: &str) -> Option<Place> {
    let text = text.trim();
    // Longer than any way of writing a place, and every split of it would be tried.
    if text.is_empty() || text.len() > 200 {
        return None;
    }
    if let Some(point) = wkt::parse(text).and_then(|geometry| geometry.point) {
        return Some(Place::Numbers(point));
    }
    let clean = plain(text);
    let clean = clean.trim_matches(['(', ')', '[', ']', '{', '}', ' ']);
    if let Some(position) = mgrs::read(clean).or_else(|| utm(clean)) {
        return Some(Place::Degrees(position));
    }
    pair(clean)
}

fn pair(text: &str) -> Option<Place> {
    let mut metres = None;
    for mark in [";", "|", "/", "\n", ", ", ",", " "] {
        for (at, _) in text.match_indices(mark) {
            let (a, b) = (text.get(..at)?.trim(), text.get(at + mark.len()..)?.trim());
            // A data collector's geopoint goes on with height and accuracy.
            let end = if mark == "," { b.find([',', ';']) } else { b.find([' ', ';']) };
            let cut = end.and_then(|end| b.get(..end)).filter(|cut| cut.bytes().all(|c| !c.is_ascii_alphabetic()));
            let rest = end.and_then(|end| b.get(end..)).unwrap_or("");
            let plain_rest = rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | ',' | ';'));
            let second = angle(b, None).or_else(|| cut.filter(|_| plain_rest).and_then(|cut| angle(cut, None)));
            let (Some(first), Some(second)) = (angle(a, None), second) else { continue };
            // Numbers with blanks between them are one place only if letters or their being bare say so.
            if mark == " " && first.marked != second.marked || (mark == " " && first.marked && first.axis.is_none()) {
                continue;
            }
            let Some(position) = in_order(first, second) else { continue };
            let marked = first.marked || second.marked;
            if position.lat.abs() <= 90.0 && position.lon.abs() <= 180.0 {
                return Some(if marked { Place::Degrees(position) } else { Place::Numbers(position) });
            }
            if !marked && metres.is_none() {
                metres = Some(Place::Numbers(position));
            }
        }
    }
    metres
}

/// Latitude first, unless the letters say otherwise.
fn in_order(first: Angle, second: Angle) -> Option<Position> {
    use Axis::{EastWest, NorthSouth};
    match (first.axis, second.axis) {
        (Some(EastWest), Some(NorthSouth) | None) | (None, Some(NorthSouth)) => {
            Some(Position { lon: first.value, lat: second.value })
        }
        (Some(NorthSouth) | None, Some(EastWest) | None) => Some(Position { lon: second.value, lat: first.value }),
        (Some(NorthSouth), Some(NorthSouth)) | (Some(EastWest), Some(EastWest)) => None,
    }
}

/// `18N 600000 400000`: zone, hemisphere or band, easting, northing, on WGS84.
fn utm(text: &str) -> Option<Position> {
    let text = text.trim_start_matches("UTM").trim_start_matches([' ', ':']).trim_start_matches("ZONE").trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let zone: u32 = text.get(..digits).filter(|_| (1..=2).contains(&digits))?.parse().ok()?;
    let rest = text.get(digits..)?.trim_start();
    let letter = rest.chars().next().filter(char::is_ascii_alphabetic)?;
    let rest = rest.get(1..)?;
    if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let metres: String =
        rest.chars().map(|c| if matches!(c, 'M' | 'E' | 'N' | ',' | ';' | '=' | ':') { ' ' } else { c }).collect();
    let mut parts = metres.split_whitespace().map(str::parse::<f64>);
    let (easting, northing) = (parts.next()?.ok()?, parts.next()?.ok()?);
    if parts.next().is_some()
        || !(100_000.0..1_000_000.0).contains(&easting)
        || !(0.0..=10_000_000.0).contains(&northing)
    {
        return None;
    }
    // "S" is the southern hemisphere to some and the band from 32° to 40° north to others; the northing tells,
    // except where it fits both, and there nothing is guessed.
    let north = match letter {
        'S' if (3_500_000.0..4_500_000.0).contains(&northing) => return None,
        'C'..='H' | 'J'..='M' | 'S' => false,
        'N' | 'P'..='X' => true,
        _ => return None,
    };
    mgrs::from_utm(zone, north, easting, northing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_minutes_and_seconds_are_read_in_many_spellings() {
        for (text, wanted) in [
            ("4°35'56\"N", 4.598_888_888_888_889),
            ("74 04 51 W", -74.080_833_333_333_33),
            ("-75.5", -75.5),
            ("75,5 O", -75.5),
            ("N 4° 35.5'", 4.591_666_666_666_667),
            ("W074°04’51.5”", -74.080_972_222_222_2),
            ("4d35m56S", -4.598_888_888_888_889),
            ("44°12′30″ с.ш.", 44.208_333_333_333_33),
            ("18°30'00\" в.д.", 18.5),
            ("٣٤°٣٠'٠٠\" شمال", 34.5),
            ("۳۴٫۵°", 34.5),
            ("75° 30' 0\" Oeste", -75.5),
            ("-75°30'W", -75.5),
            ("48°51′24″Nord", 48.856_666_666_666_67),
        ] {
            let got = degrees(text, None).unwrap_or_else(|| panic!("{text}"));
            assert!((got - wanted).abs() < 1e-9, "{text}: {got}");
        }
        for text in ["Tame", "4°75'N", "4 35 56 12 N", "N 4 E", "--4°N", "4.5 35 N", "10 Cow"] {
            assert_eq!(degrees(text, None), None, "{text}");
        }
    }

    #[test]
    fn a_pair_is_latitude_first_unless_its_letters_say_otherwise() {
        let near = |text: &str, lat: f64, lon: f64| {
            let (Place::Degrees(at) | Place::Numbers(at)) = place(text).unwrap_or_else(|| panic!("{text}"));
            assert!((at.lat - lat).abs() < 1e-6 && (at.lon - lon).abs() < 1e-6, "{text}: {at:?}");
        };
        near("(6.14, -75.18)", 6.14, -75.18);
        near("6.14 -75.18 1520.0 4.5", 6.14, -75.18);
        near("6.14,-75.18,1520", 6.14, -75.18);
        near("6,14; -75,18", 6.14, -75.18);
        near("6,14 -75,18", 6.14, -75.18);
        near("74°04'51\"W, 4°35'56\"N", 4.598_888_889, -74.080_833_333);
        near("4 35 56 N 74 04 51 W", 4.598_888_889, -74.080_833_333);
        near("4°35'56\"N / 74°04'51\"O", 4.598_888_889, -74.080_833_333);
        near("N4.5989 W74.0808", 4.5989, -74.0808);
        near("POINT (-75.18 6.14)", 6.14, -75.18);
        for text in ["Granada, Antioquia", "6.14", "4°N 5°N", "", "12 rue de la Paix, 75002"] {
            assert_eq!(place(text), None, "{text}");
        }
        assert_eq!(
            place("603000 510000"),
            Some(Place::Numbers(Position { lon: 510_000.0, lat: 603_000.0 })),
            "metres are kept for the file's coordinate system to judge"
        );
    }

    #[test]
    fn utm_is_read_and_an_s_that_can_mean_two_things_is_not() {
        let Some(Place::Degrees(at)) = place("18N 500000 4649776") else { panic!() };
        assert!((at.lon + 75.0).abs() < 1e-9 && (at.lat - 42.0).abs() < 1e-5, "{at:?}");
        let Some(Place::Degrees(south)) = place("UTM 33S 500000 mE 8500000 mN") else { panic!() };
        assert!((south.lon - 15.0).abs() < 1e-9 && south.lat < -13.0 && south.lat > -14.0, "{south:?}");
        assert_eq!(place("38S 500000 3800000"), None);
    }
}
