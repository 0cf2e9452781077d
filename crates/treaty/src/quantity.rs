//! Figures that may not be known. An unknown figure is [`Figure::Unknown`], never 0.

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize, Serializer};

/// A figure in a report. In JSON: a number, or one of the words.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Figure<T> {
    /// Known.
    Known(T),
    /// Asked, and not known.
    Unknown,
    /// The question does not apply to the State.
    NotApplicable,
    /// Nobody has answered yet.
    #[default]
    ToBeAnswered,
    /// Known, and not shown to the public ([`disclosure`](crate::disclosure)). In public editions only: it is written, and
    /// never read from a report.
    Hidden,
}

impl<T: Copy> Figure<T> {
    /// The number, when known.
    pub fn known(self) -> Option<T> {
        if let Self::Known(value) = self { Some(value) } else { None }
    }
}

impl<T> From<Option<T>> for Figure<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Self::Known)
    }
}

const UNKNOWN: &str = "unknown";
const NOT_APPLICABLE: &str = "not applicable";
const TO_BE_ANSWERED: &str = "to be answered";
const HIDDEN: &str = "hidden";

impl<T: Serialize> Serialize for Figure<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Unknown => serializer.serialize_str(UNKNOWN),
            Self::NotApplicable => serializer.serialize_str(NOT_APPLICABLE),
            Self::ToBeAnswered => serializer.serialize_str(TO_BE_ANSWERED),
            Self::Hidden => serializer.serialize_str(HIDDEN),
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum NumberOrWord<T> {
    Number(T),
    Word(String),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Figure<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let refusal = "a figure is a number of the right kind (counts: whole and not negative), \"unknown\", \
                       \"not applicable\" or \"to be answered\"";
        match NumberOrWord::deserialize(deserializer).map_err(|_| de::Error::custom(refusal))? {
            NumberOrWord::Number(value) => Ok(Self::Known(value)),
            NumberOrWord::Word(word) => match word.as_str() {
                UNKNOWN => Ok(Self::Unknown),
                NOT_APPLICABLE => Ok(Self::NotApplicable),
                TO_BE_ANSWERED => Ok(Self::ToBeAnswered),
                HIDDEN => Err(de::Error::custom(
                    "a figure is \"hidden\": this is a public edition, not the report; work with the file that the State lodged",
                )),
                _ => Err(de::Error::custom(format!("{refusal}; it says \"{word}\""))),
            },
        }
    }
}

/// The known parts of a sum: those that do not apply are left out. `None` when nothing applies or a part is not known.
fn known_parts<T: Copy>(parts: impl IntoIterator<Item = Figure<T>>) -> Option<Vec<T>> {
    let mut known = Vec::new();
    for part in parts {
        match part {
            Figure::Known(value) => known.push(value),
            Figure::NotApplicable => {}
            Figure::Unknown | Figure::ToBeAnswered | Figure::Hidden => return None,
        }
    }
    if known.is_empty() { None } else { Some(known) }
}

/// Adds up counts: the sum is known only when every part is known or does not apply. A sum too large to be a count is
/// held at the largest one, which no true total equals.
pub fn sum_counts(parts: impl IntoIterator<Item = Figure<u64>>) -> Option<u64> {
    known_parts(parts).map(|known| known.into_iter().fold(0, u64::saturating_add))
}

/// Adds up areas in m²: the sum is known only when every part is known or does not apply.
pub fn sum_areas(parts: impl IntoIterator<Item = Figure<f64>>) -> Option<f64> {
    known_parts(parts).map(sum_m2)
}

/// The sum of areas in m², with the rounding of each addition carried along (Neumaier 1974), so that the order of the
/// rows of a field file does not matter to the last square centimetre.
#[must_use]
pub fn sum_m2(areas: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0_f64, 0.0_f64);
    for area in areas {
        let next = sum + area;
        lost += if sum.abs() >= area.abs() { (sum - next) + area } else { (area - next) + sum };
        sum = next;
    }
    sum + lost
}

/// Whether two areas in m² say the same: within half a square metre, which is how reports are rounded, or one part in
/// a million for the sums of many rounded rows.
#[must_use]
pub fn same_m2(a: f64, b: f64) -> bool {
    (a - b).abs() <= 0.5_f64.max(1e-6 * a.abs().max(b.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_unknown_figure_is_never_zero() {
        let read = |json: &str| serde_json::from_str::<Figure<u64>>(json);
        assert_eq!(read("\"unknown\"").unwrap(), Figure::Unknown);
        assert_eq!(read("0").unwrap(), Figure::Known(0));
        for bad in ["-1", "1.5", "\"none\"", "null", "\"\"", "true", "[]"] {
            assert!(read(bad).is_err(), "{bad} was taken for a count");
        }
        assert_eq!(sum_counts([Figure::Known(3), Figure::Unknown]), None);
        assert_eq!(sum_counts([Figure::Known(3), Figure::NotApplicable]), Some(3));
        assert_eq!(sum_counts([Figure::Known(u64::MAX), Figure::Known(5)]), Some(u64::MAX));
    }

    #[test]
    fn square_metres_add_up_in_any_order() {
        let areas = [1e15, 0.01, -1e15, 0.02];
        assert!((sum_m2(areas) - 0.03).abs() < 1e-12);
    }

    #[test]
    fn a_hidden_figure_is_written_and_never_read() {
        let json = serde_json::to_string(&Figure::<u64>::Hidden).unwrap();
        assert_eq!(json, "\"hidden\"");
        let refused = serde_json::from_str::<Figure<u64>>(&json).unwrap_err();
        assert!(refused.to_string().contains("public edition"), "{refused}");
    }

    proptest! {
        #[test]
        fn a_figure_is_written_as_it_is_read(value in any::<u64>()) {
            let json = serde_json::to_string(&Figure::Known(value)).unwrap();
            prop_assert_eq!(serde_json::from_str::<Figure<u64>>(&json).unwrap(), Figure::Known(value));
        }
    }
}
