//! A geometry as it lies in the file goes to the sink without a copy, where nothing is wrong with it.

use super::AreaSink;
use crate::Shape;
use crate::formats::wkb::{self, Visit};

/// Gives a shape that has been checked.
pub(super) fn push<S: AreaSink>(shape: &Shape, sink: &mut S) {
    for polygon in &shape.polygons {
        sink.polygon();
        for ring in polygon {
            sink.ring(ring.len());
            for [lon, lat] in ring {
                sink.vertex(*lon, *lat);
            }
        }
    }
}

/// Looks whether polygons can be given as they are: every corner a place on Earth, every ring closed, with three
/// different corners.
#[derive(Default)]
pub(super) struct Soundness {
    unsound: bool,
    pub(super) polygons: usize,
    pub(super) vertices: usize,
    ring: Option<Ring>,
}

#[derive(Clone, Copy)]
struct Ring {
    first: [f64; 2],
    second: Option<[f64; 2]>,
    third: bool,
    last: [f64; 2],
}

#[allow(clippy::float_cmp)] // the same corner is written with the same bits
impl Soundness {
    fn end_ring(&mut self) {
        if let Some(ring) = self.ring.take() {
            self.unsound |= !ring.third || ring.first != ring.last;
        }
    }

    /// Whether all is sound; to be asked at the end.
    pub(super) fn is_sound(&mut self) -> bool {
        self.end_ring();
        !self.unsound
    }
}

#[allow(clippy::float_cmp)] // the same corner is written with the same bits
impl Visit for Soundness {
    fn point(&mut self, _: [f64; 2]) {
        self.unsound = true;
    }

    fn polygon(&mut self) {
        self.end_ring();
        self.polygons += 1;
    }

    fn ring(&mut self, corners: usize) {
        self.end_ring();
        self.vertices += corners;
        self.unsound |= corners < 4;
    }

    #[inline]
    fn vertex(&mut self, at: [f64; 2]) {
        // Written so that what is not a number is unsound too.
        self.unsound |= !(at[0].abs() <= 180.0 && at[1].abs() <= 90.0);
        match &mut self.ring {
            None => self.ring = Some(Ring { first: at, second: None, third: false, last: at }),
            Some(ring) => {
                ring.last = at;
                if !ring.third {
                    match ring.second {
                        None if at != ring.first => ring.second = Some(at),
                        Some(second) if at != ring.first && at != second => ring.third = true,
                        _ => {}
                    }
                }
            }
        }
    }

    fn line(&mut self) {
        self.unsound = true;
    }
}

/// Gives what a visit sees to a sink.
struct Through<'a, S>(&'a mut S);

impl<S: AreaSink> Visit for Through<'_, S> {
    fn point(&mut self, _: [f64; 2]) {}

    fn polygon(&mut self) {
        self.0.polygon();
    }

    fn ring(&mut self, corners: usize) {
        self.0.ring(corners);
    }

    #[inline]
    fn vertex(&mut self, [lon, lat]: [f64; 2]) {
        self.0.vertex(lon, lat);
    }

    fn line(&mut self) {}
}

/// Gives a geometry that was found sound.
pub(super) fn pass<S: AreaSink>(bytes: &[u8], sink: &mut S) {
    // It was read once already, so there is nothing left that could be wrong with it.
    let _ = wkb::visit(bytes, &mut Through(sink));
}
