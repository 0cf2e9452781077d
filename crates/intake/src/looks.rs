//! What the values of a column look like, whatever its name says.

use crate::coordinates;
use crate::date::{self, Order};
use crate::fit;
use crate::number::{self, Lean};
use crate::table::{Native, Table};
use crate::vocabulary::{Class, Field};
use crate::wkt;
use crate::words::{self, Words};
use jiff::civil::Date;
use std::collections::HashSet;

/// What most values of a column look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looks {
    /// Words of a field's list.
    List(Words),
    Dates,
    Years,
    /// 1, 2, 3 and so on, in order.
    RowNumbers,
    /// Whole numbers under 120: ages, counts or codes of a list.
    SmallNumbers {
        /// Whether there are more of them than a list of codes has.
        many: bool,
    },
    Degrees,
    /// Eastings or northings.
    Metres,
    /// Lengths with their unit.
    Lengths,
    /// Latitude and longitude in one cell, or well-known text.
    Places,
    Numbers,
    /// One word of letters and digits each.
    Codes,
    /// Many different texts.
    Names,
    /// Few different words, in no list.
    FewWords,
    Nothing,
}

impl Looks {
    /// In words, for a message.
    pub(crate) fn says(self) -> &'static str {
        match self {
            Self::List(Words::Sex) => "sex (male, female)",
            Self::List(Words::Outcome) => "outcome (killed, injured)",
            Self::List(Words::AreaKind) => "area_kind (suspected, confirmed)",
            Self::List(Words::Release) => "release_kind (cancelled, reduced, cleared)",
            Self::List(Words::Status) => "status (civilian, security forces, deminer)",
            Self::List(Words::AreaStatus) => "area_status (open, closed)",
            Self::List(Words::Event) => "event_type (kinds of events)",
            Self::List(Words::Age) => "age (child, adult)",
            Self::Dates => "dates",
            Self::Years => "years",
            Self::RowNumbers => "row numbers",
            Self::SmallNumbers { .. } => "ages, counts or code numbers",
            Self::Degrees => "degrees",
            Self::Metres => "projected metres (eastings or northings)",
            Self::Lengths => "lengths, not areas",
            Self::Places => "coordinates",
            Self::Numbers => "numbers",
            Self::Codes => "codes",
            Self::Names => "names",
            Self::FewWords => "words that are in no list",
            Self::Nothing => "nothing",
        }
    }

    /// The field to propose.
    pub(crate) fn field(self) -> Option<Field> {
        match self {
            Self::List(words) => Field::from_key(words.key()),
            Self::Dates => Some(Field::Date),
            Self::Years => Some(Field::Year),
            Self::Places => Some(Field::LatLon),
            Self::RowNumbers => Some(Field::Id),
            _ => None,
        }
    }

    /// Whether a column of that field cannot well hold what its values look like, although each of them could be one.
    pub(crate) fn contradicts(self, field: Field) -> bool {
        match field.class() {
            Class::Area => matches!(self, Self::Years | Self::RowNumbers | Self::Lengths),
            Class::Count => self == Self::Years,
            Class::Text => matches!(field, Field::Admin1 | Field::Admin2) && self == Self::Codes,
            Class::Code => field != Field::Code && self == Self::Names,
            _ => false,
        }
    }

    /// Whether the values tell something else than a column of that field does; words that are in no list may be its own
    /// in a language or a code not known here.
    pub(crate) fn is_other(self, field: Field) -> bool {
        match self {
            Self::Nothing => false,
            Self::FewWords | Self::SmallNumbers { many: false } | Self::Codes => {
                !matches!(field.class(), Class::Words(_))
            }
            _ => true,
        }
    }
}

/// At most this many values are looked at, spread over the column.
const SAMPLE: usize = 2_000;
/// A column is told years or row numbers only when it has this many values; fewer may be so by chance.
const ENOUGH: usize = 5;

/// Looks at the values of a column.
pub(crate) fn at(table: &Table, index: usize, today: Date) -> Looks {
    let step = table.rows.len() / SAMPLE + 1;
    let rows = table.rows.iter().step_by(step).filter(|row| !words::is_unknown(row.cell(index)));
    let values: Vec<(&str, Native)> = rows.map(|row| (row.cell(index), row.native(index))).collect();
    if values.is_empty() {
        return Looks::Nothing;
    }
    let most =
        |test: &dyn Fn(&str) -> bool| values.iter().filter(|(cell, _)| test(cell)).count() * 5 >= values.len() * 4;
    let list = Words::ALL.into_iter().find(|words| most(&|cell| in_list(*words, cell)));
    let distinct: HashSet<&str> = values.iter().map(|(cell, _)| *cell).collect();
    if let Some(words) = list {
        return Looks::List(words);
    }
    if values.iter().filter(|(_, native)| *native == Native::Date).count() * 5 >= values.len() * 4 {
        return Looks::Dates;
    }
    let numbers: Vec<(f64, String)> = values.iter().filter_map(|(cell, _)| number_in(cell)).collect();
    if numbers.len() * 5 >= values.len() * 4 {
        let counted_by = (numbers.len() == table.rows.len().div_ceil(step)).then_some(step);
        return of_numbers(&numbers, distinct.len(), counted_by, today);
    }
    if most(&|cell| wkt::parse(cell).is_some() || (cell.contains([',', ';']) && coordinates::place(cell).is_some())) {
        Looks::Places
    } else if most(&|cell| date::parse(cell, Order::default(), today).is_some()) {
        Looks::Dates
    } else if most(&is_code) {
        Looks::Codes
    } else if most(&is_abbreviation) {
        Looks::FewWords
    } else if distinct.len() > 12 || distinct.len() * 2 > values.len() + 1 {
        Looks::Names
    } else {
        Looks::FewWords
    }
}

fn in_list(words: Words, cell: &str) -> bool {
    let sex = || words::SexLetters { has_h: true, has_f: false }.read(cell).is_some();
    if words == Words::Sex { sex() } else { words::look_up(words, cell).is_some() }
}

fn number_in(cell: &str) -> Option<(f64, String)> {
    let style = number::style([cell].into_iter(), Lean::Decimal);
    number::parse(cell, style).map(|number| (number.value, crate::vocabulary::normal(&number.unit)))
}

/// A word of digits and at most four letters: KH0204, 05313, AF-01. District12 is a name.
fn is_code(cell: &str) -> bool {
    let digits = cell.chars().filter(|c| number::digit(*c).is_some()).count();
    let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
    !cell.contains(char::is_whitespace) && digits >= 2 && letters <= 4
}

/// A short word in capitals: a name in some tables and a code in others.
fn is_abbreviation(cell: &str) -> bool {
    cell.chars().count() <= 8 && !cell.contains(|c: char| c.is_whitespace() || c.is_lowercase())
}

fn of_numbers(numbers: &[(f64, String)], distinct: usize, counted_by: Option<usize>, today: Date) -> Looks {
    const LENGTHS: [&str; 12] =
        ["m", "ml", "metros", "metres", "meters", "mts", "km", "м", "метров", "متر", "米", "metara"];
    let most = |test: &dyn Fn(f64) -> bool| {
        numbers.iter().filter(|(value, _)| test(*value)).count() * 20 >= numbers.len() * 19
    };
    let whole = |value: f64| fit::whole(value).is_some();
    let last = f64::from(today.year()) + 1.0;
    if numbers.iter().filter(|(_, unit)| LENGTHS.contains(&unit.as_str())).count() * 2 > numbers.len() {
        return Looks::Lengths;
    }
    let counted = counted_by
        .is_some_and(|step| numbers.windows(2).all(|pair| (pair[1].0 - pair[0].0 - step as f64).abs() < 1e-9));
    if counted
        && numbers.len() >= 2 * ENOUGH
        && numbers.first().is_some_and(|(n, _)| matches!(fit::whole(*n), Some(0 | 1)))
    {
        Looks::RowNumbers
    } else if most(&|value| whole(value) && (1900.0..=last).contains(&value))
        && numbers.len() >= ENOUGH
        && distinct >= 3
    {
        Looks::Years
    } else if most(&|value| whole(value) && (0.0..120.0).contains(&value)) {
        Looks::SmallNumbers { many: distinct > 12 }
    } else if most(&|value| value.abs() <= 180.0) {
        Looks::Degrees
    } else if most(&|value| (10_000.0..20_000_000.0).contains(&value.abs())) {
        Looks::Metres
    } else {
        Looks::Numbers
    }
}

/// Whether most values of a column of latitudes or longitudes lie beyond where such degrees end, and are degrees all the
/// same: figures larger than any degree are in metres, and belong to another coordinate system.
///
/// A column that is only called x or y may hold metres rightly.
pub(crate) fn beyond(table: &Table, index: usize, field: Field, header: &str) -> bool {
    const PLANE: [&str; 8] = ["x", "y", "xcoord", "ycoord", "coordx", "coordy", "pointx", "pointy"];
    let end = match field.class() {
        Class::Latitude => 90.0,
        Class::Longitude => 180.0,
        _ => return false,
    };
    let step = table.rows.len() / SAMPLE + 1;
    let degrees = table.rows.iter().step_by(step).filter_map(|row| coordinates::degrees(row.cell(index), None));
    let (out, total) = degrees
        .fold((0, 0), |(out, total), value| (out + usize::from(value.abs() > end && value.abs() <= 360.0), total + 1));
    !PLANE.contains(&crate::vocabulary::normal(header).as_str()) && out * 2 > total
}
