//! What the program tells of a field file: its findings, and its records on a map.

use std::path::Path;

use serde_json::{Map, Value};

use crate::program::Room;

/// What `mineban intake FILE --json` told of one file.
pub struct Told(Value);

impl Told {
    /// What it told of the file under this name (`rows_read`, `records` and the like).
    #[must_use]
    pub fn get(&self, name: &str) -> &Value {
        &self.0[name]
    }

    /// Rows taken. None may be lost: what was read is what was taken and what was set aside.
    pub fn rows(&self) -> u64 {
        let number = |name: &str| self.0[name].as_u64().expect("a count");
        let reasons = self.0["set_aside"].as_array().expect("a list").iter();
        assert_eq!(number("rows_read"), number("rows_taken") + number("rows_set_aside"), "rows are lost");
        let told: u64 = reasons.map(|reason| reason["count"].as_u64().expect("a count")).sum();
        assert_eq!(number("rows_set_aside"), told, "a row is set aside without a reason");
        number("rows_taken")
    }

    fn findings(&self, key: &str) -> impl Iterator<Item = &Value> {
        let all = self.0["findings"].as_array().expect("a list").iter();
        all.filter(move |finding| finding["key"] == key)
    }

    /// How often something was noticed, those counted but not listed included.
    pub fn count(&self, key: &str) -> u64 {
        self.findings(key).map(|finding| finding["count"].as_u64().expect("a count")).sum()
    }

    /// How many findings of a kind are listed.
    pub fn listed(&self, key: &str) -> usize {
        self.findings(key).count()
    }

    /// The only finding of a kind.
    pub fn finding(&self, key: &str) -> &Value {
        let mut all = self.findings(key);
        let (first, second) = (all.next(), all.next());
        assert!(first.is_some() && second.is_none(), "not one finding {key}: {}", self.0["findings"]);
        first.expect("one finding")
    }

    /// The kinds of all findings, each once, in their alphabet.
    pub fn keys(&self) -> Vec<&str> {
        let all = self.0["findings"].as_array().expect("a list").iter();
        let mut keys: Vec<&str> = all.filter_map(|finding| finding["key"].as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// What a column was taken for; `None` if it was not used.
    pub fn column(&self, header: &str) -> Option<&str> {
        let columns = self.0["columns"].as_array().expect("a list");
        let column = columns.iter().find(|column| column["header"] == header);
        column.unwrap_or_else(|| panic!("no column {header:?}: {columns:?}"))["field"].as_str()
    }

    /// Whether some column was taken for this.
    pub fn knows(&self, field: &str) -> bool {
        self.0["columns"].as_array().expect("a list").iter().any(|column| column["field"] == field)
    }
}

/// A record on a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Its columns.
    pub values: Map<String, Value>,
    /// All its corners, in their order: longitude and latitude in degrees.
    pub corners: Vec<[f64; 2]>,
}

impl Feature {
    /// What a column says; empty where it says nothing.
    #[must_use]
    pub fn text(&self, column: &str) -> &str {
        self.values.get(column).and_then(Value::as_str).unwrap_or_default()
    }
}

impl Room {
    /// What `intake` tells of files.
    #[must_use]
    pub fn told_of(&self, files: &[&Path], more: &[&str]) -> Vec<Told> {
        let files = files.iter().map(|file| file.to_str().expect("a path in UTF-8"));
        let arguments: Vec<&str> =
            std::iter::once("intake").chain(files).chain(more.iter().copied()).chain(["--json"]).collect();
        let ran = self.run(&arguments);
        ran.stood();
        let Value::Array(all) = ran.json() else { panic!("no list: {ran:?}") };
        all.into_iter().map(Told).collect()
    }

    /// What `intake` tells of a file.
    #[must_use]
    pub fn told(&self, file: &Path, more: &[&str]) -> Told {
        self.told_of(&[file], more).pop().expect("of one file one answer")
    }

    /// What `intake` says of a file for people, in full.
    #[must_use]
    pub fn explained(&self, file: &Path) -> String {
        let ran = self.run(&["intake", file.to_str().expect("a path in UTF-8"), "--explain"]);
        ran.stood();
        ran.stdout
    }

    /// The records of a file as `map --records` writes them.
    #[must_use]
    pub fn features(&self, file: &Path, more: &[&str]) -> Vec<Feature> {
        let name = "features-of-one-file.geojson";
        let file = file.to_str().expect("a path in UTF-8");
        let ran = self.run(&[&["map", file, "--records", "--replace", "--out", name], more].concat());
        assert!(ran.stdout.contains(name), "{file}: {ran:?}");
        let mut map: Value = serde_json::from_slice(&self.read(name)).expect("GeoJSON");
        let Value::Array(features) = map["features"].take() else { panic!("{file}: no features") };
        features.into_iter().map(feature).collect()
    }
}

fn feature(mut feature: Value) -> Feature {
    let mut corners = Vec::new();
    gather(&feature["geometry"]["coordinates"], &mut corners);
    let Value::Object(values) = feature["properties"].take() else { panic!("no properties: {feature}") };
    Feature { values, corners }
}

/// All positions, however deep the lists are nested.
fn gather(coordinates: &Value, corners: &mut Vec<[f64; 2]>) {
    let Some(list) = coordinates.as_array() else { return };
    match list.as_slice() {
        [Value::Number(lon), Value::Number(lat), ..] => {
            corners.push([lon, lat].map(|number| number.as_f64().expect("a number")));
        }
        deeper => deeper.iter().for_each(|inner| gather(inner, corners)),
    }
}

/// How far two places are from each other in metres; good enough for short distances.
#[must_use]
pub fn metres(a: [f64; 2], b: [f64; 2]) -> f64 {
    let east = (a[0] - b[0]) * 111_320.0 * a[1].to_radians().cos();
    east.hypot((a[1] - b[1]) * 110_574.0)
}

/// That two features have the same corners, each with one of the other's beside it. Where a ring begins and which way it
/// runs is for each format to choose.
///
/// # Panics
/// When they have not.
pub fn same_ground(a: &Feature, b: &Feature, near: impl Fn([f64; 2], [f64; 2]) -> bool) {
    assert_eq!(a.corners.len(), b.corners.len(), "corners of {:?} and {:?}", a.values, b.values);
    for (these, those) in [(a, b), (b, a)] {
        for &corner in &these.corners {
            let met = those.corners.iter().any(|&other| near(corner, other));
            assert!(met, "{corner:?} of {:?} is not in {:?}", these.values, those.values);
        }
    }
}
