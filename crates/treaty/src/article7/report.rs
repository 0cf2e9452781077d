//! What a report under Article 7 holds, keyed by sub-paragraph 7.1 (a) to (i), and the voluntary matters.

use serde::{Deserialize, Serialize};

use crate::article7::ReportKind;
pub use crate::article7::sections::{AnswerKind, SectionKey};
use crate::date::{Date, PartialDate};
use crate::quantity::Figure;
use crate::state::Iso3;

/// The format's name and version, at the head of every report file.
pub const FORMAT: &str = "mineban-report/1";

/// A report under Article 7.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`FORMAT`].
    pub format: String,
    /// The reporting State.
    pub state: Iso3,
    /// Initial, annual or voluntary.
    pub kind: ReportKind,
    /// The calendar year reported on.
    pub calendar_year: i16,
    /// 1 for the first report of this kind and year, one more for each that replaces it.
    pub version: u32,
    /// The period covered.
    pub period: Period,
    /// When the State submitted it; set on lodging.
    pub submitted_on: Option<Date>,
    /// The authority that answers questions about it. No names of persons: those are not part of the public record.
    pub contact_authority: Option<String>,
    /// The answers.
    pub sections: Sections,
    /// The field files that figures were drawn from.
    pub drawn_from: Vec<FieldFile>,
    /// A random number, set on lodging where the file holds figures that the public may not see. The file's SHA-256 is
    /// public: without it, hidden figures could be tried one after the other until the hash is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
}

impl Report {
    /// Whether it says something of people harmed: figures, or the files that they were drawn from.
    #[must_use]
    pub fn speaks_of_people(&self) -> bool {
        self.sections.victims.given().is_some() || self.drawn_from.iter().any(FieldFile::is_of_people)
    }
}

/// A span of days, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// A field file that figures were drawn from, by its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldFile {
    /// File name, without its folder.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// What its rows tell: `victim`, `land-release`, …
    pub records: String,
    /// Rows read.
    pub rows_read: u64,
    /// Rows taken.
    pub rows_taken: u64,
    /// Rows set aside with a reason.
    pub rows_set_aside: u64,
    /// Rows of the reported year.
    pub rows_of_the_year: u64,
}

impl FieldFile {
    /// Whether its rows are people, or the events that harmed them: their number, the file's name and its hash tell of them.
    #[must_use]
    pub fn is_of_people(&self) -> bool {
        !matches!(self.records.as_str(), "hazardous_area" | "land_release" | "district")
    }
}

/// The answer to one sub-paragraph.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", content = "content")]
pub enum Answer<T> {
    /// Nobody has answered yet.
    #[default]
    #[serde(rename = "to be answered")]
    ToBeAnswered,
    /// The question does not apply to the State.
    #[serde(rename = "not applicable")]
    NotApplicable,
    /// Nothing changed since the report for this calendar year.
    #[serde(rename = "unchanged since")]
    UnchangedSince(i16),
    /// Answered.
    #[serde(rename = "given")]
    Given(T),
}

impl<T> Answer<T> {
    /// The content, when given.
    pub fn given(&self) -> Option<&T> {
        if let Self::Given(content) = self { Some(content) } else { None }
    }
}

/// The answers, by sub-paragraph of Article 7(1).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sections {
    /// 7.1 (a): national implementation measures (Article 9).
    #[serde(rename = "a")]
    pub national_measures: Answer<Vec<NationalMeasure>>,
    /// 7.1 (b): stockpiles by type.
    #[serde(rename = "b")]
    pub stockpiles: Answer<Stockpiles>,
    /// 7.1 (c): mined areas, known and suspected, and their release.
    #[serde(rename = "c")]
    pub mined_areas: Answer<MinedAreas>,
    /// 7.1 (d): mines retained or transferred under Article 3.
    #[serde(rename = "d")]
    pub retained: Answer<Vec<Retained>>,
    /// 7.1 (e): conversion or decommissioning of production facilities.
    #[serde(rename = "e")]
    pub conversion: Answer<Vec<Narrative>>,
    /// 7.1 (f): programmes of destruction.
    #[serde(rename = "f")]
    pub destruction_programmes: Answer<Vec<Narrative>>,
    /// 7.1 (g): mines destroyed after entry into force.
    #[serde(rename = "g")]
    pub destroyed: Answer<Destroyed>,
    /// 7.1 (h): technical characteristics.
    #[serde(rename = "h")]
    pub technical_characteristics: Answer<Vec<Narrative>>,
    /// 7.1 (i): warning to the population.
    #[serde(rename = "i")]
    pub warning: Answer<Vec<Narrative>>,
    /// Voluntary: victims and assistance to them.
    #[serde(rename = "victims")]
    pub victims: Answer<Casualties>,
    /// Voluntary: cooperation and assistance given, received, needed.
    #[serde(rename = "cooperation")]
    pub cooperation: Answer<Vec<Narrative>>,
}

/// A legal, administrative or other measure under Article 9.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NationalMeasure {
    /// Title of the measure.
    pub measure: String,
    /// Since when it is in force.
    pub in_force_since: Option<PartialDate>,
    /// Whether it imposes penal sanctions; `None` when not said.
    pub penal_sanctions: Option<bool>,
}

/// A line of text about a facility, a programme, a mine type or a measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Narrative {
    /// What it is about.
    pub about: String,
    /// What is said.
    pub text: String,
}

/// 7.1 (b): the stock ledger.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stockpiles {
    /// A line for each type, or type and lot.
    pub lines: Vec<StockLine>,
    /// Total at the end of the period, as the State gives it.
    pub total_closing: Figure<u64>,
}

/// One type, or type and lot, over the period: `opening + discovered + acquired - destroyed -
/// transferred_for_destruction - consumed = closing`. Counts of mines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StockLine {
    /// Type of mine.
    pub mine_type: String,
    /// Lot number, if possible.
    pub lot: Option<String>,
    /// Held at the beginning of the period.
    pub opening: Figure<u64>,
    /// Stockpiles not known before.
    pub discovered: Figure<u64>,
    /// Acquired as Article 3 allows.
    pub acquired: Figure<u64>,
    /// Destroyed.
    pub destroyed: Figure<u64>,
    /// Transferred for the purpose of destruction.
    pub transferred_for_destruction: Figure<u64>,
    /// Used up as Article 3 allows.
    pub consumed: Figure<u64>,
    /// Held at the end of the period.
    pub closing: Figure<u64>,
}

/// Suspected or confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Hash)]
pub enum HazardClass {
    /// Suspected hazardous area: indirect evidence.
    #[serde(rename = "SHA")]
    Suspected,
    /// Confirmed hazardous area: direct evidence.
    #[serde(rename = "CHA")]
    Confirmed,
}

/// 7.1 (c): mined areas by administrative unit, and the land released in the period.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinedAreas {
    /// A line for each administrative unit and class.
    pub units: Vec<MinedUnit>,
    /// All units at the end of the period, in m², as the State gives it.
    pub total_closing_m2: Figure<f64>,
    /// Land released by administrative unit.
    pub released: Vec<LandReleased>,
    /// All land released in the period, as the State gives it.
    pub total_released: LandReleased,
}

/// One administrative unit and class over the period, in m²:
/// `opening + found + reclassified_in - reclassified_out - cancelled - reduced - cleared + remeasured + corrected =
/// closing`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinedUnit {
    /// Name of the unit.
    pub unit: String,
    /// Suspected or confirmed.
    pub class: HazardClass,
    /// Number of areas at the end of the period.
    pub areas: Figure<u64>,
    /// At the beginning of the period.
    pub opening_m2: Figure<f64>,
    /// Found in the period.
    pub found_m2: Figure<f64>,
    /// Moved here from the other class.
    pub reclassified_in_m2: Figure<f64>,
    /// Moved from here to the other class.
    pub reclassified_out_m2: Figure<f64>,
    /// Cancelled by non-technical survey.
    pub cancelled_m2: Figure<f64>,
    /// Reduced by technical survey.
    pub reduced_m2: Figure<f64>,
    /// Cleared.
    pub cleared_m2: Figure<f64>,
    /// Difference by a new survey's measurement; may be negative.
    pub remeasured_m2: Figure<f64>,
    /// Correction of the records; may be negative, and needs a reason.
    pub corrected_m2: Figure<f64>,
    /// Why the records were corrected.
    pub correction_reason: Option<String>,
    /// At the end of the period.
    pub closing_m2: Figure<f64>,
    /// The area at the end of the period as computed from polygons, where there are any.
    pub mapped_m2: Figure<f64>,
    /// When the mines were emplaced, where known.
    pub emplaced: Option<PartialDate>,
}

/// Land released in the period, in m².
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandReleased {
    /// Administrative unit; empty for the total.
    pub unit: String,
    /// Cancelled by non-technical survey.
    pub cancelled_m2: Figure<f64>,
    /// Reduced by technical survey.
    pub reduced_m2: Figure<f64>,
    /// Cleared.
    pub cleared_m2: Figure<f64>,
    /// All three together.
    pub released_m2: Figure<f64>,
}

/// 7.1 (d): mines retained by one institution for development and training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retained {
    /// Institution authorised.
    pub institution: String,
    /// Type of mine.
    pub mine_type: String,
    /// Held at the end of the period.
    pub closing: Figure<u64>,
    /// Consumed in the period.
    pub consumed: Figure<u64>,
    /// What they are for and were used for.
    pub purpose: Option<String>,
}

/// 7.1 (g): destroyed in the period, and since entry into force.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destroyed {
    /// From stockpiles, in the period.
    pub stockpiled_mines: Figure<u64>,
    /// Anti-personnel mines in mined areas, in the period.
    pub mines_in_mined_areas: Figure<u64>,
    /// Improvised devices in mined areas, in the period. Victim-activated ones are anti-personnel mines (Article 2).
    pub improvised_devices: Figure<u64>,
    /// Anti-vehicle mines, in the period.
    pub anti_vehicle_mines: Figure<u64>,
    /// Unexploded and abandoned ordnance, in the period.
    pub unexploded_ordnance: Figure<u64>,
    /// Every item destroyed in mined areas in the period.
    pub items_in_mined_areas: Figure<u64>,
    /// Anti-personnel mines destroyed since entry into force, as the State gives it.
    pub mines_since_entry_into_force: Figure<u64>,
}

/// Voluntary: casualties of the period. Counts of people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Casualties {
    /// All casualties.
    pub total: Figure<u64>,
    /// Killed.
    pub killed: Figure<u64>,
    /// Injured.
    pub injured: Figure<u64>,
    /// Whether killed or injured is not known.
    pub outcome_unknown: Figure<u64>,
    /// Adult women.
    pub women: Figure<u64>,
    /// Adult men.
    pub men: Figure<u64>,
    /// Girls under 18.
    pub girls: Figure<u64>,
    /// Boys under 18.
    pub boys: Figure<u64>,
    /// Sex or age not known.
    pub unknown: Figure<u64>,
    /// Civilians.
    pub civilians: Figure<u64>,
    /// Members of security forces.
    pub security_forces: Figure<u64>,
    /// Deminers.
    pub deminers: Figure<u64>,
    /// Civilian status not known.
    pub status_unknown: Figure<u64>,
}
