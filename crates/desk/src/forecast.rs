//! When will the ground be clear? From the yearly rates of a balance, with what is taken for granted said beside it.

use jiff::civil::Date;
use land::forecast::{Assumption, Forecast, ForecastError, Past};
use land::generalise::rounded_down;
use land::{Balance, YearRow};
use serde::Serialize;
use treaty::because::Value;
use treaty::owed::obligations;
use treaty::register::Register;
use treaty::state::Iso3;

use crate::error::DeskError;
use crate::words::Words;

/// The futures drawn are the same for everybody who asks with the same figures.
const SEED: u64 = 1997;

/// From fewer steps than this, rounded figures forecast nothing but their rounding.
const STEPS_WORTH_A_FORECAST: f64 = 10.0;

/// What is asked of a forecast.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The day on which it is asked; the last year that is over before it is the last one drawn from.
    pub today: Date,
    /// By when the ground must be clear.
    pub deadline: Date,
    /// Whether ground goes on being found as in past years.
    pub with_finds: bool,
}

/// A forecast with the past that it rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ForecastView {
    /// `as_mapped`, or `as_recorded` where records have no shapes.
    pub from: &'static str,
    /// m² remaining at the end of the last year that is over.
    pub remaining_m2: f64,
    /// That year.
    pub year: i16,
    /// By when the ground must be clear.
    pub deadline: Date,
    /// The years of the balance, up to that year.
    pub past: Vec<YearRow>,
    /// The forecast.
    #[serde(flatten)]
    pub forecast: Forecast,
    /// What it comes to, in words.
    pub says: Vec<String>,
    /// What is taken for granted, in words.
    pub takes_for_granted: Vec<String>,
}

/// The day by which a State must have cleared, as the register knows it: Article 5(1), or an extension granted.
#[must_use]
pub fn deadline_of(register: &Register, state: Iso3, on: Date) -> Option<Date> {
    let duties = obligations(register, register.state(state)?, on);
    duties.into_iter().find(|duty| duty.article.to_string() == "5(1)")?.due
}

/// Forecasts from a balance: *as mapped* where every record has a shape, else *as recorded* where every record states an
/// area; years before the first release are not drawn from.
///
/// # Errors
/// Too few years are known, or neither side of the balance is whole.
pub fn forecast(balance: &Balance, asked: &Asked, words: &Words) -> Result<ForecastView, DeskError> {
    let (from, rows) = whole_side(balance)?;
    of_rows(from, rows, asked, words)
}

/// The same for whoever sees areas rounded down: from what remained at the end of each year, so rounded, and from nothing
/// else. Less remained, more was released.
///
/// # Errors
/// As [`forecast`]; or too little remains for the rounding to leave a forecast worth reading.
pub fn forecast_generalised(
    balance: &Balance,
    step_m2: f64,
    asked: &Asked,
    words: &Words,
) -> Result<ForecastView, DeskError> {
    let (from, rows) = whole_side(balance)?;
    let mut opening = 0.0;
    let mut rounded = Vec::with_capacity(rows.len());
    for row in rows {
        let closing = rounded_down(row.closing, step_m2);
        let (found, cleared) = ((closing - opening).max(0.0), (opening - closing).max(0.0));
        rounded.push(YearRow { year: row.year, opening, found, cleared, closing, ..YearRow::default() });
        opening = closing;
    }
    let last = rounded.iter().rfind(|row| row.year < asked.today.year());
    if last.is_none_or(|row| row.closing < STEPS_WORTH_A_FORECAST * step_m2) {
        return Err(DeskError::Nothing("too little remains to be forecast from rounded figures"));
    }
    of_rows(from, &rounded, asked, words)
}

fn of_rows(from: &'static str, rows: &[YearRow], asked: &Asked, words: &Words) -> Result<ForecastView, DeskError> {
    let year = asked.today.year() - 1;
    let past: Vec<YearRow> = rows.iter().filter(|row| row.year <= year).copied().collect();
    let Some(last) = past.last() else { return Err(DeskError::Forecast(ForecastError::TooFewYears { known: 0 })) };
    // After the last event nothing changes: that year's closing stands until a later record says otherwise.
    let remaining_m2 = last.closing;
    let worked = past.iter().skip_while(|row| row.released() <= 0.0);
    let drawn = Past {
        released_m2: worked.clone().map(|row| (row.year, row.released())).collect(),
        found_m2: asked.with_finds.then(|| worked.map(|row| (row.year, row.found)).collect()),
        remaining_m2,
        year,
        deadline: asked.deadline,
        seed: SEED,
    };
    let forecast = land::forecast::forecast(&drawn)?;
    let says = sentences(&forecast, asked, words);
    let takes_for_granted = forecast.assumptions.iter().map(|assumption| granted(assumption, words)).collect();
    Ok(ForecastView { from, remaining_m2, year, deadline: asked.deadline, past, forecast, says, takes_for_granted })
}

fn whole_side(balance: &Balance) -> Result<(&'static str, &[YearRow]), DeskError> {
    let found = &balance.findings;
    let (no_shape, no_area) = (found.records_without_shape, found.records_without_stated_area);
    if no_shape.hazards + no_shape.releases == 0 {
        Ok(("as_mapped", &balance.as_mapped.whole))
    } else if no_area.hazards + no_area.releases == 0 {
        Ok(("as_recorded", &balance.as_recorded.whole))
    } else {
        Err(DeskError::Nothing(
            "some records have no polygon and some state no area, so neither side of the balance is whole and a forecast would \
             be of a part only; complete one of the two (mineban balance says how many lack which)",
        ))
    }
}

fn sentences(forecast: &Forecast, asked: &Asked, words: &Words) -> Vec<String> {
    let when = |day: Option<Date>| match day {
        Some(day) => Value::Text(day.year().to_string()),
        None => Value::Text(words.text("forecast-not-within")),
    };
    let completion = &forecast.completion;
    let mut says = vec![words.with(
        "forecast-completion",
        &[("median", when(completion.p50)), ("early", when(completion.p5)), ("late", when(completion.p95))],
    )];
    let deadline = ("deadline", Value::from(asked.deadline));
    says.push(words.with(
        "forecast-probability",
        &[deadline.clone(), ("percent", Value::Text(percent(forecast.probability_by_deadline)))],
    ));
    let [first, _, last] = forecast.recent_years;
    let recent = [
        ("recent", Value::Area(forecast.recent_m2_per_year.round())),
        ("first", Value::Text(first.to_string())),
        ("last", Value::Text(last.to_string())),
    ];
    says.push(match forecast.needed_m2_per_year {
        Some(needed) => {
            let mut values = vec![deadline, ("needed", Value::Area(needed.round()))];
            values.extend(recent);
            words.with("forecast-needed", &values)
        }
        None => words.with("forecast-deadline-past", &[deadline]),
    });
    says
}

/// Whole percents, never 0 or 100 of what is only near them.
fn percent(share: f64) -> String {
    match share {
        share if share > 0.0 && share < 0.01 => "< 1".to_owned(),
        share if share > 0.99 && share < 1.0 => "> 99".to_owned(),
        share => format!("{:.0}", share * 100.0),
    }
}

fn granted(assumption: &Assumption, words: &Words) -> String {
    let years = |years: &[i16]| Value::Text(runs(years));
    match assumption {
        Assumption::YearsToComeAreLike { years: like } => words.with("forecast-years-like", &[("years", years(like))]),
        Assumption::UnknownYearsLeftOut { years: out } => {
            words.with("forecast-years-left-out", &[("years", years(out))])
        }
        Assumption::NothingNewIsFound => words.text("forecast-nothing-new"),
        Assumption::NewGroundIsFoundAsBefore => words.text("forecast-found-as-before"),
        Assumption::RemainingIsRight { year } => {
            words.with("forecast-remaining-right", &[("year", Value::Text(year.to_string()))])
        }
        Assumption::WorkIsEvenWithinAYear => words.text("forecast-even-work"),
        Assumption::FollowedForYears { years } => {
            words.with("forecast-horizon", &[("years", Value::Text(years.to_string()))])
        }
    }
}

/// Years in few words: `2018–2021, 2023`.
fn runs(years: &[i16]) -> String {
    let mut text: Vec<String> = Vec::new();
    for run in years.chunk_by(|a, b| a + 1 == *b) {
        text.push(match run {
            [only] => only.to_string(),
            [first, .., last] => format!("{first}–{last}"),
            [] => continue,
        });
    }
    text.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;
    use land::{Hazard, HazardKind, Release, ReleaseKind};

    fn record(year: i16, area: f64) -> Hazard {
        Hazard { shape: None, year, kind: HazardKind::Suspected, stated_area_m2: Some(area), district: None }
    }

    fn release(year: i16, area: f64) -> Release {
        Release { shape: None, year, kind: ReleaseKind::Cleared, stated_area_m2: Some(area), district: None }
    }

    fn asked(deadline: &str) -> Asked {
        Asked { today: "2026-11-23".parse().unwrap(), deadline: deadline.parse().unwrap(), with_finds: false }
    }

    #[test]
    fn even_years_give_a_certain_end() {
        let releases: Vec<Release> = (2020..=2025).map(|year| release(year, 100.0)).collect();
        let balance = land::balance(&[record(2015, 1_000.0)], &releases, &[], &[]);
        let view = forecast(&balance, &asked("2030-06-30"), Words::of(Lang::En)).unwrap();
        assert_eq!((view.from, view.remaining_m2, view.year), ("as_recorded", 400.0, 2025));
        assert_eq!(view.forecast.completion.p50.map(Date::year), Some(2029));
        assert!(view.says[0].contains("2029"), "{:?}", view.says);
        assert!(view.says[1].contains("100 %"), "{:?}", view.says);
        assert!(view.takes_for_granted[0].contains("2020–2025"), "the years before any release are not drawn from");
    }

    #[test]
    fn half_a_balance_is_not_forecast() {
        let mut unknown = record(2015, 0.0);
        unknown.stated_area_m2 = None;
        let releases: Vec<Release> = (2020..=2025).map(|year| release(year, 100.0)).collect();
        let balance = land::balance(&[unknown], &releases, &[], &[]);
        assert!(matches!(forecast(&balance, &asked("2030-01-01"), Words::of(Lang::En)), Err(DeskError::Nothing(_))));
    }

    #[test]
    fn what_is_nearly_certain_is_not_said_to_be() {
        assert_eq!([0.0, 0.004, 0.5, 0.996, 1.0].map(percent), ["0", "< 1", "50", "> 99", "100"]);
        assert_eq!(runs(&[2018, 2019, 2021]), "2018–2019, 2021");
    }
}
