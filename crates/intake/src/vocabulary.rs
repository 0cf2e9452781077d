//! The names that columns go by, in Spanish, French and English: data, to be read and added to. Other languages have
//! their tables in `languages/`.
//!
//! Names are compared after [`normal`]: case, accents, blanks and punctuation do not matter. A name may stand
//! under several fields; then the column's values decide. Units at the end of an area's name
//! (`area_km2`, `superficie (ha)`) are taken off by [`crate::columns`] before the look-up.

use crate::languages;
use crate::normal::of_one_alphabet;
pub(crate) use crate::normal::{normal, plain};
use crate::words::Words;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::OnceLock;

/// What the values of a field look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Text,
    Code,
    Area,
    Count,
    Year,
    Month,
    Day,
    Date,
    Latitude,
    Longitude,
    LatLon,
    Wkt,
    Age,
    Words(Words),
}

macro_rules! fields {
    ($( $(#[$doc:meta])* $name:ident $key:literal $class:expr, [$($word:literal),* $(,)?]; )*) => {
        /// What a column can tell. [`Field::key`] is its name in a mapping.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Field { $( $(#[$doc])* $name, )* }

        impl Field {
            /// All fields.
            pub const ALL: &'static [Field] = &[$( Field::$name ),*];

            /// The name of the field in a mapping.
            #[must_use]
            pub fn key(self) -> &'static str {
                match self { $( Self::$name => $key, )* }
            }

            pub(crate) fn class(self) -> Class {
                match self { $( Self::$name => $class, )* }
            }

            fn names(self) -> &'static [&'static str] {
                match self { $( Self::$name => &[$($word),*], )* }
            }
        }
    };
}

fields! {
    /// Identifier of an area, a task or a record.
    Id "id" Class::Text, ["id", "identifier", "identificador", "identifiant", "area id", "task id", "ha id", "ha code",
        "hazard id", "hazard area id", "id area", "codigo area", "code zone", "id zone", "imsma id", "report id", "localid", "local id",
        "hazardid", "hazard localid", "hazreduc localid", "accident localid", "reference", "referencia", "polyid", "id tarea", "numero de tarea", "task number", "globalid"];
    /// Name of an area or a district.
    Name "name" Class::Text, ["name", "nombre", "nom", "shape name", "area name", "ha name", "hazard area name", "nombre area", "nom zone",
        "name en", "admin name"];
    /// Year.
    Year "year" Class::Year, ["ano", "anio", "year", "annee", "an", "yr", "ano evento", "ano accidente", "ano del evento", "event year",
        "year of accident", "accident year", "annee accident", "annee de l accident", "reporting year", "ano de ocurrencia", "ano ocurrencia", "vigencia"];
    /// Month, 1 to 12 or its name.
    Month "month" Class::Month, ["mes", "month", "mois", "event month", "mes evento", "mes accidente"];
    /// Day of the month.
    Day "day" Class::Day, ["dia", "day", "jour"];
    /// Date of the event, the accident or the release.
    Date "date" Class::Date, ["date", "fecha", "event date", "accident date", "date of accident", "date of event", "incident date",
        "fecha evento", "fecha accidente", "fecha del evento", "fecha del accidente", "date accident", "date de l accident", "date incident",
        "fecha de ocurrencia", "completion date", "date completed", "end date", "date fin", "fecha fin", "fecha de cierre", "fecha finalizacion",
        "release date", "handover date", "date of release", "fecha entrega", "date remise", "report date"];
    /// Date on which a hazardous area was found.
    DateFound "date_found" Class::Date, ["date found", "survey date", "date of survey", "date of information", "date identified", "identified on",
        "date decouverte", "date enquete", "date d enquete", "date identification", "fecha identificacion", "fecha de identificacion",
        "fecha de estudio", "date recorded", "start date", "year found", "annee decouverte", "ano identificacion"];
    /// Sex.
    Sex "sex" Class::Words(Words::Sex), ["sex", "gender", "sexo", "genero", "sexe", "genre", "victim sex", "victim gender", "sexe victime", "sexo victima"];
    /// Age in years, age band or age class.
    Age "age" Class::Age, ["age", "edad", "rango edad", "rango de edad", "grupo edad", "grupo de edad", "grupo etario", "age group", "age band",
        "age class", "age range", "age category", "tranche d age", "tranche age", "groupe d age", "classe d age", "age victime",
        "age at accident", "victim age", "adult child", "menor mayor"];
    /// Civilian, security forces, deminer.
    Status "status" Class::Words(Words::Status), ["condicion", "condition", "victim status", "civil status", "statut", "statut victime", "victim type", "tipo de victima",
        "tipo victima", "type de victime", "civilian military", "civil militar", "categorie victime", "status", "estado", "victim category", "person status",
        "type victime", "occupation", "ocupacion", "status before accident"];
    /// Killed or injured.
    Outcome "outcome" Class::Words(Words::Outcome), ["estado", "outcome", "resultado", "resultat", "consequence", "consecuencia", "condicion", "condition", "status",
        "victim status", "etat", "etat victime", "estado victima", "casualty type", "type of casualty", "fate", "statut", "injury type", "killed injured",
        "killed or injured", "tue blesse", "muerto herido", "casualty", "severity"];
    /// Device or cause, as written.
    Device "device" Class::Text, ["device", "device type", "device category", "cause", "causa", "artefacto", "tipo artefacto", "tipo de artefacto",
        "engin", "type engin", "type d engin", "type de mine", "mine type", "tipo de mina", "ordnance", "ordnance type", "hazard", "contamination type",
        "type of contamination", "type contamination", "explosive type", "tipo contaminacion", "type of device"];
    /// What the victim did at the time.
    Activity "activity" Class::Text, ["actividad", "activity", "activite", "activity at time", "activity at time of accident", "activite au moment",
        "actividad en el momento", "activity type"];
    /// First division of the country.
    Admin1 "admin1" Class::Text, ["departamento", "department", "departement", "province", "provincia", "governorate", "gouvernorat", "gobernacion", "region",
        "state", "admin1", "adm1", "admin 1", "adm1 name", "oblast", "wilaya", "county", "canton", "departamen", "prefecture", "admin1 name",
        "department name", "nombre departamento", "province name", "region name"];
    /// Second division of the country.
    Admin2 "admin2" Class::Text, ["municipio", "municipality", "municipalite", "district", "distrito", "commune", "comuna", "admin2", "adm2", "admin 2",
        "cercle", "arrondissement", "daira", "rayon", "raion", "opcina", "admin2 name", "district name", "nombre municipio", "territoire", "canton municipio"];
    /// Code of the first division, as text.
    Admin1Code "admin1_code" Class::Code, ["codigo dane departamento", "cod departamento", "codigo departamento", "cod depto", "coddepto", "dpto ccdgo",
        "code departement", "department code", "province code", "code province", "codigo provincia", "admin1 code", "adm1 code", "adm1 pcode", "admin1pcode",
        "region code", "code region"];
    /// Code of the second division, as text.
    Admin2Code "admin2_code" Class::Code, ["codigo dane municipio", "cod municipio", "codigo municipio", "cod mpio", "codmpio", "mpio ccdgo", "code commune",
        "municipality code", "district code", "code district", "codigo distrito", "admin2 code", "adm2 code", "adm2 pcode", "admin2pcode", "code insee", "divipola"];
    /// Code of a district in a file of boundaries.
    Code "code" Class::Code, ["code", "codigo", "pcode", "shape iso", "iso", "iso code", "admin code", "insee", "cod"];
    /// Latitude, degrees.
    Latitude "latitude" Class::Latitude, ["lat", "latitude", "latitud", "latitud cabecera", "y", "y coord", "coord y", "lat dd", "latitude dd", "gps latitude",
        "latitud y", "lat y", "point y", "ycoord", "gps lat", "latitud dd", "latitude n", "geo lat", "northing", "norte", "coord norte", "utm y", "y utm", "utm northing", "nord y"];
    /// Longitude, degrees.
    Longitude "longitude" Class::Longitude, ["lon", "long", "lng", "longitude", "longitud", "longitud cabecera", "x", "x coord", "coord x", "lon dd", "long dd",
        "longitude dd", "gps longitude", "longitud x", "lon x", "point x", "xcoord", "gps long", "gps lon", "longitud dd", "longitude e", "geo lon", "easting", "este", "coord este", "utm x", "x utm", "utm easting", "est x"];
    /// Latitude and longitude in one cell.
    LatLon "lat_lon" Class::LatLon, ["ubicacion", "location", "coordinates", "coordonnees", "coordenadas", "lat lon", "lat long", "latlng", "gps", "position",
        "posicion", "localisation", "geolocation", "geopoint", "gps coordinates", "coordonnees gps", "coordenadas gps", "location 1",
        "mgrs", "utm", "utm coordinates", "grid reference", "grid ref", "mgrs coordinates", "coordenadas utm"];
    /// Geometry as well-known text, longitude first.
    Wkt "wkt" Class::Wkt, ["geometry", "wkt", "geom", "the geom", "geometria", "geometrie", "shape", "wkt geom", "polygon", "geoshape", "geotrace"];
    /// Place, as written.
    Place "place" Class::Text, ["sitio", "place", "lieu", "lugar", "site", "village", "vereda", "location", "localidad", "localite", "ubicacion", "locality",
        "aldea", "settlement", "community", "comunidad", "communaute", "nearest village", "localisation"];
    /// Rural or urban, as written.
    Setting "setting" Class::Text, ["tipo area", "tipo de area", "rural urban", "urban rural", "rural urbano", "milieu", "zona", "setting", "area"];
    /// Area cancelled by non-technical survey.
    CancelledArea "cancelled_m2" Class::Area, ["cancelled", "canceled", "cancelada", "annulee", "area cancelada", "area cancelled", "cancelled area", "area canceled",
        "superficie annulee", "superficie cancelada", "m2 cancelled", "cancelled m2", "land cancelled", "annule", "cancelado", "terres annulees"];
    /// Area reduced by technical survey.
    ReducedArea "reduced_m2" Class::Area, ["reduced", "reducida", "reduite", "area reducida", "area reduced", "reduced area", "superficie reduite",
        "superficie reducida", "m2 reduced", "land reduced", "reduit", "reducido", "terres reduites"];
    /// Area cleared.
    ClearedArea "cleared_m2" Class::Area, ["cleared", "despejada", "depolluee", "area despejada", "area cleared", "cleared area", "superficie depolluee", "superficie despejada",
        "superficie deminee", "m2 cleared", "land cleared", "deminee", "despejado", "area desminada", "superficie desminada", "m2 despejados", "metros despejados",
        "terres depolluees", "superficie nettoyee", "area clear"];
    /// Area, without saying how it was released.
    Area "area_m2" Class::Area, ["area", "superficie", "surface", "size", "area size", "stated area", "area estimada", "superficie estimee", "estimated area",
        "tamano", "reported area", "area released", "released area", "area liberada", "superficie liberee", "shape area", "hazard area size", "ha size",
        "polygon area", "area total", "total area", "superficie totale", "superficie total"];
    /// Cancelled, reduced or cleared.
    ReleaseKind "release_kind" Class::Words(Words::Release), ["release type", "release kind", "kind", "land release type", "type of release", "released by", "product",
        "type liberation", "tipo liberacion", "tipo de liberacion", "type de liberation", "lr type", "land release", "type", "tipo", "method", "metodo", "methode",
        "status", "estado", "statut", "activity type", "land release product", "release method", "methode de liberation", "metodo de liberacion"];
    /// Method or setting of the work, as written.
    Method "method" Class::Text, ["method", "metodo", "methode", "tipo desminado", "tipo de desminado", "type deminage", "type de deminage", "clearance method",
        "demining type", "tecnica", "technique", "clearance type", "asset"];
    /// Anti-personnel mines destroyed.
    ApMines "ap_mines" Class::Count, ["map", "ap mines", "apm", "ap mine", "apmines", "anti personnel mines", "antipersonnel mines", "minas antipersonal",
        "minas ap", "mines antipersonnel", "map detruites", "apm destroyed", "ap mines destroyed", "no of ap mines", "mines ap", "mines antipersonnel detruites"];
    /// Unexploded ordnance destroyed.
    Uxo "uxo" Class::Count, ["muse", "uxo", "uxos", "erw", "reg", "munse", "unexploded ordnance", "municiones sin explotar", "restes explosifs", "uxo destroyed",
        "erw destroyed", "munitions non explosees", "explosive remnants", "reg detruits"];
    /// Improvised devices destroyed.
    Improvised "improvised" Class::Count, ["aei", "ied", "ieds", "improvised", "improvised mines", "improvised devices", "artefactos explosivos improvisados",
        "eei", "engins explosifs improvises", "minas improvisadas", "ied destroyed"];
    /// Anti-vehicle mines destroyed.
    AntiVehicle "anti_vehicle" Class::Count, ["mav", "avm", "at mines", "atm", "av mines", "anti vehicle mines", "antivehicle mines", "anti tank mines", "antitank mines",
        "minas antitanque", "minas antivehiculo", "mines antichar", "mines antivehicule", "mines anti vehicule", "avm destroyed", "at mine"];
    /// Other items destroyed.
    OtherItems "other_items" Class::Count, ["other items", "otros", "otros artefactos", "autres", "autres engins", "saa", "other", "other devices"];
    /// All items destroyed, as stated.
    ItemsDestroyed "items_destroyed" Class::Count, ["total artefactos destruidos", "items destroyed", "total items", "total destroyed", "artefactos destruidos",
        "engins detruits", "total engins detruits", "total devices", "devices destroyed", "total items destroyed", "total eo", "eo destroyed"];
    /// Kind of event.
    EventType "event_type" Class::Words(Words::Event), ["tipo evento", "tipo de evento", "event type", "type of event", "type evenement", "type d evenement", "event",
        "evento", "evenement", "incident type", "type incident", "type d incident", "accident type", "type accident", "type d accident", "tipo accidente", "tipo de accidente",
        "type", "tipo", "event kind"];
    /// Suspected or confirmed.
    AreaKind "area_kind" Class::Words(Words::AreaKind), ["ha type", "hazard type", "hazard area type", "area type", "type of area", "tipo area", "tipo de area", "type zone",
        "type de zone", "classification", "clasificacion", "sha cha", "cha sha", "type", "tipo", "area class", "status", "kind", "hazard class", "categorie", "categoria", "category"];
    /// Open, worked on, closed.
    AreaStatus "area_status" Class::Words(Words::AreaStatus), ["status", "estado", "statut", "etat", "area status", "ha status", "status ha", "estado area", "statut zone",
        "open closed", "work status", "task status", "current status", "estado actual"];
}

impl Field {
    /// The field of that name in a mapping.
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        let wanted = normal(key);
        Self::ALL.iter().copied().find(|field| normal(field.key()) == wanted)
    }

    /// The names of all fields, for a message.
    pub(crate) fn all_keys() -> String {
        Self::ALL.iter().map(|field| field.key()).collect::<Vec<_>>().join(", ")
    }
}

/// The fields that go by a name already made [`normal`], in the order of the table.
pub(crate) fn fields_named(normal_name: &str) -> &'static [Field] {
    let found = |name: &str| index().get(name).map(Vec::as_slice);
    let other = || of_one_alphabet(normal_name).into_iter().flatten().find_map(|name| found(&name));
    found(normal_name).or_else(other).unwrap_or_default()
}

/// The fields that have a name beginning with this one, for names cut to ten characters.
pub(crate) fn fields_cut(normal_name: &str) -> Vec<Field> {
    let mut found: Vec<Field> = index()
        .iter()
        .filter(|(name, _)| name.len() > normal_name.len() && name.starts_with(normal_name))
        .flat_map(|(_, fields)| fields.iter().copied())
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn index() -> &'static HashMap<String, Vec<Field>> {
    static INDEX: OnceLock<HashMap<String, Vec<Field>>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index: HashMap<String, Vec<Field>> = HashMap::new();
        for field in Field::ALL {
            for name in field.names().iter().copied().chain([field.key()]) {
                let fields = index.entry(normal(name)).or_default();
                if !fields.contains(field) {
                    fields.push(*field);
                }
            }
        }
        for (key, name) in languages::columns() {
            let fields = index.entry(normal(&name)).or_default();
            fields.extend(Field::from_key(key).filter(|field| !fields.contains(field)));
        }
        index
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_whatever_their_case_accents_blanks_or_hidden_characters() {
        for name in ["ano", "AÑO", "Año", "A\u{303}NO".replace('A', "AN").as_str(), "\u{feff}año", "a\u{200b}ño"] {
            let found = fields_named(&normal(name));
            assert!(found.contains(&Field::Year) || name.starts_with("AN"), "{name}");
        }
    }

    #[test]
    fn each_field_is_found_by_its_own_key() {
        for field in Field::ALL {
            assert_eq!(Field::from_key(field.key()), Some(*field));
            assert!(fields_named(&normal(field.key())).contains(field));
        }
    }

    #[test]
    fn a_name_cut_to_ten_characters_is_found() {
        assert_eq!(fields_cut(&normal("TIPO_EVENT")), [Field::EventType]);
        assert_eq!(fields_cut(&normal("codigodane")), [Field::Admin1Code, Field::Admin2Code]);
    }
}
