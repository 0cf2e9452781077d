//! KML 2.2: placemarks with their data and their points and polygons. Always longitude and latitude on WGS84.

use super::xml::{Document, Element, Next, unescaped};
use crate::error::IntakeError;
use crate::features::Features;
use crate::finding::FindingKind;
use crate::log::Log;
use crate::options::Options;
use crate::table::{Geometry, Native, Stated, Table};
use crate::{Position, Shape};

/// Reads all placemarks into a table; the folders in which one lies are a column.
pub(crate) fn read(file: &str, text: &str, options: &Options<'_>, log: &mut Log) -> Result<Table, IntakeError> {
    let mut document = Document::new(file, text, options);
    let mut features = Features::new(file, options, Stated::Degrees);
    // Open elements; of a folder its name, as soon as that is read.
    let mut open: Vec<Option<String>> = Vec::new();
    let mut number = 0;
    loop {
        match document.next()? {
            Next::Start(start) if start.name == "Placemark" => {
                number += 1;
                let placemark = document.whole(start)?;
                let folder: Vec<&str> =
                    open.iter().flatten().map(String::as_str).filter(|name| !name.is_empty()).collect();
                let (cells, geometry) = read_placemark(&placemark, &folder.join(" / "));
                features.push(number, cells, geometry)?;
            }
            Next::Start(start) if start.name == "name" => {
                let name = document.whole(start)?;
                if let Some(Some(folder)) = open.last_mut() {
                    name.text.trim().clone_into(folder);
                }
            }
            Next::Start(start) => open.push((start.name == "Folder").then(String::new)),
            Next::End => {
                open.pop();
            }
            Next::Text(_) => {}
            Next::Done => break,
        }
    }
    let _ = log;
    Ok(features.table)
}

type Cells = Vec<(String, (String, Native))>;

fn read_placemark(placemark: &Element, folder: &str) -> (Cells, Geometry) {
    let mut cells: Cells = Vec::new();
    let mut put = |name: &str, value: &str| {
        let value = value.trim();
        let name = if name.trim().is_empty() { "data" } else { name.trim() };
        match cells.iter_mut().find(|(known, _)| known == name) {
            // Two values of one name: both are kept, in one cell.
            Some((_, (text, _))) if !value.is_empty() && text != value => {
                let mark = if text.is_empty() { "" } else { "; " };
                text.push_str(mark);
                text.push_str(value);
            }
            Some(_) => {}
            None => cells.push((name.to_owned(), (value.to_owned(), Native::Text))),
        }
    };
    for data in placemark.all("ExtendedData") {
        for item in data.all("Data") {
            put(item.attribute("name").unwrap_or(""), item.text_of("value").unwrap_or(""));
        }
        for item in data.all("SchemaData").flat_map(|schema| schema.children.iter()) {
            put(item.attribute("name").unwrap_or(&item.name), &item.text);
        }
    }
    if let Some(description) = placemark.text_of("description") {
        let pairs = table_in(description);
        for (name, value) in &pairs {
            put(name, value);
        }
        if pairs.is_empty() {
            put("description", description);
        }
    }
    if let Some(name) = placemark.text_of("name") {
        put("name", name);
    }
    if let Some(when) = placemark.child("TimeStamp").and_then(|stamp| stamp.text_of("when")) {
        put("date", when.get(..10).unwrap_or(when));
    }
    if let Some(span) = placemark.child("TimeSpan") {
        put("begin", span.text_of("begin").unwrap_or(""));
        put("end", span.text_of("end").unwrap_or(""));
    }
    if !folder.is_empty() {
        put("folder", folder);
    }
    if let Some(id) = placemark.attribute("id") {
        put("placemark", id);
    }
    let mut gathered = Gathered::default();
    gathered.children(placemark);
    (cells, gathered.finish())
}

/// Names and values of a table in HTML with two cells a row, as `ArcGIS` writes its descriptions.
fn table_in(html: &str) -> Vec<(String, String)> {
    let lower = html.to_ascii_lowercase();
    if !lower.contains("<td") {
        return Vec::new();
    }
    let mut pairs = Vec::new();
    // The lower-case copy has the same bytes at the same places; only ASCII letters differ.
    let mut at = 0;
    while let Some(start) = lower.get(at..).and_then(|rest| rest.find("<tr")).map(|found| at + found) {
        let end = lower.get(start + 3..).and_then(|rest| rest.find("<tr").or_else(|| rest.find("</table")));
        let end = end.map_or(lower.len(), |found| start + 3 + found);
        let cells = cells_of(html.get(start..end).unwrap_or(""), lower.get(start..end).unwrap_or(""));
        if let [name, value] = cells.as_slice()
            && !name.is_empty()
            && name.len() < 100
        {
            pairs.push((name.clone(), value.clone()));
        }
        at = end.max(start + 3);
    }
    pairs
}

fn cells_of(html: &str, lower: &str) -> Vec<String> {
    let mut cells = Vec::new();
    let mut at = 0;
    while let Some(start) = lower.get(at..).and_then(|rest| rest.find("<td")).map(|found| at + found) {
        let Some(open) = lower.get(start..).and_then(|rest| rest.find('>')).map(|found| start + found + 1) else {
            break;
        };
        let end = lower.get(open..).and_then(|rest| rest.find("</td").or_else(|| rest.find("<td")));
        let end = end.map_or(lower.len(), |found| open + found);
        cells.push(without_tags(html.get(open..end).unwrap_or("")));
        at = end;
    }
    cells
}

fn without_tags(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    unescaped(&out).trim().to_owned()
}

#[derive(Default)]
struct Gathered {
    points: Vec<Position>,
    shape: Shape,
    notes: Vec<FindingKind>,
    seen: bool,
}

impl Gathered {
    fn children(&mut self, element: &Element) {
        for child in &element.children {
            match child.name.as_str() {
                "Point" => {
                    self.seen = true;
                    match corners(child) {
                        Ok(list) => {
                            self.points.extend(list.first().map(|[lon, lat]| Position { lon: *lon, lat: *lat }));
                        }
                        Err(reason) => self.not_used(&reason),
                    }
                }
                "Polygon" => self.polygon(child),
                "MultiGeometry" | "MultiPolygon" => self.children(child),
                "LineString" | "LinearRing" => self.not_used("a line has no area"),
                "Track" | "MultiTrack" | "Model" => self.not_used("a track or a model has no area"),
                _ => {}
            }
        }
    }

    fn not_used(&mut self, reason: &str) {
        self.seen = true;
        self.notes.push(FindingKind::GeometryNotUsed { reason: reason.to_owned() });
    }

    fn polygon(&mut self, polygon: &Element) {
        self.seen = true;
        let boundaries = ["outerBoundaryIs", "innerBoundaryIs"].into_iter().flat_map(|name| polygon.all(name));
        let rings: Result<Vec<_>, String> =
            boundaries.flat_map(|boundary| boundary.all("LinearRing")).map(corners).collect();
        match rings {
            Ok(rings) => self.shape.polygons.push(rings),
            Err(reason) => self.not_used(&reason),
        }
    }

    fn finish(mut self) -> Geometry {
        if !self.seen {
            self.notes.push(FindingKind::GeometryMissing {});
        }
        if self.points.len() > 1 {
            self.notes.push(FindingKind::SeveralPoints { n: self.points.len() as u64 });
        }
        let shape = (!self.shape.polygons.is_empty()).then_some(self.shape);
        Geometry { point: self.points.first().copied(), shape, notes: self.notes }
    }
}

/// `lon,lat[,height]` with blanks between; some programs write blanks after the commas too.
fn corners(element: &Element) -> Result<Vec<[f64; 2]>, String> {
    let text = element.child("coordinates").map_or("", |child| child.text.as_str());
    let tight = if text.contains(", ") { text.replace(", ", ",") } else { text.to_owned() };
    let corner = |tuple: &str| {
        let mut numbers = tuple.split(',').map(str::trim).map(str::parse::<f64>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(lon)), Some(Ok(lat))) => Ok([lon, lat]),
            _ => Err(format!("\"{}\" is no longitude and latitude", crate::finding::shorten(tuple))),
        }
    };
    tight.split_whitespace().map(corner).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_that_is_a_table_gives_columns() {
        let html = "<html><table border=\"1\"><tr><td>Hazard ID</td><td>A-1</td></tr><TR><TD>Area &amp; size</TD><TD><b>1 200</b></TD></TR></table></html>";
        let wanted = [("Hazard ID", "A-1"), ("Area & size", "1 200")];
        assert_eq!(table_in(html), wanted.map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert!(table_in("A plain sentence < and > others").is_empty());
    }
}
