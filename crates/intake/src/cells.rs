//! The cells of one row, read by field.

use crate::columns::{Plan, Use};
use crate::date;
use crate::finding::{Finding, FindingKind};
use crate::fit::{self, AgeSaid};
use crate::log::Log;
use crate::mapping::{Mapping, words_of};
use crate::number::{self, Number, Style};
use crate::record::{Age, Code, Sex};
use crate::style::bare_code;
use crate::table::{Native, Row};
use crate::vocabulary::{Field, normal};
use crate::words;
use jiff::civil::Date;

/// One row, with what is needed to read it.
pub(crate) struct Cells<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) row: &'a Row,
    pub(crate) mapping: Option<&'a Mapping>,
    pub(crate) today: Date,
    pub(crate) log: &'a mut Log,
}

/// Year, month and day as far as they are known.
pub(crate) type When = (Option<i16>, Option<i8>, Option<Date>);

/// Why a row cannot be taken.
pub(crate) type Reason = Box<Finding>;

impl<'a> Cells<'a> {
    /// The column of a field and its cell, when the cell says something.
    fn said(&self, field: Field) -> Option<(&'a Use, &'a str)> {
        let used = self.plan.uses.get(&field)?;
        let cell = self.row.cell(used.index);
        let mapped = self.mapping.is_some_and(|mapping| mapping.value(field, cell).is_some());
        (mapped || !words::is_unknown(cell)).then_some((used, cell))
    }

    fn finding(&self, kind: FindingKind, used: &Use, cell: &str) -> Finding {
        Finding::new(kind).at(self.row.number).column(&used.header).value(cell)
    }

    fn note(&mut self, kind: FindingKind, used: &Use, cell: &str) {
        let finding = self.finding(kind, used, cell);
        self.log.add(finding);
    }

    pub(crate) fn text(&self, field: Field) -> Option<String> {
        self.said(field).map(|(_, cell)| cell.to_owned())
    }

    pub(crate) fn code(&self, field: Field) -> Option<Code> {
        let (used, cell) = self.said(field)?;
        let bare = bare_code(cell, used.style);
        let best = match used.digits {
            Some(digits) => format!("{bare:0>digits$}"),
            None => bare,
        };
        Some(Code { raw: cell.to_owned(), restored: (best != cell).then_some(best) })
    }

    fn number(&self, used: &Use, cell: &str) -> Option<Number> {
        let plain = Style { decimal: Some('.'), ..Style::default() };
        number::parse(cell, if self.row.native(used.index) == Native::Number { plain } else { used.style })
    }

    /// Square metres; the row's figure cannot be taken when it is negative.
    pub(crate) fn area(&mut self, field: Field) -> Result<Option<f64>, Reason> {
        let Some((used, cell)) = self.said(field) else { return Ok(None) };
        let factor = |number: &Number| match number.unit.as_str() {
            "" => Some(used.factor),
            unit => number::square_metres(unit),
        };
        let Some(m2) = self.number(used, cell).and_then(|number| Some(number.value * factor(&number)?)) else {
            self.note(FindingKind::NotANumber {}, used, cell);
            return Ok(None);
        };
        if m2 < 0.0 {
            return Err(Box::new(self.finding(FindingKind::NegativeFigure {}, used, cell)));
        }
        if m2 > 1e12 {
            self.note(FindingKind::ImplausibleArea { m2 }, used, cell);
        }
        Ok(Some(m2))
    }

    /// A count of things; the row's figure cannot be taken when it is negative.
    pub(crate) fn count(&mut self, field: Field) -> Result<Option<u64>, Reason> {
        let Some((used, cell)) = self.said(field) else { return Ok(None) };
        let Some(number) = self.number(used, cell).filter(|number| number.unit.is_empty()) else {
            self.note(FindingKind::NotANumber {}, used, cell);
            return Ok(None);
        };
        if number.value < 0.0 {
            return Err(Box::new(self.finding(FindingKind::NegativeFigure {}, used, cell)));
        }
        let whole = fit::whole(number.value).and_then(|n| u64::try_from(n).ok());
        if whole.is_none() {
            self.note(FindingKind::NotWhole {}, used, cell);
        }
        Ok(whole)
    }

    /// The value's name in the field's list; a word in no list is a finding.
    pub(crate) fn word(&mut self, field: Field) -> Option<&'static str> {
        let (used, cell) = self.said(field)?;
        let list = words_of(field)?;
        let said = self.mapping.and_then(|mapping| mapping.value(field, cell));
        if said.is_some_and(|name| normal(name) == "unknown") {
            return None;
        }
        let code = if used.national_codes { fit::national_code(cell) } else { None };
        let found = code.or_else(|| words::look_up(list, said.unwrap_or(cell)));
        // A kind of event that is in no list is kept as written, which is no loss.
        if found.is_none() && field != Field::EventType {
            self.note(FindingKind::ValueUnknown { field: field.key().to_owned() }, used, cell);
        }
        found
    }

    /// The value's name in the field's list, without a word when it is in none.
    pub(crate) fn word_if_any(&self, field: Field, list: words::Words) -> Option<&'static str> {
        words::look_up(list, self.said(field)?.1)
    }

    pub(crate) fn sex(&mut self) -> Sex {
        let Some((used, cell)) = self.said(Field::Sex) else { return Sex::Unknown };
        if self.mapping.is_some_and(|mapping| mapping.value(Field::Sex, cell).is_some()) {
            return self.word(Field::Sex).map_or(Sex::Unknown, words::sex);
        }
        let field = Field::Sex.key().to_owned();
        match used.letters.read(cell) {
            Some(Ok(sex)) => return sex,
            Some(Err(())) => self.note(FindingKind::ValueAmbiguous { field }, used, cell),
            None => self.note(FindingKind::ValueUnknown { field }, used, cell),
        }
        Sex::Unknown
    }

    /// Age class, years, and the age as entered.
    pub(crate) fn age(&mut self) -> (Age, Option<u16>, Option<String>) {
        let Some((used, cell)) = self.said(Field::Age) else { return (Age::Unknown, None, None) };
        let said = match self.mapping.and_then(|mapping| mapping.value(Field::Age, cell)) {
            Some("child") => Some(AgeSaid::Child),
            Some("adult") => Some(AgeSaid::Adult),
            Some(_) => return (Age::Unknown, None, Some(cell.to_owned())),
            None => fit::age(cell),
        };
        let mut years = None;
        let class = match said {
            Some(AgeSaid::Child) => Age::Child,
            Some(AgeSaid::Adult) => Age::Adult,
            Some(AgeSaid::Years(n)) => {
                years = Some(n);
                if n < 18 { Age::Child } else { Age::Adult }
            }
            Some(AgeSaid::Straddles) => {
                self.note(FindingKind::AgeBandStraddles {}, used, cell);
                Age::Unknown
            }
            None => {
                self.note(FindingKind::ValueUnknown { field: Field::Age.key().to_owned() }, used, cell);
                Age::Unknown
            }
        };
        (class, years, Some(cell.to_owned()))
    }

    /// When it was: from the date column if it says so, else from year, month and day.
    pub(crate) fn when(&mut self, date_field: Field) -> When {
        let mut year = self.year();
        let mut month = self.month();
        let mut day = self.small_number(Field::Day).and_then(|n| i8::try_from(n).ok());
        if let Some((used, cell)) = self.said(date_field) {
            // A moment within a day is stored as a fraction of it.
            let text = if self.row.native(used.index) == Native::Number {
                cell.split('.').next().unwrap_or(cell)
            } else {
                cell
            };
            match date::parse(text, used.order, self.today).filter(|date| date.exists()) {
                None => self.note(FindingKind::NotADate {}, used, cell),
                Some(date) if !(1900..=self.today.year()).contains(&date.year) => {
                    self.note(FindingKind::YearOutOfRange { first: 1900, last: self.today.year() }, used, cell);
                }
                Some(date) => {
                    if let Some(year) = year.filter(|year| *year != date.year) {
                        self.note(FindingKind::YearDisagrees { year, date_year: date.year }, used, cell);
                    }
                    year = Some(date.year);
                    month = date.month.or(month);
                    day = date.day.or(day.filter(|_| date.month.is_none()));
                    if date.whole().is_some_and(|date| date > self.today) {
                        self.note(FindingKind::FutureDate { today: self.today.to_string() }, used, cell);
                        (month, day) = (None, None);
                    }
                }
            }
        }
        let date = year.zip(month).zip(day).and_then(|((y, m), d)| Date::new(y, m, d).ok());
        (year, month, date.filter(|date| *date <= self.today))
    }

    /// Says when what was found ended before it was found, as far as both dates are known.
    pub(crate) fn check_order(&mut self) {
        let said = |field: Field| {
            let (used, cell) = self.said(field)?;
            let date = date::parse(cell, used.order, self.today).filter(|date| date.exists())?;
            (1900..=self.today.year()).contains(&date.year).then_some((used, cell, date))
        };
        let (Some((_, began, found)), Some((used, ended, done))) = (said(Field::DateFound), said(Field::Date)) else {
            return;
        };
        let month = (found.month.unwrap_or(1), done.month.unwrap_or(12));
        let day = (found.day.unwrap_or(1), done.day.unwrap_or(31));
        if (done.year, month.1, day.1) < (found.year, month.0, day.0) {
            let kind = FindingKind::ReleasedBeforeFound { found: began.to_owned(), released: ended.to_owned() };
            self.note(kind, used, ended);
        }
    }

    fn small_number(&self, field: Field) -> Option<i64> {
        let (used, cell) = self.said(field)?;
        self.number(used, cell).filter(|number| number.unit.is_empty()).and_then(|number| fit::whole(number.value))
    }

    fn year(&mut self) -> Option<i16> {
        let (used, cell) = self.said(Field::Year)?;
        let (first, last) = (1900, self.today.year());
        let year = self.small_number(Field::Year).and_then(|n| i16::try_from(n).ok());
        let year = year.filter(|year| (first..=last).contains(year));
        if year.is_none() {
            self.note(FindingKind::YearOutOfRange { first, last }, used, cell);
        }
        year
    }

    fn month(&mut self) -> Option<i8> {
        let (used, cell) = self.said(Field::Month)?;
        let number = self.small_number(Field::Month).and_then(|n| i8::try_from(n).ok());
        let month = number.or_else(|| date::month_named(cell)).filter(|month| (1..=12).contains(month));
        if month.is_none() {
            self.note(FindingKind::MonthOutOfRange {}, used, cell);
        }
        month
    }
}
