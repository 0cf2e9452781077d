//! The box of longitudes and latitudes that holds a State, to notice places that cannot be in it.

use intake::BoundingBox;
use treaty::state::Iso3;

use crate::founding::FoundingError;
use crate::founding::row::rows;

const BOXES: (&str, &str) = ("state_boxes.csv", include_str!("../../../facts/state_boxes.csv"));

/// The box of a State, half a degree wider than its boundaries on every side; west may be greater than east, where it
/// crosses the antimeridian. `None` for a State that the facts do not know.
///
/// # Errors
/// The facts are damaged.
pub fn of(state: Iso3) -> Result<Option<BoundingBox>, FoundingError> {
    for row in rows(BOXES.0, BOXES.1)? {
        if row.need_read::<Iso3>("iso3")? == state {
            let [west, south, east, north] = ["west", "south", "east", "north"].map(|side| row.need_read(side));
            return Ok(Some(BoundingBox { west: west?, south: south?, east: east?, north: north? }));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use intake::Position;

    #[test]
    fn every_state_has_a_box_and_bogota_is_in_colombia() {
        for file in crate::store::founding_register().unwrap().states() {
            assert!(of(file.state.state).unwrap().is_some(), "{}", file.state.state);
        }
        let colombia = of("COL".parse().unwrap()).unwrap().unwrap();
        assert!(colombia.contains(Position { lon: -74.1, lat: 4.6 }));
        assert!(!colombia.contains(Position { lon: 4.6, lat: -74.1 }));
        let fiji = of("FJI".parse().unwrap()).unwrap().unwrap();
        assert!(
            fiji.contains(Position { lon: 179.9, lat: -17.0 }) && fiji.contains(Position { lon: -179.9, lat: -17.0 })
        );
    }
}
