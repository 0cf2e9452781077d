//! A General Assembly resolution's statements, checked against the register.
//!
//! A resolution mixes facts (how many States, which meetings, which earlier resolutions) with wishes. The facts are kept
//! as data, each as a [`Claim`], and answered from the register as of a date. A statement that the register cannot
//! answer says what is missing.

use serde::{Deserialize, Serialize};

use crate::because::Because;
use crate::date::Date;
use crate::register::Register;
use crate::say;
use crate::state::UnStatus;
use crate::status::{Standing, standing, world};

/// A statement of a resolution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Short name, unique in the resolution.
    pub id: String,
    /// Where it stands: `preamble 6`, `paragraph 9`.
    pub paragraph: String,
    /// The words of the resolution, as adopted in English.
    pub text: String,
    /// What they claim.
    #[serde(flatten)]
    pub claim: Claim,
}

/// What a statement claims, in terms of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "claim", rename_all = "kebab-case")]
pub enum Claim {
    /// So many States have deposited an instrument.
    StatesParties {
        /// How many.
        number: usize,
    },
    /// So many States have signed and are not bound.
    SignatoriesNotBound {
        /// How many.
        number: usize,
    },
    /// There are States that have not signed.
    StatesNotSigned,
    /// There are States that are not party.
    StatesNotParty,
    /// A meeting was held in that city in that year.
    MeetingHeld {
        /// `18MSP`, `4RC`.
        meeting: String,
        /// City.
        city: String,
        /// Year.
        year: i16,
    },
    /// A meeting is convened for these days.
    MeetingOnDays {
        /// `18MSP`.
        meeting: String,
        /// City.
        city: String,
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// This is the meeting that comes next.
    NextMeeting {
        /// `19MSP`.
        meeting: String,
    },
    /// A resolution was adopted on that day.
    ResolutionAdopted {
        /// `74/61`.
        citation: String,
        /// Day of adoption.
        date: Date,
    },
    /// A meeting adopted an action plan for these years.
    ActionPlan {
        /// The meeting.
        meeting: String,
        /// First year.
        from_year: i16,
        /// Last year.
        to_year: i16,
    },
    /// The next session of the General Assembly takes the matter up.
    TakenUpAtSession {
        /// Number of the session.
        session: u16,
    },
    /// Nothing that this register holds.
    NotHeld {
        /// What is missing.
        missing: Missing,
    },
}

/// Why the register cannot answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// No documented allegation of use is recorded.
    Allegations,
    /// No ledger of contributions is recorded.
    Contributions,
    /// No full list of reports for any year is recorded.
    Reports,
    /// Figures of casualties and clearance disagree between sources and are not a matter of yes or no.
    Figures,
    /// It is a reading of the law, not a fact of the register.
    LegalReading,
    /// The register does not hold documents of this sort.
    Documents,
}

/// Whether a statement holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Verdict {
    /// It does.
    #[serde(rename = "holds")]
    Holds,
    /// It does not.
    #[serde(rename = "does not hold")]
    DoesNotHold,
    /// The register does not tell.
    #[serde(rename = "cannot be told")]
    CannotBeTold,
}

impl Verdict {
    /// Key of its name in the locales.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Holds => "verdict-holds",
            Self::DoesNotHold => "verdict-does-not-hold",
            Self::CannotBeTold => "verdict-cannot-be-told",
        }
    }
}

/// The register's answer to a statement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub because: Because,
}

/// Answers a claim from the register as of a date.
#[must_use]
pub fn answer(register: &Register, claim: &Claim, on: Date) -> Answer {
    match claim {
        Claim::StatesParties { number } => count(world(register, on).deposited, *number, Counted::Deposited, on),
        Claim::SignatoriesNotBound { number } => signatories(register, *number, on),
        Claim::StatesNotSigned => exists(register, on, |standing| standing == Standing::Neither),
        Claim::StatesNotParty => exists(register, on, |standing| {
            matches!(standing, Standing::Neither | Standing::Signed | Standing::Withdrawn)
        }),
        Claim::MeetingHeld { meeting, city, year } => meeting_held(register, meeting, city, *year, on),
        Claim::MeetingOnDays { meeting, city, from, to } => meeting_on_days(register, meeting, city, (*from, *to), on),
        Claim::NextMeeting { meeting } => next_meeting(register, meeting, on),
        Claim::ResolutionAdopted { citation, date } => adopted(register, citation, *date, on),
        Claim::ActionPlan { meeting, from_year, to_year } => action_plan(register, meeting, (*from_year, *to_year), on),
        Claim::TakenUpAtSession { session } => taken_up(register, *session, on),
        Claim::NotHeld { missing } => cannot_be_told(match missing {
            Missing::Allegations => say!("missing-allegations"),
            Missing::Contributions => say!("missing-contributions"),
            Missing::Reports => say!("missing-reports"),
            Missing::Figures => say!("missing-figures"),
            Missing::LegalReading => say!("missing-legal-reading"),
            Missing::Documents => say!("missing-documents"),
        }),
    }
}

fn cannot_be_told(says: crate::because::Sentence) -> Answer {
    Answer { verdict: Verdict::CannotBeTold, because: Because::default().remark(says) }
}

fn verdict(holds: bool) -> Verdict {
    if holds { Verdict::Holds } else { Verdict::DoesNotHold }
}

#[derive(Clone, Copy)]
enum Counted {
    Deposited,
    NotBound,
}

fn count(counted: usize, claimed: usize, what: Counted, on: Date) -> Answer {
    let says = match what {
        Counted::Deposited => say!("register-counts-deposited", count = counted, date = on),
        Counted::NotBound => say!("register-counts-states", count = counted, date = on),
    };
    Answer { verdict: verdict(counted == claimed), because: Because::default().remark(says) }
}

fn signatories(register: &Register, number: usize, on: Date) -> Answer {
    let unbound = world(register, on).signed_not_bound;
    let mut because = Because::default().remark(say!("register-counts-signatories", count = unbound.len(), date = on));
    for state in &unbound {
        let signed = register.state(*state).and_then(|file| file.signature.as_ref());
        if let (Some(signed), true) = (signed, unbound.len() <= 5) {
            because = because.fact(&signed.act, say!("because-signed", state = *state, date = signed.on));
        }
    }
    Answer { verdict: verdict(unbound.len() == number), because }
}

fn exists(register: &Register, on: Date, counts: impl Fn(Standing) -> bool) -> Answer {
    let number = register
        .states()
        .filter(|file| file.state.un_status != UnStatus::Invented && counts(standing(file, on)))
        .count();
    let mut answer = count(number, number, Counted::NotBound, on);
    answer.verdict = verdict(number > 0);
    answer
}

fn meeting_held(register: &Register, name: &str, city: &str, year: i16, on: Date) -> Answer {
    let Some(meeting) = register.meetings().iter().find(|meeting| meeting.what.meeting == name) else {
        return cannot_be_told(say!("meeting-not-recorded", meeting = name));
    };
    let Some(first_day) = meeting.on.day() else {
        return cannot_be_told(say!("meeting-date-not-known", meeting = name));
    };
    let place = meeting.what.city.as_deref().unwrap_or("");
    let says = say!("meeting-recorded", meeting = name, city = place, date = first_day);
    let mut because = Because::default().fact(&meeting.act, says);
    let agrees = same_city(place, city) && first_day.year() == year;
    if first_day > on {
        because = because.remark(say!("after-the-date", date = on));
        return Answer { verdict: Verdict::DoesNotHold, because };
    }
    Answer { verdict: verdict(agrees), because }
}

/// `Geneva (virtual)` is Geneva: a meeting held at a distance was convened in that city.
fn same_city(recorded: &str, claimed: &str) -> bool {
    let bare = recorded.split(" (").next().unwrap_or(recorded);
    bare.trim().eq_ignore_ascii_case(claimed.trim())
}

fn meeting_on_days(register: &Register, name: &str, city: &str, days: (Date, Date), on: Date) -> Answer {
    let Some(meeting) = register.meetings().iter().find(|meeting| meeting.what.meeting == name) else {
        return cannot_be_told(say!("meeting-not-recorded", meeting = name));
    };
    let place = meeting.what.city.as_deref().unwrap_or("");
    let (Some(first), Some(last)) = (meeting.on.day(), meeting.what.last_day) else {
        return cannot_be_told(say!("meeting-date-not-known", meeting = name));
    };
    let says = say!("meeting-recorded-days", meeting = name, city = place, from = first, to = last);
    let mut because = Because::default().fact(&meeting.act, says);
    if last < on {
        because = because.remark(say!("meeting-over-before", date = on));
    }
    Answer { verdict: verdict(same_city(place, city) && (first, last) == days), because }
}

fn next_meeting(register: &Register, name: &str, on: Date) -> Answer {
    let upcoming = register
        .meetings()
        .iter()
        .filter_map(|meeting| meeting.on.day().filter(|day| *day > on).map(|day| (day, meeting)))
        .min_by_key(|(day, _)| *day);
    let Some((day, next)) = upcoming else { return cannot_be_told(say!("no-later-meeting", date = on)) };
    let says = say!("next-meeting-recorded", meeting = next.what.meeting.as_str(), date = day);
    Answer { verdict: verdict(next.what.meeting == name), because: Because::default().fact(&next.act, says) }
}

fn adopted(register: &Register, citation: &str, date: Date, on: Date) -> Answer {
    let Some(resolution) = register.resolutions().iter().find(|resolution| resolution.what.citation == citation) else {
        return cannot_be_told(say!("resolution-not-recorded", symbol = citation));
    };
    let says = say!("resolution-recorded", symbol = resolution.what.symbol.as_str(), date = resolution.on);
    let because = Because::default().fact(&resolution.act, says);
    let holds = resolution.on.day() == Some(date) && date <= on;
    Answer { verdict: verdict(holds), because }
}

fn action_plan(register: &Register, meeting: &str, years: (i16, i16), on: Date) -> Answer {
    let plan = register.action_plans().iter().find(|plan| plan.what.meeting == meeting && plan.certainly_by(on));
    let Some(plan) = plan else { return cannot_be_told(say!("no-action-plan-recorded", meeting = meeting)) };
    let (from, to) = plan.what.years;
    let says = say!("action-plan-recorded", plan = plan.what.plan.as_str(), meeting = meeting, from = from, to = to);
    Answer { verdict: verdict(plan.what.years == years), because: Because::default().fact(&plan.act, says) }
}

/// Whether the session took the matter up can be told once a resolution of that session is on record.
fn taken_up(register: &Register, session: u16, on: Date) -> Answer {
    let prefix = format!("A/RES/{session}/");
    let found = register
        .resolutions()
        .iter()
        .find(|resolution| resolution.what.symbol.starts_with(&prefix) && resolution.certainly_by(on));
    match found {
        Some(resolution) => {
            let says = say!("resolution-recorded", symbol = resolution.what.symbol.as_str(), date = resolution.on);
            Answer { verdict: Verdict::Holds, because: Because::default().fact(&resolution.act, says) }
        }
        None => cannot_be_told(say!("session-not-yet", session = u32::from(session), date = on)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::{Deed, Meeting, MeetingKind};
    use crate::testing::{Acts, state};
    use jiff::civil::date;

    fn meeting(name: &str, city: &str, last_day: Date) -> Deed {
        Deed::MeetingConvened(Meeting {
            meeting: name.into(),
            kind: MeetingKind::MeetingOfTheStatesParties,
            last_day: Some(last_day),
            city: Some(city.into()),
            country: None,
            president: None,
            final_report: None,
            extension_decisions_missing: false,
        })
    }

    fn says(acts: &Acts, claim: &Claim, on: Date) -> Verdict {
        answer(&acts.register(), claim, on).verdict
    }

    #[test]
    fn a_count_holds_on_its_date_and_not_on_another() {
        let acts = Acts::new()
            .listed("FIN")
            .accession("FIN", "2012-01-09")
            .listed("MHL")
            .deed("1997-12-04", Deed::ConventionSigned { state: state("MHL") });
        assert_eq!(says(&acts, &Claim::StatesParties { number: 1 }, date(2020, 12, 7)), Verdict::Holds);
        assert_eq!(says(&acts, &Claim::StatesParties { number: 1 }, date(2011, 12, 7)), Verdict::DoesNotHold);
        assert_eq!(says(&acts, &Claim::SignatoriesNotBound { number: 1 }, date(2020, 12, 7)), Verdict::Holds);
        assert_eq!(says(&acts, &Claim::StatesNotSigned, date(2020, 12, 7)), Verdict::DoesNotHold);
        assert_eq!(says(&acts, &Claim::StatesNotParty, date(2020, 12, 7)), Verdict::Holds);
    }

    #[test]
    fn a_meeting_is_known_by_city_and_year_even_when_held_at_a_distance() {
        let acts = Acts::new()
            .deed("2020-11-16", meeting("18MSP", "Geneva (virtual)", date(2020, 11, 20)))
            .deed("2021-11-15", meeting("19MSP", "The Hague (virtual)", date(2021, 11, 19)));
        let on = date(2020, 12, 7);
        let held = |city: &str, year| Claim::MeetingHeld { meeting: "18MSP".into(), city: city.into(), year };
        assert_eq!(says(&acts, &held("Geneva", 2020), on), Verdict::Holds);
        assert_eq!(says(&acts, &held("Oslo", 2020), on), Verdict::DoesNotHold);
        assert_eq!(says(&acts, &held("Geneva", 2020), date(2020, 1, 1)), Verdict::DoesNotHold);
        assert_eq!(says(&acts, &Claim::NextMeeting { meeting: "19MSP".into() }, on), Verdict::Holds);
        let (city, from, to) = ("Geneva".to_owned(), date(2020, 11, 16), date(2020, 11, 20));
        let on_days = Claim::MeetingOnDays { meeting: "18MSP".into(), city, from, to };
        assert_eq!(says(&acts, &on_days, on), Verdict::Holds);
    }

    #[test]
    fn what_lies_ahead_cannot_be_told() {
        let claim = Claim::TakenUpAtSession { session: 76 };
        assert_eq!(says(&Acts::new(), &claim, date(2020, 12, 7)), Verdict::CannotBeTold);
    }
}
