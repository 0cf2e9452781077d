//! From a layer to a file: whole or not at all.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::layer::Layer;
use crate::note::Note;
use crate::{csv_file, geojson, geopackage, geoparquet, kml, shapefile};

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// OGC `GeoPackage` 1.3.
    GeoPackage,
    /// `GeoJSON`, RFC 7946.
    GeoJson,
    /// OGC KML 2.2.
    Kml,
    /// KML in a ZIP archive.
    Kmz,
    /// ESRI Shapefile: its five parts in a ZIP archive.
    Shapefile,
    /// `GeoParquet` 1.1.
    GeoParquet,
    /// CSV with the geometry as well-known text.
    Csv,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 7] =
        [Self::GeoPackage, Self::GeoJson, Self::Kml, Self::Kmz, Self::Shapefile, Self::GeoParquet, Self::Csv];

    /// What its files end in, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::GeoPackage => "gpkg",
            Self::GeoJson => "geojson",
            Self::Kml => "kml",
            Self::Kmz => "kmz",
            Self::Shapefile => "zip",
            Self::GeoParquet => "parquet",
            Self::Csv => "csv",
        }
    }

    /// The media type under which its files are served.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::GeoPackage => "application/geopackage+sqlite3",
            Self::GeoJson => "application/geo+json",
            Self::Kml => "application/vnd.google-earth.kml+xml",
            Self::Kmz => "application/vnd.google-earth.kmz",
            Self::Shapefile => "application/zip",
            Self::GeoParquet => "application/vnd.apache.parquet",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    /// The format that a file's name asks for.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Self::ALL.into_iter().find(|format| format.extension() == extension)
    }
}

/// What becomes of a file that already has the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and writing is refused.
    Keep,
    /// It is replaced once the new one is complete.
    Replace,
}

/// Why no file was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is a file of that name, and it was to be kept.
    #[error("{0} exists already; choose another name, or say that it may be replaced")]
    Exists(PathBuf),
    /// The folder or the file could not be written.
    #[error("{path} could not be written: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Writing failed on the way.
    #[error("the file could not be written: {0}")]
    Io(#[from] std::io::Error),
    /// A part of a Shapefile would pass its 2 GB.
    #[error("the .{part} part would be larger than 2 GB, the most a Shapefile holds; write a GeoPackage instead")]
    TooLarge {
        /// `shp`, `shx` or `dbf`.
        part: &'static str,
    },
    /// More fields, or longer rows, than a Shapefile holds.
    #[error(
        "{fields} fields do not fit a Shapefile, which holds 255 and rows of 65 535 bytes; write a GeoPackage instead"
    )]
    TooManyFields {
        /// Fields of the layer.
        fields: usize,
    },
    /// The database engine refused.
    #[error("the GeoPackage could not be written: {0}")]
    GeoPackage(#[from] rusqlite::Error),
    /// The Parquet writer refused.
    #[error("the GeoParquet file could not be written: {0}")]
    GeoParquet(#[from] parquet::errors::ParquetError),
    /// The archive writer refused.
    #[error("the archive could not be written: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// The CSV writer refused.
    #[error("the CSV file could not be written: {0}")]
    Csv(#[from] csv::Error),
}

/// Writes the layer to `path` and tells what the format could not hold as it was.
///
/// The file is made beside its place under another name and moved there when it is complete and on the disk.
///
/// # Errors
/// [`Error`] when there is a file that was to be kept, the disk refuses, or the format cannot hold the layer. Then nothing
/// is left behind, and a file that was there is still there as it was.
pub fn write(layer: &Layer, path: &Path, format: Format, existing: Existing) -> Result<Vec<Note>, Error> {
    let of_file = |source| Error::File { path: path.to_owned(), source };
    if existing == Existing::Keep && path.try_exists().map_err(of_file)? {
        return Err(Error::Exists(path.to_owned()));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unfinished = unfinished_file(folder).map_err(of_file)?;
    let notes = match format {
        Format::GeoPackage => geopackage::encode(layer, unfinished.path())?,
        _ => encode(layer, format, unfinished.as_file())?,
    };
    unfinished.as_file().sync_all().map_err(of_file)?;
    let moved = match existing {
        Existing::Keep => unfinished.persist_noclobber(path),
        Existing::Replace => unfinished.persist(path),
    };
    match moved {
        Ok(_) => Ok(notes),
        Err(refused) if refused.error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(Error::Exists(path.to_owned()))
        }
        Err(refused) => Err(of_file(refused.error)),
    }
}

fn encode(layer: &Layer, format: Format, file: &File) -> Result<Vec<Note>, Error> {
    let mut out = BufWriter::new(file);
    let notes = match format {
        Format::GeoPackage => Vec::new(),
        Format::GeoJson => geojson::encode(layer, &mut out)?,
        Format::Kml => kml::encode(layer, &mut out)?,
        Format::Kmz => kml::encode_archive(layer, &mut out)?,
        Format::Shapefile => shapefile::encode(layer, &mut out)?,
        Format::GeoParquet => geoparquet::encode(layer, &mut out)?,
        Format::Csv => csv_file::encode(layer, &mut out)?,
    };
    out.flush()?;
    Ok(notes)
}

fn unfinished_file(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".unfinished-");
    // As any new file: temporary files are otherwise for their owner alone, and a finished one is not temporary.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Options of a file in an archive: compressed, and dated as the data are.
pub(crate) fn archived(layer: &Layer) -> zip::write::SimpleFileOptions {
    let day = layer.as_of();
    let parts = (u16::try_from(day.year()), u8::try_from(day.month()), u8::try_from(day.day()));
    // Archives know no year before 1980; such data get its first day.
    let dated = match parts {
        (Ok(year), Ok(month), Ok(day)) => {
            zip::DateTime::from_date_and_time(year, month, day, 0, 0, 0).unwrap_or_default()
        }
        _ => zip::DateTime::default(),
    };
    zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(dated)
        .unix_permissions(0o644)
}
