//! What a file's own columns and values mean, said by the user in a few lines of TOML.

use crate::crs::{Crs, DatumShift};
use crate::error::MappingError;
use crate::finding::shorten;
use crate::record::RecordKind;
use crate::vocabulary::{Class, Field, normal};
use crate::words::{self, Words};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a file's own columns and values mean, where the vocabulary does not know them.
///
/// ```
/// let mapping = intake::Mapping::from_toml(r#"
///     kind = "victim"
///     delimiter = ";"
///     [columns]
///     "Geschlecht" = "sex"
///     "Jahr" = "year"
///     [values.sex]
///     "Mann" = "male"
/// "#)?;
/// assert_eq!(mapping.columns.len(), 2);
/// # Ok::<(), intake::MappingError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mapping {
    /// What the rows tell.
    pub kind: Option<RecordKind>,
    /// Header as written, and the field it tells; `None` means that the column is not to be used.
    pub columns: BTreeMap<String, Option<Field>>,
    /// For a field, value as written and the name of the value it means.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// One ASCII character.
    pub delimiter: Option<u8>,
    /// Name of an encoding, as browsers know it.
    pub encoding: Option<String>,
    /// Name of a sheet.
    pub sheet: Option<String>,
    /// Row that holds the column names, from 1.
    pub row_header: Option<u64>,
    /// Coordinate system of the numbers: a code such as `EPSG:32618`, well-known text or a proj string.
    pub crs: Option<String>,
    /// How the datum of that system lies to WGS84, where neither the file nor the registry says it rightly.
    pub datum_shift: Option<DatumShift>,
    /// Name of a layer, where a file holds several.
    pub layer: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kind: Option<String>,
    #[serde(default)]
    columns: BTreeMap<String, String>,
    #[serde(default)]
    values: BTreeMap<String, BTreeMap<String, String>>,
    delimiter: Option<String>,
    encoding: Option<String>,
    sheet: Option<String>,
    row_header: Option<u64>,
    crs: Option<String>,
    datum_shift: Option<String>,
    layer: Option<String>,
}

impl Mapping {
    /// Reads a mapping. The field `ignore` says that a column is not to be used.
    ///
    /// # Errors
    /// When it is not TOML, or names a kind, field, value, delimiter or encoding that is not known: the
    /// message lists those that are.
    pub fn from_toml(text: &str) -> Result<Self, MappingError> {
        let written: Written =
            toml::from_str(text).map_err(|error| MappingError::Toml(error.to_string().trim().replace('\n', " ")))?;
        let kind = written.kind.map(|kind| kind_named(&kind).ok_or(MappingError::Kind { kind })).transpose()?;
        let mut columns = BTreeMap::new();
        for (column, field) in written.columns {
            let found = match field.as_str() {
                "ignore" => None,
                key => Some(Field::from_key(key).ok_or_else(|| MappingError::Field {
                    column: column.clone(),
                    field: field.clone(),
                    fields: Field::all_keys(),
                })?),
            };
            columns.insert(column, found);
        }
        if written.row_header == Some(0) {
            return Err(MappingError::RowHeader);
        }
        Ok(Self {
            kind,
            columns,
            values: checked_values(written.values)?,
            delimiter: written.delimiter.map(|text| delimiter(&text)).transpose()?,
            encoding: written.encoding.map(checked_encoding).transpose()?,
            sheet: written.sheet,
            row_header: written.row_header,
            crs: written.crs.map(checked_crs).transpose()?,
            datum_shift: written.datum_shift.map(checked_shift).transpose()?,
            layer: written.layer,
        })
    }

    /// What the mapping says of a header: `Some(None)` when the column is not to be used.
    #[allow(clippy::option_option)] // not named; named and not to be used; named as a field
    pub(crate) fn column(&self, header: &str) -> Option<Option<Field>> {
        let wanted = header.trim();
        let exact = self.columns.iter().find(|(name, _)| name.trim() == wanted);
        let loose = || self.columns.iter().find(|(name, _)| !normal(name).is_empty() && normal(name) == normal(wanted));
        exact.or_else(loose).map(|(_, field)| *field)
    }

    /// The value that the mapping gives for a cell of a field.
    pub(crate) fn value(&self, field: Field, cell: &str) -> Option<&str> {
        let values = self.values.get(field.key())?;
        let exact = values.get(cell);
        let loose = || values.iter().find(|(from, _)| normal(from) == normal(cell)).map(|(_, into)| into);
        exact.or_else(loose).map(String::as_str)
    }
}

fn kind_named(name: &str) -> Option<RecordKind> {
    use RecordKind::{District, Event, HazardousArea, LandRelease, Victim};
    [Victim, LandRelease, Event, HazardousArea, District].into_iter().find(|kind| normal(kind.key()) == normal(name))
}

pub(crate) fn words_of(field: Field) -> Option<Words> {
    match field.class() {
        Class::Words(words) => Some(words),
        Class::Age => Some(Words::Age),
        _ => None,
    }
}

fn checked_values(
    written: BTreeMap<String, BTreeMap<String, String>>,
) -> Result<BTreeMap<String, BTreeMap<String, String>>, MappingError> {
    let mut checked = BTreeMap::new();
    for (key, values) in written {
        let known = Field::from_key(&key).and_then(|field| Some((field, words_of(field)?)));
        let Some((field, list)) = known else {
            let fields: Vec<&str> =
                Field::ALL.iter().filter(|field| words_of(**field).is_some()).map(|field| field.key()).collect();
            return Err(MappingError::ValuesField { field: key, fields: fields.join(", ") });
        };
        let mut out = BTreeMap::new();
        for (from, into) in values {
            let names = words::names(list);
            let Some(name) = names.iter().find(|name| normal(name) == normal(&into)) else {
                return Err(MappingError::Value { field: key, from, into, values: names.join(", ") });
            };
            out.insert(from, (*name).to_owned());
        }
        checked.insert(field.key().to_owned(), out);
    }
    Ok(checked)
}

fn delimiter(text: &str) -> Result<u8, MappingError> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') && !byte.is_ascii_alphanumeric() => {
            Ok(*byte)
        }
        _ if text == "tab" || text == "\\t" => Ok(b'\t'),
        _ => Err(MappingError::Delimiter { delimiter: text.to_owned() }),
    }
}

fn checked_crs(written: String) -> Result<String, MappingError> {
    match Crs::from_text(&written) {
        Ok(_) => Ok(written),
        Err(error) => Err(MappingError::Crs { crs: shorten(&written), reason: error.to_string() }),
    }
}

fn checked_shift(written: String) -> Result<DatumShift, MappingError> {
    DatumShift::read(&written).ok_or(MappingError::DatumShift { shift: written })
}

fn checked_encoding(name: String) -> Result<String, MappingError> {
    match encoding_rs::Encoding::for_label(name.as_bytes()) {
        Some(_) => Ok(name),
        None => Err(MappingError::Encoding { encoding: name }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_not_known_is_refused_with_those_that_are() {
        let error = Mapping::from_toml("[columns]\n\"Spalte\" = \"yeer\"").unwrap_err().to_string();
        assert!(error.contains("\"Spalte\"") && error.contains("yeer") && error.contains("cleared_m2"), "{error}");
    }

    #[test]
    fn each_wrong_part_of_a_mapping_is_named() {
        for (text, part) in [
            ("kind = \"cow\"", "cow"),
            ("delimiter = \"ab\"", "ab"),
            ("encoding = \"klingon\"", "klingon"),
            ("row_header = 0", "from 1"),
            ("crs = \"EPSG:1\"", "EPSG:1"),
            ("datum_shift = \"1,2\"", "three or seven"),
            ("colums = 3", "colums"),
            ("[values.year]\na = \"b\"", "values.year"),
            ("[values.sex]\nMann = \"mann\"", "male, female, other, unknown"),
        ] {
            let error = Mapping::from_toml(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
