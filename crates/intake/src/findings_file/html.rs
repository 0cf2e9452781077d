//! Findings as one page, to read, to send and to print: no scripts, nothing fetched.

use crate::Shape;
use crate::checks;
use crate::finding::{Finding, Severity};
use crate::findings_file::table::severity;
use crate::findings_file::{Wording, all, map};
use crate::intake::Intake;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;

/// At most this many other places are drawn on a small map.
const OTHERS: usize = 300;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;color:#111;background:#fff;margin:2rem auto;max-width:60rem;\
padding:0 1rem}h1{font-size:1.6rem}h2{font-size:1.25rem;border-block-end:2px solid;padding-block-end:.25rem}\
h3{font-size:1rem;margin-block:1.5rem .5rem}ul{list-style:none;padding:0}\
li{display:flex;gap:1rem;flex-wrap:wrap;align-items:flex-start;border-block-end:1px solid #bbb;padding-block:.6rem;\
break-inside:avoid}li>div{flex:1 1 22rem;min-width:0;overflow-wrap:anywhere}p{margin:0}\
.where{color:#444;font-size:.9rem}svg{border:1px solid #bbb;background:#fafafa;flex:none;max-width:100%}\
.ground{fill:#d9d9d9;stroke:#333;stroke-width:1}.others{stroke:#777;stroke-width:3;stroke-linecap:round}\
.fault{fill:none;stroke:#b00020;stroke-width:3}@media print{body{margin:0;max-width:none}h2,h3{break-after:avoid}}";

/// Text that is safe in HTML, also within an attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\n' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Findings of some files as one HTML page: by severity, then by kind; with a small map where there is a place.
#[must_use]
pub fn html(files: &[&Intake], wording: &Wording<'_>) -> String {
    let heading = |key: &'static str| escape(&(wording.heading)(key));
    let (lang, title) = (escape(wording.lang), heading("title"));
    let direction = if wording.right_to_left { "rtl" } else { "ltr" };
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    );
    let places: Vec<Places<'_>> = files.iter().map(|file| Places::of(file)).collect();
    let mut said = false;
    for (level, key) in [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "info")] {
        let mut kinds: BTreeMap<&str, Vec<(&Finding, &Places<'_>)>> = BTreeMap::new();
        for (file, places) in files.iter().zip(&places) {
            for finding in all(file).filter(|finding| finding.severity == level) {
                kinds.entry(finding.kind.key()).or_default().push((finding, places));
            }
        }
        if kinds.is_empty() {
            continue;
        }
        said = true;
        let _ = writeln!(out, "<section class=\"{}\">\n<h2>{}</h2>", severity(level), heading(key));
        for (kind, findings) in kinds {
            let count: u64 = findings.iter().map(|(finding, _)| finding.count).sum();
            let _ = writeln!(out, "<h3 id=\"{kind}-{}\"><bdi>{kind}</bdi> ({count})</h3>\n<ul>", severity(level));
            for (finding, places) in findings {
                write_one(&mut out, finding, places, wording);
            }
            out.push_str("</ul>\n");
        }
        out.push_str("</section>\n");
    }
    if !said {
        let _ = writeln!(out, "<p>{}</p>", heading("none"));
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn write_one(out: &mut String, finding: &Finding, places: &Places<'_>, wording: &Wording<'_>) {
    let named = |key: &'static str, value: Option<String>| {
        value.map(|value| format!("{}: <bdi>{}</bdi>", escape(&(wording.heading)(key)), escape(&value)))
    };
    let parts = [
        named("file", finding.file.clone()),
        named("row", finding.row.map(|row| row.to_string())),
        named("column", finding.field.clone()),
        named("value", finding.value.clone()),
        named("count", (finding.count > 1).then(|| finding.count.to_string())),
        named("longitude", finding.place.map(|place| place[0].to_string())),
        named("latitude", finding.place.map(|place| place[1].to_string())),
    ];
    let place: Vec<String> = parts.into_iter().flatten().collect();
    let says = escape(&(wording.says)(finding));
    let _ = write!(out, "<li><div><p>{says}</p><p class=\"where\">{}</p></div>", place.join(" · "));
    let label = (wording.heading)("map");
    let shape = finding.row.and_then(|row| places.shapes.get(&row));
    let drawn = match (shape, finding.place) {
        (Some(shape), fault) => map::of_shape(shape, fault, &label),
        (None, Some(place)) => map::of_place(place, &places.sample, &label),
        (None, None) => None,
    };
    out.push_str(&drawn.unwrap_or_default());
    out.push_str("</li>\n");
}

/// What is drawn of a file: the shapes of the rows that findings name, and some of the other places.
struct Places<'a> {
    shapes: HashMap<u64, &'a Shape>,
    sample: Vec<[f64; 2]>,
}

impl<'a> Places<'a> {
    fn of(file: &'a Intake) -> Self {
        let rows: HashSet<u64> = all(file).filter_map(|finding| finding.row).collect();
        let mut shapes = HashMap::new();
        let mut sample = Vec::new();
        let step = file.taken.len() / OTHERS + 1;
        for (number, record) in checks::each(&file.taken).enumerate() {
            if let Some(shape) = record.shape.filter(|_| rows.contains(&record.row)) {
                shapes.insert(record.row, shape);
            }
            if number.is_multiple_of(step) {
                sample.extend(record.place());
            }
        }
        Self { shapes, sample }
    }
}
