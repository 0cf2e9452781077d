//! ESRI Shapefile: geometry, its index, attributes, coordinate system and encoding, in one ZIP archive.
//!
//! ESRI Shapefile Technical Description, 1998.

mod dbf;

use std::io::{Seek, Write};

use geo_types::Coord;

use crate::layer::{Geometry, GeometryKind, Layer};
use crate::note::Note;
use crate::rings::{Outer, oriented};
use crate::write::{Error, archived};

/// The most bytes that all readers take in one part.
const LARGEST: usize = i32::MAX as usize;

const WGS84: &str = "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],\
PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]";

pub(crate) fn encode(layer: &Layer, out: &mut (impl Write + Seek)) -> Result<Vec<Note>, Error> {
    let (shp, shx) = shapes(layer)?;
    let (dbf, notes) = dbf::encode(layer)?;
    let stem = stem(layer.name());
    let mut archive = zip::ZipWriter::new(out);
    let parts: [(&str, &[u8]); 5] =
        [("shp", &shp), ("shx", &shx), ("dbf", &dbf), ("prj", WGS84.as_bytes()), ("cpg", b"UTF-8")];
    for (extension, bytes) in parts {
        archive.start_file(format!("{stem}.{extension}"), archived(layer))?;
        archive.write_all(bytes)?;
    }
    archive.finish()?;
    Ok(notes)
}

/// The layer's name as the name of a file on any system.
fn stem(name: &str) -> String {
    let safe = |letter: char| if letter.is_control() || r#"/\:*?"<>|."#.contains(letter) { '_' } else { letter };
    name.trim().chars().map(safe).collect()
}

fn shape_type(kind: GeometryKind) -> i32 {
    match kind {
        GeometryKind::Points => 1,
        GeometryKind::Areas => 5,
    }
}

/// The `.shp` and the `.shx` part.
fn shapes(layer: &Layer) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let (mut shp, mut shx) = (vec![0; 100], vec![0; 100]);
    let mut record = Vec::new();
    for (number, feature) in layer.features().iter().enumerate() {
        record.clear();
        match &feature.geometry {
            None => record.extend_from_slice(&0_i32.to_le_bytes()),
            Some(geometry) => append(&mut record, geometry),
        }
        if shp.len() + 8 + record.len() > LARGEST {
            return Err(Error::TooLarge { part: "shp" });
        }
        if shx.len() + 8 > LARGEST {
            return Err(Error::TooLarge { part: "shx" });
        }
        shx.extend_from_slice(&words(shp.len()).to_be_bytes());
        shx.extend_from_slice(&words(record.len()).to_be_bytes());
        shp.extend_from_slice(&whole(number + 1).to_be_bytes());
        shp.extend_from_slice(&words(record.len()).to_be_bytes());
        shp.extend_from_slice(&record);
    }
    for part in [&mut shp, &mut shx] {
        let length = words(part.len());
        head(&mut part[..100], length, layer);
    }
    Ok((shp, shx))
}

/// Below [`LARGEST`], as was checked.
fn whole(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Bytes in words of 16 bits, by which the format measures.
fn words(bytes: usize) -> i32 {
    whole(bytes / 2)
}

fn head(head: &mut [u8], length: i32, layer: &Layer) {
    head[0..4].copy_from_slice(&9994_i32.to_be_bytes());
    head[24..28].copy_from_slice(&length.to_be_bytes());
    head[28..32].copy_from_slice(&1000_i32.to_le_bytes());
    head[32..36].copy_from_slice(&shape_type(layer.kind()).to_le_bytes());
    let bounds = layer.bounds().unwrap_or_default();
    for (limit, place) in bounds.into_iter().zip(head[36..68].chunks_exact_mut(8)) {
        place.copy_from_slice(&limit.to_le_bytes());
    }
}

fn append(record: &mut Vec<u8>, geometry: &Geometry) {
    let vertex = |record: &mut Vec<u8>, at: Coord<f64>| {
        record.extend_from_slice(&at.x.to_le_bytes());
        record.extend_from_slice(&at.y.to_le_bytes());
    };
    match geometry {
        Geometry::Point(point) => {
            record.extend_from_slice(&shape_type(GeometryKind::Points).to_le_bytes());
            vertex(record, point.0);
        }
        Geometry::Areas(areas) => {
            // Outer rings run clockwise; a hole is known by running the other way.
            let rings: Vec<Vec<Coord<f64>>> =
                areas.iter().flat_map(|polygon| oriented(polygon, Outer::Clockwise)).collect();
            let Some(bounds) = geometry.bounds() else {
                record.extend_from_slice(&0_i32.to_le_bytes());
                return;
            };
            record.extend_from_slice(&shape_type(GeometryKind::Areas).to_le_bytes());
            for limit in bounds {
                record.extend_from_slice(&limit.to_le_bytes());
            }
            record.extend_from_slice(&whole(rings.len()).to_le_bytes());
            record.extend_from_slice(&whole(rings.iter().map(Vec::len).sum()).to_le_bytes());
            let mut start = 0;
            for ring in &rings {
                record.extend_from_slice(&whole(start).to_le_bytes());
                start += ring.len();
            }
            for at in rings.into_iter().flatten() {
                vertex(record, at);
            }
        }
    }
}
