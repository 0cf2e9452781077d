//! What is written: features with values, checked as they come in so that no format meets a surprise.

use geo_types::{Coord, LineString, MultiPolygon, Point, Polygon};
use jiff::civil::Date;

/// A set of features with the same fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    name: String,
    kind: GeometryKind,
    fields: Vec<Field>,
    features: Vec<Feature>,
    as_of: Date,
}

/// What the features of a layer are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GeometryKind {
    /// Ground, in one or more polygons.
    Areas,
    /// Places.
    Points,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name, unique in its layer whatever the case.
    pub name: String,
    /// What its values are.
    pub kind: FieldKind,
}

impl Field {
    /// A field.
    pub fn new(name: impl Into<String>, kind: FieldKind) -> Self {
        Self { name: name.into(), kind }
    }
}

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text.
    Text,
    /// Whole numbers of 64 bits.
    Integer,
    /// Numbers.
    Real,
    /// Calendar dates.
    Date,
    /// Yes or no.
    Boolean,
}

/// A value of a feature.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number, neither infinite nor NaN.
    Real(f64),
    /// A calendar date.
    Date(Date),
    /// Yes or no.
    Boolean(bool),
    /// Not known. Goes with every kind of field.
    Null,
}

impl Value {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    fn suits(&self, kind: FieldKind) -> bool {
        matches!(
            (self, kind),
            (Self::Null, _)
                | (Self::Text(_), FieldKind::Text)
                | (Self::Integer(_), FieldKind::Integer)
                | (Self::Real(_), FieldKind::Real)
                | (Self::Date(_), FieldKind::Date)
                | (Self::Boolean(_), FieldKind::Boolean)
        )
    }
}

/// Where a feature is, in degrees of longitude and latitude on WGS84.
#[derive(Debug, Clone, PartialEq)]
pub enum Geometry {
    /// Valid polygons.
    Areas(MultiPolygon<f64>),
    /// A place.
    Point(Point<f64>),
}

impl Geometry {
    fn coordinates(&self) -> Box<dyn Iterator<Item = Coord<f64>> + '_> {
        match self {
            Self::Point(point) => Box::new(std::iter::once(point.0)),
            Self::Areas(areas) => Box::new(
                areas
                    .iter()
                    .flat_map(|area| std::iter::once(area.exterior()).chain(area.interiors()))
                    .flat_map(LineString::coords)
                    .copied(),
            ),
        }
    }

    /// The smallest box around it: west, south, east, north. `None` if it has no vertex.
    pub(crate) fn bounds(&self) -> Option<[f64; 4]> {
        let boxes = self.coordinates().map(|c| [c.x, c.y, c.x, c.y]);
        boxes.reduce(join)
    }
}

/// The smallest box around two.
pub(crate) fn join(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Where it is, if that is known.
    pub geometry: Option<Geometry>,
    /// One value for each field, in their order.
    pub values: Vec<Value>,
}

/// Why a layer or a feature was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LayerError {
    /// A layer or a field without a name.
    #[error("a layer and each of its fields need a name")]
    NoName,
    /// A name with a NUL character, which no format can hold.
    #[error("the name {0:?} has a character that cannot be written")]
    BadName(String),
    /// Two fields of one name, whatever the case.
    #[error("two fields are named {0:?}; formats that ignore case cannot tell them apart")]
    FieldTwice(String),
    /// Not one value for each field.
    #[error("feature {feature} has {found} values where the layer has {expected} fields")]
    WrongNumberOfValues {
        /// Place of the feature in its layer, from 0.
        feature: usize,
        /// Values given.
        found: usize,
        /// Fields of the layer.
        expected: usize,
    },
    /// A value of another kind than its field.
    #[error("feature {feature}: the value of {field:?} is not of the kind of its field")]
    WrongKind {
        /// Place of the feature in its layer, from 0.
        feature: usize,
        /// The field.
        field: String,
    },
    /// An infinite number, NaN, or a coordinate off the globe.
    #[error("feature {feature} has a number or a coordinate that is out of range")]
    OutOfRange {
        /// Place of the feature in its layer, from 0.
        feature: usize,
    },
    /// A point among areas, or the other way round.
    #[error("feature {feature} is not of the geometry of its layer")]
    WrongGeometry {
        /// Place of the feature in its layer, from 0.
        feature: usize,
    },
}

impl Layer {
    /// A layer without features. `as_of` is the day the data stand for, and the date that files bear.
    ///
    /// # Errors
    /// [`LayerError`] when a name is missing, given twice or unfit.
    pub fn new(
        name: impl Into<String>,
        kind: GeometryKind,
        fields: Vec<Field>,
        as_of: Date,
    ) -> Result<Self, LayerError> {
        let name = name.into();
        for text in std::iter::once(&name).chain(fields.iter().map(|field| &field.name)) {
            if text.trim().is_empty() {
                return Err(LayerError::NoName);
            }
            if text.contains('\0') {
                return Err(LayerError::BadName(text.clone()));
            }
        }
        let mut known = std::collections::BTreeSet::new();
        if let Some(twice) = fields.iter().find(|field| !known.insert(field.name.to_lowercase())) {
            return Err(LayerError::FieldTwice(twice.name.clone()));
        }
        Ok(Self { name, kind, fields, features: Vec::new(), as_of })
    }

    /// Adds a feature.
    ///
    /// # Errors
    /// [`LayerError`] when it does not fit the fields or the geometry of the layer.
    pub fn push(&mut self, feature: Feature) -> Result<(), LayerError> {
        let number = self.features.len();
        if feature.values.len() != self.fields.len() {
            let (found, expected) = (feature.values.len(), self.fields.len());
            return Err(LayerError::WrongNumberOfValues { feature: number, found, expected });
        }
        for (value, field) in feature.values.iter().zip(&self.fields) {
            if !value.suits(field.kind) {
                return Err(LayerError::WrongKind { feature: number, field: field.name.clone() });
            }
            if matches!(value, Value::Real(number) if !number.is_finite()) {
                return Err(LayerError::OutOfRange { feature: number });
            }
        }
        if let Some(geometry) = &feature.geometry {
            let fits = matches!(
                (geometry, self.kind),
                (Geometry::Areas(_), GeometryKind::Areas) | (Geometry::Point(_), GeometryKind::Points)
            );
            if !fits {
                return Err(LayerError::WrongGeometry { feature: number });
            }
            let on_globe = |c: Coord<f64>| (-180.0..=180.0).contains(&c.x) && (-90.0..=90.0).contains(&c.y);
            if !geometry.coordinates().all(on_globe) {
                return Err(LayerError::OutOfRange { feature: number });
            }
        }
        self.features.push(feature);
        Ok(())
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its features are.
    #[must_use]
    pub fn kind(&self) -> GeometryKind {
        self.kind
    }

    /// Its fields.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Its features.
    #[must_use]
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// The day the data stand for.
    #[must_use]
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// The smallest box around all features; `None` without any vertex.
    pub(crate) fn bounds(&self) -> Option<[f64; 4]> {
        self.features.iter().filter_map(|feature| feature.geometry.as_ref()?.bounds()).reduce(join)
    }

    /// The values of one field.
    pub(crate) fn column(&self, field: usize) -> impl Iterator<Item = &Value> {
        self.features.iter().map(move |feature| &feature.values[field])
    }
}

/// The polygons of `land`, each with its outer ring first and then its holes (as `land::remaining` gives them).
#[must_use]
pub fn areas(parts: &[land::Polygon]) -> MultiPolygon<f64> {
    let line = |ring: &land::Ring| ring.points().iter().map(|point| (point.lon, point.lat)).collect::<LineString>();
    let polygon = |part: &land::Polygon| {
        let (outer, holes) = part.rings().split_first()?;
        Some(Polygon::new(line(outer), holes.iter().map(line).collect()))
    };
    parts.iter().filter_map(polygon).collect()
}
