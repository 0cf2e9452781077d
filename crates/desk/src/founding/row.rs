//! Rows of the founding files, read with errors that name file, line and field.

use std::collections::BTreeMap;
use std::str::FromStr;

use treaty::date::PartialDate;

/// A founding fact that cannot be read. The facts are built into the program and tested, so this is a fault of the
/// program, told like any other.
#[derive(Debug, thiserror::Error)]
pub enum FoundingError {
    /// A row is no CSV.
    #[error("facts/{file}: {source}")]
    Csv {
        /// The file.
        file: &'static str,
        /// What the reader said.
        source: csv::Error,
    },
    /// A field cannot be read.
    #[error("facts/{file}, line {line}, field {field}: \"{value}\" {why}")]
    Field {
        /// The file.
        file: &'static str,
        /// The line, counted from 1.
        line: u64,
        /// The field.
        field: String,
        /// What stands there.
        value: String,
        /// What is wrong with it.
        why: String,
    },
    /// The statements of a resolution cannot be read.
    #[error("facts/{file}: {source}")]
    Toml {
        /// The file.
        file: &'static str,
        /// What the reader said.
        source: Box<toml::de::Error>,
    },
}

/// One row, by column name.
pub(crate) struct Row {
    file: &'static str,
    line: u64,
    values: BTreeMap<String, String>,
}

/// Reads all rows of a file.
pub(crate) fn rows(file: &'static str, text: &str) -> Result<Vec<Row>, FoundingError> {
    let wrong = |source| FoundingError::Csv { file, source };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().map_err(wrong)?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let line = record.position().map_or(0, csv::Position::line);
        let values = headers.iter().zip(&record).map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
        rows.push(Row { file, line, values: values.collect() });
    }
    Ok(rows)
}

impl Row {
    /// The text of a field; `None` when the cell is empty.
    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.values.get(field).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The text of a field that every row has.
    pub(super) fn need(&self, field: &str) -> Result<&str, FoundingError> {
        self.text(field).ok_or_else(|| self.wrong(field, "is empty; every row needs it"))
    }

    /// A field read as `T`; `None` when the cell is empty.
    pub(super) fn read<T: FromStr>(&self, field: &str) -> Result<Option<T>, FoundingError>
    where
        T::Err: std::fmt::Display,
    {
        let read = |text: &str| text.parse().map_err(|why: T::Err| self.wrong(field, &why.to_string()));
        self.text(field).map(read).transpose()
    }

    /// A field of every row, read as `T`.
    pub(crate) fn need_read<T: FromStr>(&self, field: &str) -> Result<T, FoundingError>
    where
        T::Err: std::fmt::Display,
    {
        self.read(field)?.ok_or_else(|| self.wrong(field, "is empty; every row needs it"))
    }

    /// A date as far as known; an empty cell is a date not known.
    pub(super) fn date(&self, field: &str) -> Result<PartialDate, FoundingError> {
        Ok(self.read(field)?.unwrap_or(PartialDate::Unknown))
    }

    /// A field read as one of some words.
    pub(super) fn one_of<T: Copy>(&self, field: &str, words: &[(&str, T)]) -> Result<T, FoundingError> {
        let text = self.need(field)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        found.ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.wrong(field, &format!("is none of: {}", known.join(", ")))
        })
    }

    /// All filled fields but those named, as printed.
    pub(super) fn figures(&self, without: &[&str]) -> BTreeMap<String, String> {
        let kept = |(name, value): &(&String, &String)| !value.is_empty() && !without.contains(&name.as_str());
        self.values.iter().filter(kept).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// An error about a field of this row.
    pub(super) fn wrong(&self, field: &str, why: &str) -> FoundingError {
        let value = self.values.get(field).cloned().unwrap_or_default();
        FoundingError::Field { file: self.file, line: self.line, field: field.to_owned(), value, why: why.to_owned() }
    }

    /// The line, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }
}
