//! The words that values go by, in Spanish, French and English: data, to be read and added to. Other languages have
//! their tables in `languages/`.

use crate::languages;
use crate::normal::of_one_alphabet;
use crate::record::{AreaKind, EventKind, Outcome, PersonStatus, ReleaseKind, Sex};
use crate::vocabulary::normal;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The fields whose values are words from a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Words {
    Sex,
    Status,
    Outcome,
    Event,
    AreaKind,
    AreaStatus,
    Release,
    Age,
}

/// The name of a value, and the words that mean it, with commas between.
type List = &'static [(&'static str, &'static str)];

fn each_word(words: &'static str) -> impl Iterator<Item = &'static str> {
    words.split(", ")
}

/// The words of a field: its value's name in a mapping, and the words that mean it.
pub(crate) fn list(words: Words) -> List {
    match words {
        Words::Sex => SEX,
        Words::Status => STATUS,
        Words::Outcome => OUTCOME,
        Words::Event => EVENT,
        Words::AreaKind => AREA_KIND,
        Words::AreaStatus => AREA_STATUS,
        Words::Release => RELEASE,
        Words::Age => AGE,
    }
}

/// What says that nothing is known.
const UNKNOWN: &str = "sin informacion, unknown, inconnu, inconnue, desconocido, desconocida, no informa, no reporta, sin \
    dato, sin datos, n/a, na, nd, n/d, s/d, none, null, nan, not available, not known, no data, not \
    specified, no especificado, non precise, non renseigne, indeterminado, indetermine, no disponible, \
    undefined, not recorded, por establecer, sin establecer, por definir, unk, no aplica, not \
    applicable, sans information, no sabe, ns/nr";

const SEX: List = &[
    (
        "male",
        "masculino, hombre, homme, male, masculin, man, boy, varon, garcon, nino, men, boys, masc, hombres, \
         males",
    ),
    (
        "female",
        "femenino, mujer, femme, female, feminin, woman, girl, fille, nina, f, women, girls, fem, mujeres, \
         females, w",
    ),
    ("other", "other, otro, autre, intersex, intersexual, non binary, no binario, non binaire, transgender, lgbti"),
];

const AGE: List = &[
    (
        "child",
        "menor de 18 anos, menor, menor de edad, child, children, enfant, enfants, nino, nina, minor, mineur, \
         mineure, boy, girl, garcon, fille, adolescente, adolescent, under 18, moins de 18 ans, menores de \
         edad, infant, ninos",
    ),
    (
        "adult",
        "mayor de 18 anos, mayor, mayor de edad, adult, adults, adulte, adultes, adulto, adulta, adultos, \
         man, woman, over 18, plus de 18 ans, majeur, majeure, elderly, anciano, mayores de edad, adulto \
         mayor",
    ),
];

const STATUS: List = &[
    ("civilian", "civil, civilian, civile, civiles, civils, poblacion civil, civilians"),
    (
        "security_forces",
        "fuerza publica, militar, military, militaire, soldier, soldado, soldat, police, policia, policier, \
         security forces, forces de securite, forces de l ordre, armed forces, fuerzas armadas, army, \
         ejercito, armee, fuerzas de seguridad, militares, gendarme, combatant",
    ),
    (
        "deminer",
        "deminer, desminador, demineur, desminador humanitario, deminers, desminadora, personnel de deminage, \
         clearance personnel",
    ),
];

const OUTCOME: List = &[
    (
        "killed",
        "muerto, muerta, killed, dead, tue, tuee, fallecido, fallecida, mort, morte, decede, decedee, died, \
         fatal, death, deceased, muertos, k, fatality, deces, muerte",
    ),
    (
        "injured",
        "herido, herida, injured, blesse, blessee, wounded, lesionado, lesionada, heridos, injury, non fatal, \
         maimed, survivor, sobreviviente, survivant, survivante, amputee",
    ),
];

const EVENT: List = &[
    (
        "accident_mine",
        "accidente por map, accidente por mina, accidente por mina antipersonal, mine accident, accident de \
         mine, accident par mine, landmine accident, accident, accidente, accidente map, ap mine accident, \
         mine incident",
    ),
    (
        "accident_erw",
        "accidente por muse, erw accident, accident reg, accident par reg, uxo accident, accidente muse, \
         accident uxo, accidente por municion sin explotar",
    ),
    (
        "military_clearance",
        "desminado militar en operaciones, desminado militar, military clearance, military demining, deminage \
         militaire",
    ),
    ("seizure", "incautacion, incautaciones, seizure, saisie, seizures"),
    ("stockpile", "arsenal almacenado, arsenal, stockpile, stock, cache, arms cache, cache d armes, caleta"),
    (
        "production",
        "produccion de minas, produccion de minas fabrica, production, mine production, production de mines, \
         produccion",
    ),
    (
        "suspected_area",
        "sospecha de campo minado, suspected minefield, suspected area, champ de mines suspecte, zone \
         suspecte, suspected hazard, suspected hazardous area, minefield",
    ),
    (
        "unexploded_ordnance",
        "municiones sin explotar, municion sin explotar, unexploded ordnance, uxo, munition non explosee, erw \
         spot, erw, spot task",
    ),
];

/// The codes of one national data set; used only for a column named like its own, and said aloud.
pub(crate) const EVENT_CODES: &[(&str, &str)] = &[
    ("1", "accident_mine"),
    ("2", "accident_erw"),
    ("3", "stockpile"),
    ("4", "military_clearance"),
    ("5", "seizure"),
    ("6", "unexploded_ordnance"),
    ("7", "production"),
    ("8", "suspected_area"),
];

const AREA_KIND: List = &[
    (
        "suspected",
        "sha, suspected, suspected hazardous area, suspected hazard area, suspected area, sospechosa, area \
         sospechosa, area peligrosa sospechosa, aps, suspectee, zone suspectee, zone soupconnee dangereuse, \
         zsd, zone dangereuse suspectee, suspect, sospecha, suspecte, zone soupconnee",
    ),
    (
        "confirmed",
        "cha, confirmed, confirmed hazardous area, confirmed hazard area, confirmed area, confirmada, area \
         peligrosa confirmada, apc, confirmee, zone confirmee dangereuse, zcd, zone dangereuse confirmee, \
         minefield, mined area, area minada, zone minee, campo minado, champ de mines, defined hazardous \
         area, dha, confirme",
    ),
];

const AREA_STATUS: List = &[
    (
        "open",
        "open, abierto, abierta, ouvert, ouverte, active, activo, activa, new, not started, planned, pending, \
         actif",
    ),
    (
        "worked_on",
        "worked on, in progress, ongoing, en proceso, en curso, en cours, en ejecucion, suspended, \
         suspendido, suspendu, in process",
    ),
    (
        "closed",
        "closed, cerrado, cerrada, ferme, fermee, completed, complete, released, liberada, cleared, handed \
         over, entregada, termine, terminee, finalizado, expired, finished, remise, done, liberee",
    ),
];

const RELEASE: List = &[
    (
        "cancelled",
        "cancelled, canceled, cancellation, cancelada, cancelado, cancelacion, annulee, annule, annulation, \
         nts, non technical survey, estudio no tecnico, ent, enquete non technique, cancelled area, area \
         cancelada, cancelled by nts",
    ),
    (
        "reduced",
        "reduced, reduction, reducida, reducido, reduccion, reduite, reduit, ts, technical survey, estudio \
         tecnico, et, enquete technique, reduced area, area reducida, reduced by ts",
    ),
    (
        "cleared",
        "cleared, clearance, despejada, despejado, despeje, depolluee, depollue, depollution, deminee, \
         deminage, manual clearance, mechanical clearance, battle area clearance, bac, desminado, desminada, \
         cleared area, area despejada, full clearance, area clearance, manual, nettoyee, demining",
    ),
];

/// Whether the value says that nothing is known, or says nothing.
pub(crate) fn is_unknown(value: &str) -> bool {
    static SET: OnceLock<std::collections::HashSet<String>> = OnceLock::new();
    // No such word has a digit in it.
    if value.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    if !value.chars().any(char::is_alphanumeric) {
        return true;
    }
    let set = || each_word(UNKNOWN).map(normal).chain(languages::unknown().map(|word| normal(&word))).collect();
    value.len() < 100 && SET.get_or_init(set).contains(&normal(value))
}

impl Words {
    /// All lists.
    pub(crate) const ALL: [Self; 8] = [
        Self::Sex,
        Self::Outcome,
        Self::AreaKind,
        Self::Release,
        Self::Status,
        Self::AreaStatus,
        Self::Event,
        Self::Age,
    ];

    /// The key of the field whose values these are.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Sex => "sex",
            Self::Status => "status",
            Self::Outcome => "outcome",
            Self::Event => "event_type",
            Self::AreaKind => "area_kind",
            Self::AreaStatus => "area_status",
            Self::Release => "release_kind",
            Self::Age => "age",
        }
    }
}

type Index = HashMap<Words, HashMap<String, &'static str>>;

fn index() -> Index {
    let mut index = Index::new();
    for words in Words::ALL {
        let known = index.entry(words).or_default();
        for (name, list) in list(words) {
            for word in each_word(list).chain([*name]) {
                known.entry(normal(word)).or_insert(*name);
            }
        }
        for (name, word) in languages::values(words.key()) {
            known.entry(normal(&word)).or_insert(name);
        }
    }
    index
}

/// The name of the value that a word means, if it is in the field's list.
pub(crate) fn look_up(words: Words, value: &str) -> Option<&'static str> {
    static INDEX: OnceLock<Index> = OnceLock::new();
    let index = INDEX.get_or_init(index).get(&words)?;
    let value = normal(value);
    let other = || of_one_alphabet(&value).into_iter().flatten().find_map(|word| index.get(&word));
    index.get(&value).or_else(other).copied()
}

/// The values of a field, for a message.
pub(crate) fn names(words: Words) -> Vec<&'static str> {
    list(words).iter().map(|(name, _)| *name).chain(["unknown"]).collect()
}

/// `H` and `M` in one column are *hombre* and *mujer*; `M` beside `F` is *male*; a lone `M` decides nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SexLetters {
    pub(crate) has_h: bool,
    pub(crate) has_f: bool,
}

impl SexLetters {
    pub(crate) fn see(&mut self, value: &str) {
        match normal(value).as_str() {
            "h" => self.has_h = true,
            "f" => self.has_f = true,
            // Words spelt out decide as well: Femenino beside M leaves M for masculino.
            other => self.has_f |= look_up(Words::Sex, other) == Some("female"),
        }
    }

    /// `Err` when the letter cannot be told.
    pub(crate) fn read(self, value: &str) -> Option<Result<Sex, ()>> {
        match normal(value).as_str() {
            "h" => Some(Ok(Sex::Male)),
            "m" if self.has_h && !self.has_f => Some(Ok(Sex::Female)),
            "m" if self.has_f && !self.has_h => Some(Ok(Sex::Male)),
            "m" => Some(Err(())),
            other => look_up(Words::Sex, other).map(|name| Ok(sex(name))),
        }
    }
}

pub(crate) fn sex(name: &str) -> Sex {
    match name {
        "male" => Sex::Male,
        "female" => Sex::Female,
        "other" => Sex::Other,
        _ => Sex::Unknown,
    }
}

pub(crate) fn status(name: &str) -> PersonStatus {
    match name {
        "civilian" => PersonStatus::Civilian,
        "security_forces" => PersonStatus::SecurityForces,
        "deminer" => PersonStatus::Deminer,
        _ => PersonStatus::Unknown,
    }
}

pub(crate) fn outcome(name: &str) -> Outcome {
    match name {
        "killed" => Outcome::Killed,
        "injured" => Outcome::Injured,
        _ => Outcome::Unknown,
    }
}

pub(crate) fn area_kind(name: &str) -> AreaKind {
    match name {
        "suspected" => AreaKind::Suspected,
        "confirmed" => AreaKind::Confirmed,
        _ => AreaKind::Unknown,
    }
}

pub(crate) fn release(name: &str) -> Option<ReleaseKind> {
    match name {
        "cancelled" => Some(ReleaseKind::Cancelled),
        "reduced" => Some(ReleaseKind::Reduced),
        "cleared" => Some(ReleaseKind::Cleared),
        _ => None,
    }
}

/// The kind of event; a word that is in no list stays as written.
pub(crate) fn event(name: Option<&str>, raw: &str) -> EventKind {
    match name {
        Some("accident_mine") => EventKind::AccidentMine,
        Some("accident_erw") => EventKind::AccidentErw,
        Some("military_clearance") => EventKind::MilitaryClearance,
        Some("seizure") => EventKind::Seizure,
        Some("stockpile") => EventKind::Stockpile,
        Some("production") => EventKind::Production,
        Some("suspected_area") => EventKind::SuspectedArea,
        Some("unexploded_ordnance") => EventKind::UnexplodedOrdnance,
        _ => EventKind::Other(raw.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_unknown_are_unknown() {
        for word in ["Sin información", "Sin Información", "inconnu", "N/A", "-", "", " ", "?"] {
            assert!(is_unknown(word), "{word}");
        }
        assert!(!is_unknown("Civil"));
    }

    #[test]
    fn a_letter_m_is_read_by_the_letters_beside_it() {
        let spanish = SexLetters { has_h: true, has_f: false };
        let english = SexLetters { has_h: false, has_f: true };
        assert_eq!(spanish.read("M"), Some(Ok(Sex::Female)));
        assert_eq!(english.read("M"), Some(Ok(Sex::Male)));
        assert_eq!(SexLetters::default().read("M"), Some(Err(())));
    }
}
