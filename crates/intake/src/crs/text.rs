//! Coordinate systems as they are written: codes, well-known text of both versions, proj strings.

use super::{Crs, CrsError, Shift, registry};
use crate::finding::shorten;
use std::collections::BTreeMap;

/// Longer than this a text names no coordinate system.
const LONGEST: usize = 64 << 10;

/// Brackets inside brackets; the longest of the registry has seven.
const DEEPEST: usize = 20;

pub(super) fn read(written: &str) -> Result<Crs, CrsError> {
    let written = written.trim().trim_matches('\0').trim_start_matches('\u{feff}');
    if written.len() > LONGEST || written.is_empty() {
        return Err(CrsError::Unknown(shorten(written)));
    }
    if let Some(code) = code_in(written) {
        return Crs::from_epsg(code);
    }
    let plain: String = written.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if ["crs84", "wgs84", "lonlatwgs84"].contains(&plain.as_str()) || plain.ends_with("ogc13crs84") {
        return Ok(Crs::wgs84(&shorten(written)));
    }
    if written.starts_with('+') {
        let shift = if registry::is_shifted(written) { Shift::Stated } else { Shift::None };
        return Crs::from_proj(written, shorten(written), shift);
    }
    if written.contains('[') {
        return from_wkt(written);
    }
    let named = registry::all().iter().find(|entry| registry::name_of(**entry).eq_ignore_ascii_case(written));
    named.map_or_else(|| Err(CrsError::Unknown(shorten(written))), |entry| Crs::from_epsg(u32::from(entry.code)))
}

/// The proj string of a system as written, for putting another datum shift into it.
pub(super) fn proj4_of(written: &str) -> Option<String> {
    let written = written.trim();
    if let Some(code) = code_in(written) {
        return registry::entry(code).map(|entry| entry.proj4.to_owned());
    }
    if written.starts_with('+') {
        return Some(written.to_owned());
    }
    let system = System::read(written)?;
    let entry = system.code.and_then(registry::entry).or_else(|| registry::same_as(&system));
    entry.map(|entry| entry.proj4.to_owned()).or_else(|| proj4wkt::wkt_to_projstring(written).ok())
}

/// `EPSG:32618`, `urn:ogc:def:crs:EPSG::32618`, `http://www.opengis.net/def/crs/EPSG/0/32618`, `32618`.
fn code_in(written: &str) -> Option<u32> {
    if written.contains('[') || written.starts_with('+') {
        return None;
    }
    let upper = written.to_ascii_uppercase();
    let tail = match upper.find("EPSG") {
        Some(at) => upper.get(at + 4..)?,
        None => upper.as_str(),
    };
    let digits = tail.rsplit([':', '/', '#']).next()?.trim();
    (digits.len() >= 4 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

fn from_wkt(written: &str) -> Result<Crs, CrsError> {
    let unknown = || CrsError::Unknown(shorten(written));
    let system = System::read(written).ok_or_else(unknown)?;
    let found = system.code.and_then(registry::entry).or_else(|| registry::same_as(&system));
    if let Some(entry) = found {
        let code = u32::from(entry.code);
        let label = format!("{} (EPSG:{code})", registry::name_of(entry));
        if code == 4326 {
            return Ok(Crs::wgs84(&label));
        }
        return match &system.towgs84 {
            Some(list) => {
                let list: Vec<String> = list.iter().map(f64::to_string).collect();
                let text = format!("{} +towgs84={}", registry::without_shift(entry.proj4), list.join(","));
                Crs::from_proj(&text, label, Shift::Stated)
            }
            None => Crs::from_epsg(code),
        };
    }
    let built = proj4wkt::wkt_to_projstring(written).map_err(|_| unknown())?;
    if system.towgs84.is_some() {
        return Crs::from_proj(&built, shorten(&system.name), Shift::Stated);
    }
    // The reader of the text writes a shift of zero where none is stated, which would say more than the file does.
    let bare = registry::without_shift(&built);
    match registry::datum_named(&system) {
        Some(entry) => {
            let datum = registry::datum_part(entry.proj4).join(" ");
            let shift = if registry::is_shifted(&datum) { Shift::Registry } else { Shift::None };
            let datum = datum.replace("+datum=NAD83", "+towgs84=0,0,0").replace("+datum=WGS84", "+towgs84=0,0,0");
            Crs::from_proj(&format!("{bare} {datum}"), shorten(&system.name), shift)
        }
        None => Crs::from_proj(&bare, shorten(&system.name), Shift::Unknown),
    }
}

/// What a well-known text says of a system, in words that can be compared.
#[derive(Debug, Default, Clone)]
pub(super) struct System {
    pub(super) name: String,
    /// The EPSG code of the whole.
    pub(super) code: Option<u32>,
    geographic_name: String,
    datum: String,
    semi_major: f64,
    inverse_flattening: f64,
    meridian: f64,
    unit: f64,
    /// The kind of projection; `None` for longitude and latitude.
    pub(super) method: Option<String>,
    parameters: BTreeMap<String, f64>,
    pub(super) towgs84: Option<Vec<f64>>,
}

impl System {
    /// Reads a well-known text; `None` when it is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let root = Node::read(text)?;
        let mut system = Self { name: root.first_text().to_owned(), unit: 1.0, ..Self::default() };
        system.code = root.own_code();
        system.take(&root);
        if let Some(unit) = root.children.iter().rev().find(|node| node.is(&["UNIT", "LENGTHUNIT"])) {
            system.unit = unit.numbers.first().copied().unwrap_or(1.0);
        }
        (system.semi_major > 0.0 || system.code.is_some()).then_some(system)
    }

    fn take(&mut self, node: &Node) {
        match node.keyword.as_str() {
            "GEOGCS" | "GEOGCRS" | "BASEGEOGCRS" | "GEODCRS" | "BASEGEODCRS" => {
                node.first_text().clone_into(&mut self.geographic_name);
            }
            "DATUM" | "GEODETICDATUM" | "ENSEMBLE" => node.first_text().clone_into(&mut self.datum),
            "SPHEROID" | "ELLIPSOID" => {
                self.semi_major = node.numbers.first().copied().unwrap_or(0.0);
                self.inverse_flattening = node.numbers.get(1).copied().unwrap_or(0.0);
            }
            "PRIMEM" | "PRIMEMERIDIAN" => self.meridian = node.numbers.first().copied().unwrap_or(0.0),
            "PROJECTION" | "METHOD" => self.method = Some(method(node.first_text())),
            "PARAMETER" => {
                let value = node.numbers.first().copied().unwrap_or(0.0);
                self.parameters.insert(parameter(node.first_text()), value);
            }
            "TOWGS84" => self.towgs84 = matches!(node.numbers.len(), 3 | 7).then(|| node.numbers.clone()),
            _ => {}
        }
        for child in &node.children {
            self.take(child);
        }
    }

    /// Whether both compute alike: kind, parameters, ellipsoid, meridian and unit.
    pub(super) fn same_projection(&self, other: &Self) -> bool {
        let near = |a: f64, b: f64, within: f64| (a - b).abs() <= within;
        let least = |system: &Self| {
            let mut list = system.parameters.clone();
            // One parallel that is also the origin says nothing more; a factor of one says nothing at all.
            if list.get("standard_parallel_1") == list.get("latitude_of_origin") {
                list.remove("standard_parallel_1");
            }
            list.retain(|name, value| !(name == "scale_factor" && near(*value, 1.0, 1e-12)) && *value != 0.0);
            list
        };
        let (mine, theirs) = (least(self), least(other));
        self.method == other.method
            && near(self.semi_major, other.semi_major, 0.01)
            && near(self.inverse_flattening, other.inverse_flattening, 1e-5)
            && near(self.meridian, other.meridian, 1e-7)
            && (self.method.is_none() || near(self.unit, other.unit, 1e-9))
            && mine.len() == theirs.len()
            && mine.iter().zip(&theirs).all(|((a, x), (b, y))| a == b && near(*x, *y, 1e-7 * x.abs().max(1e-2)))
    }

    /// Whether the datums or the geographic systems go by the same name.
    pub(super) fn same_datum(&self, other: &Self) -> bool {
        let plain = |name: &str| {
            let lower = name.to_ascii_lowercase();
            let lower = lower.strip_prefix("d_").or_else(|| lower.strip_prefix("gcs_")).unwrap_or(&lower).to_owned();
            lower.chars().filter(char::is_ascii_alphanumeric).collect::<String>()
        };
        let same = |a: &str, b: &str| !plain(a).is_empty() && plain(a) == plain(b);
        same(&self.datum, &other.datum) || same(&self.geographic_name, &other.geographic_name)
    }
}

fn method(name: &str) -> String {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    match plain.as_str() {
        "gausskruger" | "transversemercator" => "transversemercator".to_owned(),
        other => other.trim_end_matches("1sp").trim_end_matches("2sp").to_owned(),
    }
}

fn parameter(name: &str) -> String {
    let plain = name.trim().to_ascii_lowercase().replace(' ', "_");
    match plain.as_str() {
        "latitude_of_natural_origin"
        | "latitude_of_false_origin"
        | "latitude_of_center"
        | "latitude_of_projection_centre" => "latitude_of_origin".to_owned(),
        "longitude_of_natural_origin" | "longitude_of_false_origin" | "longitude_of_center" | "longitude_of_origin" => {
            "central_meridian".to_owned()
        }
        "latitude_of_1st_standard_parallel" => "standard_parallel_1".to_owned(),
        "latitude_of_2nd_standard_parallel" => "standard_parallel_2".to_owned(),
        "scale_factor_at_natural_origin" => "scale_factor".to_owned(),
        "easting_at_false_origin" => "false_easting".to_owned(),
        "northing_at_false_origin" => "false_northing".to_owned(),
        _ => plain,
    }
}

/// A part of a well-known text: `KEYWORD["text", 1, CHILD[...]]`.
#[derive(Debug, Default)]
struct Node {
    keyword: String,
    texts: Vec<String>,
    numbers: Vec<f64>,
    children: Vec<Node>,
}

impl Node {
    fn read(text: &str) -> Option<Self> {
        let mut rest = text.trim();
        Self::one(&mut rest, 0)
    }

    fn one(rest: &mut &str, depth: usize) -> Option<Self> {
        let open = rest.find(['[', '('])?;
        let keyword = rest.get(..open)?.trim().to_ascii_uppercase();
        if depth > DEEPEST || keyword.is_empty() || !keyword.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return None;
        }
        let mut node = Self { keyword, ..Self::default() };
        *rest = rest.get(open + 1..)?.trim_start();
        loop {
            let first = rest.chars().next()?;
            match first {
                ']' | ')' => {
                    *rest = rest.get(1..)?.trim_start();
                    return Some(node);
                }
                ',' => *rest = rest.get(1..)?.trim_start(),
                '"' => {
                    let end = rest.get(1..)?.find('"')?;
                    node.texts.push(rest.get(1..=end)?.to_owned());
                    *rest = rest.get(end + 2..)?.trim_start();
                }
                _ => {
                    let end = rest.find([',', '[', ']', '(', ')'])?;
                    if matches!(rest.as_bytes().get(end), Some(b'[' | b'(')) {
                        node.children.push(Self::one(rest, depth + 1)?);
                    } else {
                        if let Ok(number) = rest.get(..end)?.trim().parse() {
                            node.numbers.push(number);
                        }
                        *rest = rest.get(end..)?;
                    }
                }
            }
        }
    }

    fn is(&self, keywords: &[&str]) -> bool {
        keywords.contains(&self.keyword.as_str())
    }

    fn first_text(&self) -> &str {
        self.texts.first().map_or("", String::as_str)
    }

    /// The EPSG code that stands directly in this part.
    fn own_code(&self) -> Option<u32> {
        let id = self.children.iter().find(|node| node.is(&["AUTHORITY", "ID"]))?;
        let epsg = id.first_text().eq_ignore_ascii_case("EPSG");
        let written = id.texts.get(1).and_then(|code| code.parse().ok());
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a code is a small whole number
        let number = id.numbers.first().map(|code| *code as u32);
        written.or(number).filter(|_| epsg)
    }
}
