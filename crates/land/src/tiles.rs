//! Mapbox vector tiles of mined areas, zoom 0 to 14.
//!
//! A [`TileSet`] keeps the outlines once, in web Mercator and in whole numbers, with an index. Each tile is cut from it
//! for one [`View`]: the date and how much a reader may see are asked with every tile, so nothing that is kept (or cached
//! by its view) was made for other eyes.
//!
//! # What a tile holds
//!
//! | layer | geometry | attributes |
//! | --- | --- | --- |
//! | `areas` | outlines | `id`, `kind`, `status`, `found` (year), `released` (year), `mapped_m2`, `stated_m2` |
//! | `small_areas` | points: areas too small to draw at this zoom | the same; where several share a pixel: `count`, `kind`, `status`, `mapped_m2`, `stated_m2` |
//! | `cells` | points: see [`Detail::Generalised`] | `at_least`, `at_most`, `twentieths_of_a_degree` (the side) |
//!
//! `kind` is `suspected` or `confirmed`; `status` is `open` or `released`, on the date of the view; areas are whole m².
//! What is not known is left out. A sum of stated areas is given only when every area states one.
//!
//! # Rules
//!
//! - An area never vanishes. One that is smaller than a pixel (an eighth of a 4096th of a tile's side), or thinner than a
//!   4096th, is a point in exactly one tile. Points of one pixel, kind and status become one point that counts them.
//! - Outlines are valid as version 2.1 of the specification asks: rings closed and simple, exteriors wound one way and
//!   holes the other, nothing without area. Inside is what the even-odd rule says, as everywhere in this crate.
//! - Outlines reach 64 units over the edge of the tile; points do not, so counts can be added over tiles.
//! - Below zoom 14 a vertex within two units of the one before it is dropped.
//!
//! Vector Tile Specification 2.1, <https://github.com/mapbox/vector-tile-spec>.

mod cells;
mod encode;
pub(crate) mod index;
pub(crate) mod mercator;
mod outline;
mod simple;
pub(crate) mod store;

use jiff::civil::Date;

use crate::generalise::shown_as_of;
use crate::geometry::Polygon;
use crate::records::HazardKind;
pub use cells::CellCount;
use cells::Cells;
use encode::{Layer, Value};
use index::Index;
use mercator::{Frame, WorldBox};
use outline::{Drawn, Pen};
use store::{Area, Store};

/// The deepest zoom; a map shows it enlarged beyond.
pub const MAX_ZOOM: u8 = 14;

/// Which tile: zoom, column from the west, row from the north.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    z: u8,
    x: u32,
    y: u32,
}

impl TileId {
    /// The tile at `x`, `y` of zoom `z`; `None` when there is no such tile, or `z` is beyond [`MAX_ZOOM`].
    #[must_use]
    pub fn new(z: u8, x: u32, y: u32) -> Option<Self> {
        (z <= MAX_ZOOM && x < 1 << z && y < 1 << z).then_some(Self { z, x, y })
    }

    /// The zoom.
    #[must_use]
    pub fn z(self) -> u8 {
        self.z
    }

    /// The column, from the west.
    #[must_use]
    pub fn x(self) -> u32 {
        self.x
    }

    /// The row, from the north.
    #[must_use]
    pub fn y(self) -> u32 {
        self.y
    }
}

/// One area as it goes into a [`TileSet`].
///
/// It is found and released as a whole: ground that was released in parts comes as several areas, as
/// [`remaining`](crate::remaining::remaining) gives them.
#[derive(Debug, Clone, Copy)]
pub struct TileArea<'a> {
    /// The identifier that people know it by.
    pub id: &'a str,
    /// Its outline.
    pub outline: &'a Polygon,
    /// Suspected or confirmed.
    pub kind: HazardKind,
    /// When it was found. Of a year without a day: 1 January, so that no hazard is shown late.
    pub found: Date,
    /// When it was released, if it was. Of a year without a day: 31 December, so that no ground is shown free early.
    pub released: Option<Date>,
    /// The area that its record states, in m².
    pub stated_m2: Option<f64>,
    /// The hazard that it is a piece of, by its place in the caller's list, where hazards come in pieces: those of one hazard
    /// count as one area.
    pub piece_of: Option<usize>,
}

/// How much of an area a view lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Detail {
    /// Outlines with all attributes.
    Outlines,
    /// No outline, no position of an area, no identifier, no area and no date, at any zoom: what remained at the end of a
    /// year, counted in cells by the rule of [`generalise`](crate::generalise). [`View::kinds`] makes no difference.
    /// A cell is one point at its centre, with the least and the greatest number of areas in it.
    Generalised,
}

/// Which areas a view shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kinds {
    /// Suspected hazardous areas.
    pub suspected: bool,
    /// Confirmed hazardous areas.
    pub confirmed: bool,
    /// Also those already released on the date of the view.
    pub released: bool,
}

impl Kinds {
    /// Suspected and confirmed areas, released or not.
    pub const ALL: Self = Self { suspected: true, confirmed: true, released: true };
    /// Suspected and confirmed areas that are not released.
    pub const OPEN: Self = Self { suspected: true, confirmed: true, released: false };
}

/// What a reader asks for, and may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct View {
    /// The day: areas found later are not shown, and only those released by then are released.
    pub as_of: Date,
    /// How much of each area is shown.
    pub detail: Detail,
    /// Which areas are shown.
    pub kinds: Kinds,
}

impl View {
    fn shows(self, area: &Area) -> bool {
        let kind = match area.kind {
            HazardKind::Suspected => self.kinds.suspected,
            HazardKind::Confirmed => self.kinds.confirmed,
        };
        kind && area.found <= self.as_of && (self.kinds.released || !area.is_released(self.as_of))
    }
}

/// Areas, ready to be cut into tiles.
///
/// ```
/// use land::{HazardKind, Polygon, tiles::{Detail, Kinds, TileArea, TileId, TileSet, View}};
/// use jiff::civil::date;
///
/// let outline = Polygon::from_lon_lat([[[20.0, 40.0], [20.1, 40.0], [20.1, 40.1]]])?;
/// let area = TileArea {
///     id: "SHA-1", outline: &outline, kind: HazardKind::Suspected,
///     found: date(2021, 5, 1), released: None, stated_m2: None, piece_of: None,
/// };
/// let set = TileSet::new([area]);
/// let world = TileId::new(0, 0, 0).ok_or("no such tile")?;
/// let view = |year| View { as_of: date(year, 1, 1), detail: Detail::Outlines, kinds: Kinds::ALL };
/// assert!(!set.tile(world, view(2022)).is_empty());
/// assert!(set.tile(world, view(2021)).is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct TileSet {
    store: Store,
    index: Index,
    cells: Cells,
    without_outline: usize,
}

impl TileSet {
    /// Takes the areas in. Those without a single vertex have no place on a map: see [`TileSet::without_outline`].
    pub fn new<'a>(areas: impl IntoIterator<Item = TileArea<'a>>) -> Self {
        let areas: Vec<TileArea<'a>> = areas.into_iter().collect();
        let store = Store::new(&areas);
        let boxes: Vec<WorldBox> = store.areas().iter().map(|area| area.bounds).collect();
        Self {
            index: Index::new(&boxes),
            cells: Cells::new(store.areas()),
            without_outline: areas.len() - store.areas().len(),
            store,
        }
    }

    /// How many areas can be shown.
    #[must_use]
    pub fn len(&self) -> usize {
        self.store.areas().len()
    }

    /// Whether no area can be shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many areas were given without a vertex and are in no tile.
    #[must_use]
    pub fn without_outline(&self) -> usize {
        self.without_outline
    }

    /// The tiles of a zoom that can hold something under [`Detail::Outlines`], in order; beyond [`MAX_ZOOM`], none.
    #[must_use]
    pub fn tiles(&self, zoom: u8) -> Vec<TileId> {
        if zoom > MAX_ZOOM {
            return Vec::new();
        }
        let mut tiles: Vec<TileId> = Vec::new();
        for area in self.store.areas() {
            let bounds = if area.is_point(zoom) { WorldBox::of_point(area.anchor) } else { area.bounds };
            let (columns, rows) = bounds.tiles(zoom);
            tiles.extend(rows.flat_map(|y| columns.clone().map(move |x| TileId { z: zoom, x, y })));
            if tiles.len() > 1 << 20 {
                tiles.sort_unstable();
                tiles.dedup();
            }
        }
        tiles.sort_unstable();
        tiles.dedup();
        tiles
    }

    /// The tile as the view sees it, encoded (not compressed). Empty when it holds nothing.
    #[must_use]
    pub fn tile(&self, id: TileId, view: View) -> Vec<u8> {
        let frame = Frame::new(id);
        match view.detail {
            Detail::Outlines => self.outlines(&frame, view),
            Detail::Generalised => self.cells.tile(&frame, self.store.areas(), remains(view.as_of)),
        }
    }

    /// The cells of [`Detail::Generalised`] for a day.
    #[must_use]
    pub fn cells(&self, as_of: Date) -> Vec<CellCount> {
        self.cells.counts(self.store.areas(), remains(as_of))
    }

    /// No fewer areas remain on the map in all, as [`Detail::Generalised`] has it.
    #[must_use]
    pub fn at_least(&self, as_of: Date) -> usize {
        self.cells.total(self.store.areas(), remains(as_of))
    }

    /// West, south, east and north of the cells of [`Detail::Generalised`], in degrees; the same for every day.
    #[must_use]
    pub fn cell_bounds(&self) -> Option<[f64; 4]> {
        self.cells.bounds()
    }

    fn outlines(&self, frame: &Frame, view: View) -> Vec<u8> {
        let mut pen = Pen::default();
        let mut points: Vec<Dot> = Vec::new();
        let mut layer = Layer::new("areas");
        self.index.search(&frame.buffered(), |number| {
            let area = &self.store.areas()[number];
            if !view.shows(area) {
                return;
            }
            let drawn = if area.is_point(frame.zoom()) {
                Drawn::Point
            } else {
                pen.draw(self.store.rings(area), frame, area.anchor)
            };
            match drawn {
                Drawn::Outline => {
                    attributes(&mut layer, &self.store, area, view.as_of);
                    layer.polygon(area.number, pen.rings());
                }
                Drawn::Point if frame.holds(area.anchor) => points.push(Dot::new(number, area, frame, view.as_of)),
                Drawn::Point | Drawn::Nothing => {}
            }
        });
        let mut tile = layer.finish();
        tile.extend_from_slice(&self.small_areas(frame, view, points).finish());
        tile
    }

    fn small_areas(&self, frame: &Frame, view: View, mut points: Vec<Dot>) -> Layer {
        let mut layer = Layer::new("small_areas");
        points.sort_unstable();
        for group in points.chunk_by(Dot::shares_point_with) {
            let areas = || group.iter().map(|dot| &self.store.areas()[dot.area]);
            let first = &self.store.areas()[group[0].area];
            if group.len() == 1 {
                attributes(&mut layer, &self.store, first, view.as_of);
                layer.point(first.number, frame.local(first.anchor));
            } else {
                layer.tag("count", Value::Whole(count_hazards(areas())));
                layer.tag("kind", Value::Kind(first.kind));
                layer.tag("status", Value::Released(first.is_released(view.as_of)));
                layer.tag("mapped_m2", Value::Area(areas().map(|area| area.mapped_m2).sum()));
                if let Some(sum) = areas().map(|area| area.stated_m2).sum::<Option<f64>>() {
                    layer.tag("stated_m2", Value::Area(sum));
                }
                layer.point(first.number, group[0].pixel_centre());
            }
        }
        layer
    }
}

/// What a reader of cells is shown: open ground, at the end of a year.
fn remains(as_of: Date) -> impl Fn(&Area) -> bool {
    let as_of = shown_as_of(as_of);
    move |area| area.found <= as_of && !area.is_released(as_of)
}

/// How many hazards the areas are, or are pieces of.
fn count_hazards<'a>(areas: impl Iterator<Item = &'a Area>) -> u64 {
    let mut hazards: Vec<(bool, usize)> =
        areas.map(|area| area.piece_of.map_or((false, area.number), |hazard| (true, hazard))).collect();
    hazards.sort_unstable();
    hazards.dedup();
    hazards.len() as u64
}

fn attributes(layer: &mut Layer, store: &Store, area: &Area, as_of: Date) {
    layer.tag("id", Value::Text(store.id(area)));
    layer.tag("kind", Value::Kind(area.kind));
    layer.tag("status", Value::Released(area.is_released(as_of)));
    layer.tag("found", Value::Year(area.found.year()));
    if let Some(released) = area.released.filter(|&day| day <= as_of) {
        layer.tag("released", Value::Year(released.year()));
    }
    layer.tag("mapped_m2", Value::Area(area.mapped_m2));
    if let Some(stated) = area.stated_m2 {
        layer.tag("stated_m2", Value::Area(stated));
    }
}

/// An area to be drawn as a point. The order brings those together that become one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Dot {
    pixel: (i32, i32),
    kind: HazardKind,
    is_released: bool,
    area: usize,
}

impl Dot {
    fn new(number: usize, area: &Area, frame: &Frame, as_of: Date) -> Self {
        let (x, y) = frame.local(area.anchor);
        let pixel = (y.div_euclid(mercator::PIXEL), x.div_euclid(mercator::PIXEL));
        Self { pixel, kind: area.kind, is_released: area.is_released(as_of), area: number }
    }

    fn shares_point_with(&self, other: &Self) -> bool {
        (self.pixel, self.kind, self.is_released) == (other.pixel, other.kind, other.is_released)
    }

    fn pixel_centre(&self) -> (i32, i32) {
        let centre = |pixel: i32| pixel * mercator::PIXEL + mercator::PIXEL / 2;
        (centre(self.pixel.1), centre(self.pixel.0))
    }
}
