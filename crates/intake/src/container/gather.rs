//! Files that belong together: a shapefile is several.

use super::{Data, Part, Raw, stem};
use crate::source;

/// Endings of the files that go with a shapefile.
pub(super) const COMPANIONS: [&str; 14] =
    ["dbf", "prj", "cpg", "cst", "shx", "sbn", "sbx", "qix", "qpj", "qmd", "atx", "ain", "aih", "shp.xml"];

/// The bytes of a shapefile's files.
#[derive(Default)]
pub(crate) struct ShapefileBytes {
    pub(crate) shp: Vec<u8>,
    pub(crate) dbf: Option<Vec<u8>>,
    pub(crate) prj: Option<Vec<u8>>,
    pub(crate) cpg: Option<Vec<u8>>,
}

/// What can be read, and the names of what cannot.
pub(crate) struct Parts {
    pub(crate) parts: Vec<Part>,
    pub(crate) ignored: Vec<String>,
}

/// Puts files together that belong together.
pub(super) fn parts(raws: Vec<Raw>) -> Parts {
    let lower = |name: &str| name.to_lowercase();
    let stems: Vec<String> = raws
        .iter()
        .filter(|raw| lower(&raw.name).rsplit_once('.').is_some_and(|(_, ending)| ending == "shp"))
        .map(|raw| lower(stem(&raw.name)))
        .collect();
    let mut shapefiles: Vec<(String, String, ShapefileBytes)> = Vec::new();
    let mut out = Parts { parts: Vec::new(), ignored: Vec::new() };
    for raw in raws {
        let name = lower(&raw.name);
        let of = stems.iter().find_map(|stem| {
            let ending = name.strip_prefix(stem.as_str())?.strip_prefix('.')?;
            (ending == "shp" || COMPANIONS.contains(&ending)).then(|| (stem.clone(), ending.to_owned()))
        });
        let Some((stem, ending)) = of else {
            // Notes that come with data are for people; their lines are no rows.
            let notes = name.rsplit_once('.').is_some_and(|(_, ending)| ending == "md");
            match source::what_is(&raw.bytes, &raw.name) {
                Ok(kind) if !notes => {
                    out.parts.push(Part { name: last(&raw.name), data: Data::Bytes(kind, raw.bytes) });
                }
                _ => out.ignored.push(last(&raw.name)),
            }
            continue;
        };
        let known = shapefiles.iter().position(|(known, _, _)| *known == stem);
        let at = known.unwrap_or_else(|| {
            shapefiles.push((stem, String::new(), ShapefileBytes::default()));
            shapefiles.len() - 1
        });
        let Some((_, shown, files)) = shapefiles.get_mut(at) else { continue };
        match ending.as_str() {
            "shp" => {
                *shown = last(&raw.name);
                files.shp = raw.bytes;
            }
            "dbf" => files.dbf = Some(raw.bytes),
            "prj" => files.prj = Some(raw.bytes),
            "cpg" | "cst" => files.cpg = Some(raw.bytes),
            _ => {}
        }
    }
    out.parts.extend(shapefiles.into_iter().map(|(_, name, files)| Part { name, data: Data::Shapefile(files) }));
    out
}

fn last(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_owned()
}
