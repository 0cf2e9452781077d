//! Names of columns and words for values in more languages: one readable table each, in `languages/`.
//!
//! Spanish, French and English stand in [`crate::vocabulary`] and [`crate::words`]. To add a language, add a table and
//! name it in [`TABLES`]; a test says whether every line of it is understood.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const TABLES: [(&str, &str); 9] = [
    ("ar", include_str!("languages/ar.toml")),
    ("zh", include_str!("languages/zh.toml")),
    ("ru", include_str!("languages/ru.toml")),
    ("uk", include_str!("languages/uk.toml")),
    ("pt", include_str!("languages/pt.toml")),
    ("bs", include_str!("languages/bs.toml")),
    ("hr", include_str!("languages/hr.toml")),
    ("km", include_str!("languages/km.toml")),
    ("fa-AF", include_str!("languages/fa-AF.toml")),
];

/// Words with commas between.
type Words = String;

/// One language's table.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Language {
    /// Whether the words are also written in Serbian Cyrillic.
    cyrillic: bool,
    unknown: Words,
    total: Words,
    months: Vec<Words>,
    units: BTreeMap<String, Words>,
    columns: BTreeMap<String, Words>,
    values: BTreeMap<String, BTreeMap<String, Words>>,
}

fn all() -> &'static [Language] {
    static ALL: OnceLock<Vec<Language>> = OnceLock::new();
    // A table that does not parse would be an empty language; a test below proves that each one does.
    ALL.get_or_init(|| TABLES.iter().map(|(_, text)| toml::from_str(text).unwrap_or_default()).collect())
}

impl Language {
    fn spelt(&self, words: &str) -> Vec<String> {
        let latin = words.split(", ").map(str::trim).filter(|word| !word.is_empty());
        latin.flat_map(|word| [Some(word.to_owned()), self.cyrillic.then(|| cyrillic(word))]).flatten().collect()
    }
}

/// Every name of a column, with the key of its field.
pub(crate) fn columns() -> impl Iterator<Item = (&'static str, String)> {
    let lists = all().iter().flat_map(|language| language.columns.iter().map(move |list| (language, list)));
    lists.flat_map(|(language, (key, words))| language.spelt(words).into_iter().map(move |word| (key.as_str(), word)))
}

/// Every word for a value of the field of that key, with the value's name.
pub(crate) fn values(field: &str) -> impl Iterator<Item = (&'static str, String)> {
    let lists = all().iter().filter_map(|language| Some((language, language.values.get(field)?)));
    let words = lists.flat_map(|(language, lists)| lists.iter().map(move |list| (language, list)));
    words.flat_map(|(language, (name, words))| language.spelt(words).into_iter().map(move |word| (name.as_str(), word)))
}

/// Words that say that nothing is known.
pub(crate) fn unknown() -> impl Iterator<Item = String> {
    all().iter().flat_map(|language| language.spelt(&language.unknown))
}

/// Words with which a row begins that sums others.
pub(crate) fn totals() -> impl Iterator<Item = String> {
    all().iter().flat_map(|language| language.spelt(&language.total))
}

/// Every name of a month, with its number.
pub(crate) fn months() -> impl Iterator<Item = (String, i8)> {
    let lists = all().iter().flat_map(|language| language.months.iter().zip(1i8..).map(move |list| (language, list)));
    lists.flat_map(|(language, (words, month))| language.spelt(words).into_iter().map(move |word| (word, month)))
}

/// Every name of a unit of area, with the unit's plain name.
pub(crate) fn units() -> impl Iterator<Item = (&'static str, String)> {
    let lists = all().iter().flat_map(|language| language.units.iter().map(move |list| (language, list)));
    lists.flat_map(|(language, (unit, words))| language.spelt(words).into_iter().map(move |word| (unit.as_str(), word)))
}

/// A word of Serbian in Cyrillic, letter by letter.
fn cyrillic(latin: &str) -> String {
    const PAIRS: [(&str, &str); 30] = [
        ("dž", "џ"),
        ("lj", "љ"),
        ("nj", "њ"),
        ("č", "ч"),
        ("ć", "ћ"),
        ("š", "ш"),
        ("ž", "ж"),
        ("đ", "ђ"),
        ("a", "а"),
        ("b", "б"),
        ("c", "ц"),
        ("d", "д"),
        ("e", "е"),
        ("f", "ф"),
        ("g", "г"),
        ("h", "х"),
        ("i", "и"),
        ("j", "ј"),
        ("k", "к"),
        ("l", "л"),
        ("m", "м"),
        ("n", "н"),
        ("o", "о"),
        ("p", "п"),
        ("r", "р"),
        ("s", "с"),
        ("t", "т"),
        ("u", "у"),
        ("v", "в"),
        ("z", "з"),
    ];
    PAIRS.iter().fold(latin.to_lowercase(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::words_of;
    use crate::vocabulary::Field;
    use crate::{number, words};

    #[test]
    fn every_line_of_every_table_is_understood() {
        for (name, text) in TABLES {
            let language: Language = toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(language.months.len(), 12, "{name}");
            for key in language.columns.keys() {
                assert!(Field::from_key(key).is_some(), "{name}: {key} is no field");
            }
            for (key, lists) in &language.values {
                let list = Field::from_key(key).and_then(words_of).unwrap_or_else(|| panic!("{name}: {key}"));
                for value in lists.keys() {
                    assert!(words::names(list).contains(&value.as_str()), "{name}: {key} has no value {value}");
                }
            }
            for unit in language.units.keys() {
                assert!(number::square_metres(unit).is_some(), "{name}: {unit} is no unit");
            }
        }
    }

    #[test]
    fn every_language_but_the_croatian_months_names_what_figures_rest_on() {
        for (name, text) in TABLES.iter().filter(|(name, _)| *name != "hr") {
            let language: Language = toml::from_str(text).unwrap();
            for key in
                ["year", "date", "sex", "age", "outcome", "admin1", "admin2", "cleared_m2", "area_m2", "latitude"]
            {
                assert!(language.columns.contains_key(key), "{name}: {key}");
            }
        }
    }

    #[test]
    fn serbian_is_written_in_two_alphabets() {
        assert_eq!(cyrillic("Očišćena površina"), "очишћена површина");
        assert_eq!(cyrillic("nadležnost, džep, ljudi, njiva"), "надлежност, џеп, људи, њива");
    }
}
