//! Words for people: every sentence in the six languages of the United Nations, from `locales/`.

use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use serde::Serialize;
use treaty::because::{Because, Sentence, Value};
use treaty::date::{Date, PartialDate};
use treaty::quantity::Figure;
use treaty::state::Iso3;

/// A language of the United Nations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Arabic, written from right to left.
    Ar,
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
    /// French.
    Fr,
    /// Russian.
    Ru,
    /// Chinese.
    Zh,
}

impl Lang {
    /// All six, in the order of the United Nations.
    pub const ALL: [Self; 6] = [Self::Ar, Self::Zh, Self::En, Self::Fr, Self::Ru, Self::Es];

    /// Its BCP 47 code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Ar => "ar",
            Self::En => "en",
            Self::Es => "es",
            Self::Fr => "fr",
            Self::Ru => "ru",
            Self::Zh => "zh",
        }
    }

    /// Its own name for itself.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Ar => "العربية",
            Self::En => "English",
            Self::Es => "Español",
            Self::Fr => "Français",
            Self::Ru => "Русский",
            Self::Zh => "中文",
        }
    }

    /// Direction of writing: `rtl` or `ltr`.
    #[must_use]
    pub fn direction(self) -> &'static str {
        if self == Self::Ar { "rtl" } else { "ltr" }
    }

    /// The language of a code such as `fr` or `fr-CH`.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        let primary = code.trim().split(['-', '_', ';']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(primary))
    }

    /// The best language for an `Accept-Language` header, by its weights and then its order.
    #[must_use]
    pub fn of_header(header: &str) -> Self {
        let weight = |part: &str| {
            let given = part.split(';').find_map(|piece| piece.trim().strip_prefix("q=").map(str::parse::<f64>));
            given.and_then(Result::ok).unwrap_or(1.0)
        };
        let mut wanted: Vec<&str> = header.split(',').collect();
        wanted.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
        wanted.into_iter().find_map(Self::of_code).unwrap_or_default()
    }

    fn source(self) -> &'static str {
        match self {
            Self::Ar => include_str!("../../../locales/ar.ftl"),
            Self::En => include_str!("../../../locales/en.ftl"),
            Self::Es => include_str!("../../../locales/es.ftl"),
            Self::Fr => include_str!("../../../locales/fr.ftl"),
            Self::Ru => include_str!("../../../locales/ru.ftl"),
            Self::Zh => include_str!("../../../locales/zh.ftl"),
        }
    }
}

const STATE_NAMES: &str = include_str!("../../../locales/states.csv");

/// Between groups of three digits.
const COMMA: &str = ",";
/// The same, as the International Bureau of Weights and Measures has it: a narrow no-break space.
const NARROW: &str = "\u{202f}";

impl Lang {
    fn group(self) -> &'static str {
        match self {
            Self::Ar | Self::En | Self::Zh => COMMA,
            Self::Es | Self::Fr | Self::Ru => NARROW,
        }
    }
}

/// A whole number in groups of three digits.
fn grouped(count: i64, group: &str) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push_str(group);
        }
        grouped.push(digit);
    }
    if count < 0 { format!("\u{2212}{grouped}") } else { grouped }
}

/// A number of Fluent's as it is shown.
fn number(value: &FluentValue, group: &str) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    #[allow(clippy::cast_possible_truncation, reason = "only whole numbers below 2^53 are put in")]
    Some(grouped(number.value as i64, group))
}

/// The words of one language.
pub struct Words {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
    states: HashMap<Iso3, String>,
}

static WORDS: LazyLock<Vec<Words>> = LazyLock::new(|| Lang::ALL.into_iter().map(Words::new).collect());

impl Words {
    /// The words of a language.
    #[must_use]
    pub fn of(lang: Lang) -> &'static Self {
        let at = Lang::ALL.iter().position(|known| *known == lang).unwrap_or_default();
        // `WORDS` has one entry for each of `Lang::ALL`, which `at` points into.
        &WORDS[at]
    }

    fn new(lang: Lang) -> Self {
        let id = lang.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Numbers and codes inside a sentence that runs from right to left need marks of isolation: without them
        // "5(1)" is shown as "(1)5". In the other languages the marks would only be litter.
        bundle.set_use_isolating(lang == Lang::Ar);
        // A number chooses between "day" and "days" as a number, and is shown as the language groups it.
        bundle.set_formatter(Some(match lang.group() {
            COMMA => |value, _| number(value, COMMA),
            _ => |value, _| number(value, NARROW),
        }));
        // A message that cannot be parsed is left out, shows as its key, and fails the test of the locales.
        let resource = FluentResource::try_new(lang.source().to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
        let mut states = HashMap::new();
        let mut reader = csv::Reader::from_reader(STATE_NAMES.as_bytes());
        for row in reader.deserialize::<HashMap<String, String>>().flatten() {
            if let (Some(Ok(state)), Some(name)) = (row.get("iso3").map(|code| code.parse()), row.get(lang.code())) {
                states.insert(state, name.clone());
            }
        }
        Self { lang, bundle, states }
    }

    /// Which language.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Whether there are words for this key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.bundle.get_message(key).is_some_and(|message| message.value().is_some())
    }

    /// A text without values.
    #[must_use]
    pub fn text(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// A text with values put in. A key without words is said as it is, so that the gap can be seen.
    #[must_use]
    pub fn with(&self, key: &str, values: &[(&str, Value)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set((*name).to_owned(), self.fluent(value));
        }
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned()
    }

    /// A sentence of the treaty's.
    #[must_use]
    pub fn say(&self, sentence: &Sentence) -> String {
        self.with(sentence.key, &sentence.values)
    }

    /// A derivation, step by step.
    #[must_use]
    pub fn because(&self, because: &Because) -> Vec<Reason> {
        let reason = |step: &treaty::because::Step| Reason {
            article: step.article.map(|article| article.to_string()),
            says: self.say(&step.says),
            acts: step.acts.iter().map(ToString::to_string).collect(),
        };
        because.0.iter().map(reason).collect()
    }

    /// A State's name; its code where there is none.
    #[must_use]
    pub fn state(&self, state: Iso3) -> String {
        self.states.get(&state).cloned().unwrap_or_else(|| state.to_string())
    }

    /// A date, as far as known.
    #[must_use]
    pub fn date(&self, date: PartialDate) -> String {
        let month = |date: Date| Value::Text(self.text(&format!("month-{}", date.month())));
        let year = |date: Date| Value::Text(date.year().to_string());
        let text = match date {
            PartialDate::Day(date) => {
                let day = Value::Text(date.day().to_string());
                self.with("date-day", &[("day", day), ("month", month(date)), ("year", year(date))])
            }
            PartialDate::Month(date) => self.with("date-month", &[("month", month(date)), ("year", year(date))]),
            PartialDate::Year(date) => date.year().to_string(),
            PartialDate::Unknown => self.text("date-not-known"),
        };
        // A date is one run of text: marks of isolation around its parts would put day and year in the wrong places.
        text.replace(['\u{2068}', '\u{2069}'], "")
    }

    /// What a field file's rows tell, by the key that JSON has: `land_release`.
    #[must_use]
    pub fn records(&self, key: &str) -> String {
        match key {
            "victim" => self.text("records-victim"),
            "land_release" => self.text("records-land-release"),
            "event" => self.text("records-event"),
            "hazardous_area" => self.text("records-hazardous-area"),
            "district" => self.text("records-district"),
            other => other.to_owned(),
        }
    }

    /// A whole number, grouped as the language does; one too large for an `i64` is shown as the largest.
    #[must_use]
    pub fn count(&self, count: impl TryInto<i64>) -> String {
        grouped(count.try_into().unwrap_or(i64::MAX), self.lang.group())
    }

    /// A count of a report, or the word for what it is instead.
    #[must_use]
    pub fn count_figure(&self, figure: Figure<u64>) -> String {
        self.figure(figure, |count| self.count(count))
    }

    /// An area of a report, or the word for what it is instead.
    #[must_use]
    pub fn area_figure(&self, figure: Figure<f64>) -> String {
        self.figure(figure, |area| self.area(area))
    }

    fn figure<T>(&self, figure: Figure<T>, known: impl FnOnce(T) -> String) -> String {
        match figure {
            Figure::Known(value) => known(value),
            Figure::Unknown => self.text("figure-unknown"),
            Figure::NotApplicable => self.text("figure-not-applicable"),
            Figure::ToBeAnswered => self.text("figure-to-be-answered"),
            Figure::Hidden => self.text("figure-hidden"),
        }
    }

    /// An area in m², to the square metre where it is whole, else to two decimals.
    #[must_use]
    pub fn area(&self, area: f64) -> String {
        let text = if (area - area.round()).abs() < 0.005 { format!("{area:.0}") } else { format!("{area:.2}") };
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        let grouped = match whole.parse::<i64>() {
            Ok(0) if whole.starts_with('-') && !decimals.is_empty() => "\u{2212}0".to_owned(),
            Ok(number) => self.count(number),
            Err(_) => whole.to_owned(),
        };
        let number = if decimals.is_empty() { grouped } else { format!("{grouped}{}{decimals}", self.decimal_mark()) };
        let unit = match self.lang {
            Lang::Ar => "م²",
            Lang::Ru => "м²",
            Lang::En | Lang::Es | Lang::Fr | Lang::Zh => "m²",
        };
        format!("{number}\u{a0}{unit}")
    }

    fn decimal_mark(&self) -> &'static str {
        match self.lang {
            Lang::Ar | Lang::En | Lang::Zh => ".",
            Lang::Es | Lang::Fr | Lang::Ru => ",",
        }
    }

    fn fluent(&self, value: &Value) -> FluentValue<'static> {
        FluentValue::from(match value {
            // Beyond, a number of Fluent's is not exact any more.
            Value::Count(count) if count.unsigned_abs() < 1 << 53 => return FluentValue::from(*count),
            Value::Count(count) => self.count(*count),
            Value::Area(area) => self.area(*area),
            Value::Date(date) => self.date(*date),
            Value::State(state) => self.state(*state),
            Value::Text(text) => text.clone(),
        })
    }
}

/// One step of a derivation, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Article and paragraph, when the step follows from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// What it says.
    pub says: String,
    /// The acts it rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<String>,
}

#[cfg(test)]
mod tests;
