//! The founding acts: what is known of the Convention from public sources, read from `facts/`.
//!
//! Every row becomes an act (votes become part of their resolution's), with the row's source. All were learned on the
//! day the facts were gathered, so that a founding journal is the same, byte for byte, wherever it is made.

mod duties;
mod figures;
pub(crate) mod row;
mod standing;

pub use row::FoundingError;
use row::Row;
use treaty::act::{Act, ActId, Deed};
use treaty::date::{PartialDate, Timestamp};
use treaty::resolution::Statement;

macro_rules! facts {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../facts/", $name)))
    };
}
pub(crate) type File = (&'static str, &'static str);

const STATES: File = facts!("states.csv");
const MEETINGS: File = facts!("meetings.csv");
const ACTION_PLANS: File = facts!("action_plans.csv");
const RESOLUTIONS: File = facts!("resolutions.csv");
const VOTES: File = facts!("resolution_votes.csv");
const CLAIMS: File = facts!("claims.csv");
const ARTICLE_3: File = facts!("article3_retained.csv");
const ARTICLE_4: File = facts!("article4.csv");
const ARTICLE_5: File = facts!("article5.csv");
const CONTAMINATION: File = facts!("article5_contamination.csv");
const ARTICLE_7: File = facts!("article7.csv");
const RATES: File = facts!("article7_rates.csv");
const CASUALTIES: File = facts!("casualties.csv");
const SCALE: File = facts!("scale_of_assessments.csv");
const RESOLUTION_75_52: File = facts!("resolution_75_52.toml");

/// The day on which the register learned of its founding facts: 23 November 2026, midnight UTC.
pub const GATHERED_AT: Timestamp = Timestamp::constant(1_795_392_000, 0);

/// All founding acts, in an order in which each follows from those before it.
///
/// # Errors
/// A fact that cannot be read, with file, line and field.
pub fn acts() -> Result<Vec<Act>, FoundingError> {
    let mut acts = standing::listed_and_signed()?;
    acts.extend(standing::meetings()?);
    acts.extend(standing::action_plans()?);
    acts.extend(standing::resolutions()?);
    acts.extend(standing::instruments_and_withdrawals()?);
    acts.extend(standing::claims()?);
    acts.extend(duties::article_4()?);
    acts.extend(duties::article_5()?);
    acts.extend(duties::article_3()?);
    acts.extend(duties::article_7()?);
    acts.extend(figures::all()?);
    Ok(acts)
}

/// A resolution whose statements can be asked of the register.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedResolution {
    /// `A/RES/75/52`.
    pub symbol: String,
    /// `75/52`.
    pub citation: String,
    /// Day of adoption: the date as of which its statements are answered.
    pub adopted_on: treaty::date::Date,
    /// Where its text stands.
    pub source: String,
    /// Its statements.
    #[serde(rename = "statement")]
    pub statements: Vec<Statement>,
}

/// The resolutions whose statements are kept.
///
/// # Errors
/// As [`acts`].
pub fn asked_resolutions() -> Result<Vec<AskedResolution>, FoundingError> {
    let (file, text) = RESOLUTION_75_52;
    let read = toml::from_str(text).map_err(|source| FoundingError::Toml { file, source: Box::new(source) })?;
    Ok(vec![read])
}

/// An act from a row: its id says which file and which thing, its source is the row's.
fn act(id: &str, on: PartialDate, row: &Row, deed: Deed) -> Result<Act, FoundingError> {
    Ok(Act {
        id: ActId(format!("founding/{id}")),
        effective_on: on,
        recorded_at: GATHERED_AT,
        source: row.need("source")?.to_owned(),
        note: row.text("note").map(str::to_owned),
        deed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use treaty::register::Register;
    use treaty::status;

    fn register() -> Register {
        Register::fold(&acts().unwrap()).unwrap()
    }

    fn rows_of(file: File) -> usize {
        row::rows(file.0, file.1).unwrap().len()
    }

    #[test]
    fn the_facts_were_gathered_on_23_november_2026() {
        assert_eq!(GATHERED_AT.to_string(), "2026-11-23T00:00:00Z");
    }

    #[test]
    fn every_row_becomes_an_act() {
        let acts = acts().unwrap();
        let count = |fits: fn(&Deed) -> bool| acts.iter().filter(|act| fits(&act.deed)).count();
        assert_eq!(count(|deed| matches!(deed, Deed::StateListed(_))), rows_of(STATES));
        assert_eq!(count(|deed| matches!(deed, Deed::MeetingConvened(_))), rows_of(MEETINGS));
        assert_eq!(count(|deed| matches!(deed, Deed::ResolutionAdopted(_))), rows_of(RESOLUTIONS));
        let votes = acts.iter().filter_map(|act| {
            if let Deed::ResolutionAdopted(r) = &act.deed { Some(r.votes.len() + r.votes_by_name.len()) } else { None }
        });
        assert_eq!(votes.sum::<usize>(), rows_of(VOTES));
        assert_eq!(count(|deed| matches!(deed, Deed::MinesRetained { .. })), rows_of(ARTICLE_3));
        assert_eq!(count(|deed| matches!(deed, Deed::MinedAreasReported { .. })), rows_of(ARTICLE_5));
        let article_7 = |deed: &Deed| matches!(deed, Deed::ReportSubmitted { .. } | Deed::ReportNotReceived { .. });
        assert_eq!(count(article_7), rows_of(ARTICLE_7));
        let published = rows_of(CONTAMINATION) + rows_of(RATES) + rows_of(CASUALTIES) + rows_of(ARTICLE_4);
        assert_eq!(count(|deed| matches!(deed, Deed::FigurePublished { .. })), published);
        assert_eq!(count(|deed| matches!(deed, Deed::RateAssessed { .. })), rows_of(SCALE));
        let mut ids: Vec<_> = acts.iter().map(|act| &act.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), acts.len(), "two acts have the same id");
    }

    #[test]
    fn counts_on_their_dates_are_those_that_others_published() {
        let register = register();
        let world = |date: &str| status::world(&register, date.parse().unwrap());
        assert_eq!(world("2020-12-07").in_force, 164);
        assert_eq!(world("2020-12-07").signed_not_bound.iter().map(ToString::to_string).collect::<Vec<_>>(), ["MHL"]);
        assert_eq!(world("1999-03-01").in_force, 45);
        assert_eq!(world("2025-12-01").deposited, 166);
        let spring = world("2026-03-01");
        assert_eq!((spring.deposited, spring.in_force), (161, 161));
        assert_eq!(spring.date_not_known[0].state.as_str(), "LBN");
        assert_eq!(spring.date_not_known[0].known_to, "year");
        assert_eq!(world("2026-11-23").deposited, 162);
        assert_eq!(spring.states, 197);
    }

    #[test]
    fn entry_into_force_by_rule_equals_the_date_found_in_sources() {
        let register = register();
        for row in row::rows(STATES.0, STATES.1).unwrap() {
            let state = row.need_read("iso3").unwrap();
            let computed = register.state(state).unwrap().entry_into_force().and_then(|in_force| in_force.date());
            assert_eq!(computed, row.read("entry_into_force").unwrap(), "{state}");
        }
    }

    #[test]
    fn withdrawals_take_effect_on_the_dates_found_in_sources() {
        let register = register();
        for row in row::rows(STATES.0, STATES.1).unwrap() {
            let Some(effect) = row.read::<treaty::date::Date>("withdrawal_effect").unwrap() else { continue };
            let file = register.state(row.need_read("iso3").unwrap()).unwrap();
            assert!(treaty::article20::withdrawn_on(file, effect).is_some(), "{}", file.state.state);
            assert!(
                treaty::article20::withdrawn_on(file, effect.yesterday().unwrap()).is_none(),
                "{}",
                file.state.state
            );
        }
    }

    #[test]
    fn the_fortieth_deposit_brought_the_convention_into_force() {
        let register = register();
        let mut deposits: Vec<_> =
            register.states().filter_map(|file| file.instrument().and_then(|deposit| deposit.on.day())).collect();
        let in_force = treaty::article17::convention_in_force(&mut deposits);
        assert_eq!(in_force, Some(treaty::article17::CONVENTION_IN_FORCE));
        // Sorted by the rule above.
        assert_eq!(deposits[39], treaty::article17::FORTIETH_DEPOSIT);
    }

    #[test]
    fn deadlines_by_rule_equal_those_found_in_sources() {
        let register = register();
        for (file, column, years) in [(ARTICLE_4, "destruction_deadline", 4), (ARTICLE_5, "original_deadline", 10)] {
            for row in row::rows(file.0, file.1).unwrap() {
                let state = row.need_read("iso3").unwrap();
                let since = register.state(state).unwrap().entry_into_force().unwrap().date().unwrap();
                assert_eq!(Some(treaty::date::add_years(since, years)), row.read(column).unwrap(), "{state}");
            }
        }
    }

    #[test]
    fn every_statement_of_resolution_75_52_is_answered() {
        let register = register();
        for asked in asked_resolutions().unwrap() {
            for statement in &asked.statements {
                let answer = treaty::resolution::answer(&register, &statement.claim, asked.adopted_on);
                assert!(!answer.because.0.is_empty(), "{} has no why", statement.id);
                assert_ne!(
                    answer.verdict,
                    treaty::resolution::Verdict::DoesNotHold,
                    "{}: {:?}",
                    statement.id,
                    answer.because
                );
            }
        }
    }
}
