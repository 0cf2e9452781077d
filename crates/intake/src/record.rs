//! What a row tells, one type for each kind of record. Every record keeps its row as entered.

use crate::{Position, Shape};
use jiff::civil::Date;
use serde::{Serialize, Serializer};

/// What the rows of a file tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// One person killed or injured.
    Victim,
    /// Land cancelled, reduced or cleared.
    LandRelease,
    /// Something that happened at a place: an accident, a seizure, a suspicion.
    Event,
    /// A suspected or confirmed hazardous area.
    HazardousArea,
    /// A district's boundary.
    District,
}

impl RecordKind {
    /// The name of the kind in a mapping.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Victim => "victim",
            Self::LandRelease => "land_release",
            Self::Event => "event",
            Self::HazardousArea => "hazardous_area",
            Self::District => "district",
        }
    }
}

/// The cells of a row exactly as entered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct RawRow {
    text: String,
    ends: Box<[usize]>,
}

impl RawRow {
    pub(crate) fn new<S: AsRef<str>>(cells: impl IntoIterator<Item = S>) -> Self {
        let mut text = String::new();
        let mut ends = Vec::new();
        for cell in cells {
            text.push_str(cell.as_ref());
            ends.push(text.len());
        }
        text.shrink_to_fit();
        Self { text, ends: ends.into_boxed_slice() }
    }

    /// Takes other cells in, in the room there is.
    pub(crate) fn refill(&mut self, cells: &[String]) {
        if self.ends.len() != cells.len() {
            self.ends = vec![0; cells.len()].into_boxed_slice();
        }
        self.text.clear();
        for (cell, end) in cells.iter().zip(&mut self.ends) {
            self.text.push_str(cell);
            *end = self.text.len();
        }
    }

    /// How many cells there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no cell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell of that column, from 0; empty when the row is shorter.
    #[must_use]
    pub fn get(&self, column: usize) -> &str {
        let start = match column {
            0 => 0,
            n => self.ends.get(n - 1).copied().unwrap_or(0),
        };
        self.ends.get(column).and_then(|end| self.text.get(start..*end)).unwrap_or("")
    }

    /// All cells in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|column| self.get(column))
    }
}

impl Serialize for RawRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// A code as entered and, where a leading zero was lost, as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Code {
    /// As entered.
    pub raw: String,
    /// Without thousands separators and with its leading zeros; `None` when that is the same as entered.
    pub restored: Option<String>,
}

impl Code {
    /// The restored code, or the one entered.
    #[must_use]
    pub fn best(&self) -> &str {
        self.restored.as_deref().unwrap_or(&self.raw)
    }
}

/// Sex of a victim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// A man or a boy.
    Male,
    /// A woman or a girl.
    Female,
    /// Recorded as neither.
    Other,
    /// Not recorded.
    #[default]
    Unknown,
}

/// Age class of a victim: a child is under 18.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Age {
    /// Under 18.
    Child,
    /// 18 or over.
    Adult,
    /// Not recorded, or a band that straddles 18.
    #[default]
    Unknown,
}

/// Whether a victim was a civilian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonStatus {
    /// A civilian.
    Civilian,
    /// Army, police or other security forces.
    SecurityForces,
    /// A deminer.
    Deminer,
    /// Not recorded.
    #[default]
    Unknown,
}

/// What became of a victim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Killed, or died of it.
    Killed,
    /// Injured.
    Injured,
    /// Not recorded.
    #[default]
    Unknown,
}

/// What kind of event it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Accident with a mine.
    AccidentMine,
    /// Accident with another explosive remnant of war.
    AccidentErw,
    /// Clearance by the military in operations.
    MilitaryClearance,
    /// Seizure.
    Seizure,
    /// Stored arsenal found.
    Stockpile,
    /// Place of production found.
    Production,
    /// Suspected minefield.
    SuspectedArea,
    /// Unexploded ordnance found.
    UnexplodedOrdnance,
    /// Anything else, as written; empty when nothing is written.
    Other(String),
}

/// How land was released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseKind {
    /// By non-technical survey.
    Cancelled,
    /// By technical survey.
    Reduced,
    /// By clearance.
    Cleared,
}

/// How sure a hazard is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaKind {
    /// Indirect evidence.
    Suspected,
    /// Direct evidence.
    Confirmed,
    /// Not recorded.
    #[default]
    Unknown,
}

/// One person killed or injured.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)] // the fields common to all records are named in the README
pub struct Victim {
    pub row: u64,
    pub year: Option<i16>,
    pub month: Option<i8>,
    pub date: Option<Date>,
    pub sex: Sex,
    /// Age class: a child is under 18.
    pub age: Age,
    /// Age in whole years, if given.
    pub age_years: Option<u16>,
    /// Age as entered (a number, a band, a class), if given.
    pub age_band: Option<String>,
    pub status: PersonStatus,
    pub outcome: Outcome,
    /// Device or cause as written.
    pub device: Option<String>,
    /// What the victim did at the time, as written.
    pub activity: Option<String>,
    pub admin1: Option<String>,
    pub admin2: Option<String>,
    pub admin1_code: Option<Code>,
    pub admin2_code: Option<Code>,
    pub place: Option<String>,
    pub position: Option<Position>,
    pub raw: RawRow,
}

/// Land cancelled, reduced or cleared, in square metres, and the items destroyed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)] // the fields common to all records are named in the README
pub struct LandRelease {
    pub row: u64,
    pub area_id: Option<String>,
    pub year: Option<i16>,
    pub month: Option<i8>,
    pub date: Option<Date>,
    /// Square metres cancelled by non-technical survey; `None` when not given, which is not 0.
    pub cancelled_m2: Option<f64>,
    /// Square metres reduced by technical survey.
    pub reduced_m2: Option<f64>,
    /// Square metres cleared.
    pub cleared_m2: Option<f64>,
    /// How it was released, where a column says so: for a shape that carries no figure.
    pub kind: Option<ReleaseKind>,
    /// Method or setting as written.
    pub method: Option<String>,
    pub ap_mines: Option<u64>,
    pub uxo: Option<u64>,
    pub improvised: Option<u64>,
    pub anti_vehicle: Option<u64>,
    pub other_items: Option<u64>,
    /// The total of items as stated, even when the parts sum to another.
    pub items_destroyed: Option<u64>,
    pub admin1: Option<String>,
    pub admin2: Option<String>,
    pub admin1_code: Option<Code>,
    pub admin2_code: Option<Code>,
    pub place: Option<String>,
    pub position: Option<Position>,
    pub shape: Option<Shape>,
    pub raw: RawRow,
}

/// Something that happened at a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)] // the fields common to all records are named in the README
pub struct Event {
    pub row: u64,
    pub id: Option<String>,
    pub year: Option<i16>,
    pub month: Option<i8>,
    pub date: Option<Date>,
    pub kind: EventKind,
    /// The kind as entered.
    pub code: Option<String>,
    pub device: Option<String>,
    pub admin1: Option<String>,
    pub admin2: Option<String>,
    pub admin1_code: Option<Code>,
    pub admin2_code: Option<Code>,
    pub place: Option<String>,
    pub position: Option<Position>,
    pub raw: RawRow,
}

/// A suspected or confirmed hazardous area.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)] // the fields common to all records are named in the README
pub struct HazardousArea {
    pub row: u64,
    pub id: Option<String>,
    pub name: Option<String>,
    pub kind: AreaKind,
    /// Year in which it was found.
    pub year: Option<i16>,
    pub month: Option<i8>,
    /// Day on which it was found.
    pub date: Option<Date>,
    /// Open, worked on, closed: as written.
    pub status: Option<String>,
    /// Square metres as stated in the record, whatever its shape measures.
    pub stated_area_m2: Option<f64>,
    pub device: Option<String>,
    pub admin1: Option<String>,
    pub admin2: Option<String>,
    pub admin1_code: Option<Code>,
    pub admin2_code: Option<Code>,
    pub place: Option<String>,
    pub position: Option<Position>,
    pub shape: Option<Shape>,
    pub raw: RawRow,
}

/// A district and its boundary.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)] // the fields common to all records are named in the README
pub struct District {
    pub row: u64,
    pub name: Option<String>,
    pub code: Option<Code>,
    pub shape: Shape,
    pub raw: RawRow,
}

/// The records taken from a file; all of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Records {
    /// People.
    Victims(Vec<Victim>),
    /// Releases of land.
    LandReleases(Vec<LandRelease>),
    /// Events.
    Events(Vec<Event>),
    /// Hazardous areas.
    HazardousAreas(Vec<HazardousArea>),
    /// Districts.
    Districts(Vec<District>),
}

impl Records {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Victims(list) => list.len(),
            Self::LandReleases(list) => list.len(),
            Self::Events(list) => list.len(),
            Self::HazardousAreas(list) => list.len(),
            Self::Districts(list) => list.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
