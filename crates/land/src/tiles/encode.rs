//! One layer of a vector tile, written as protocol buffers straight into bytes.
//!
//! The general encoders look every value up in a table. Here that is done only for values that repeat (kind, status,
//! year); identifiers and areas hardly do.

use std::collections::BTreeMap;

use super::mercator;
use crate::records::HazardKind;

/// A value of an attribute.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Kind(HazardKind),
    Released(bool),
    Year(i16),
    /// m², written whole.
    Area(f64),
    Whole(u64),
}

/// Values that are written once for the whole layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Repeated {
    Kind(HazardKind),
    Released(bool),
    Year(i16),
}

#[derive(Debug, Default)]
pub(super) struct Layer {
    name: &'static str,
    features: Vec<u8>,
    keys: Vec<&'static str>,
    values: Vec<u8>,
    value_count: u64,
    repeated: BTreeMap<Repeated, u64>,
    /// Tags of the next feature.
    tags: Vec<u8>,
    geometry: Vec<u8>,
}

const POINT: u64 = 1;
const POLYGON: u64 = 3;

impl Layer {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    /// Gives the next feature an attribute.
    pub(super) fn tag(&mut self, key: &'static str, value: Value<'_>) {
        let key = self.keys.iter().position(|known| *known == key).unwrap_or_else(|| {
            self.keys.push(key);
            self.keys.len() - 1
        });
        let value = self.value(value);
        varint(&mut self.tags, key as u64);
        varint(&mut self.tags, value);
    }

    fn value(&mut self, value: Value<'_>) -> u64 {
        let repeated = match value {
            Value::Kind(kind) => Some(Repeated::Kind(kind)),
            Value::Released(is_released) => Some(Repeated::Released(is_released)),
            Value::Year(year) => Some(Repeated::Year(year)),
            Value::Text(_) | Value::Area(_) | Value::Whole(_) => None,
        };
        if let Some(number) = repeated.and_then(|value| self.repeated.get(&value)) {
            return *number;
        }
        write_value(&mut self.values, value);
        let number = self.value_count;
        self.value_count += 1;
        if let Some(value) = repeated {
            self.repeated.insert(value, number);
        }
        number
    }

    /// Writes a point with the attributes given since the last feature.
    pub(super) fn point(&mut self, id: usize, at: (i32, i32)) {
        command(&mut self.geometry, MOVE_TO, 1);
        vertex(&mut self.geometry, (0, 0), at);
        self.feature(id, POINT);
    }

    /// Writes a polygon with the attributes given since the last feature; each exterior stands before its holes.
    pub(super) fn polygon<'a>(&mut self, id: usize, rings: impl Iterator<Item = &'a [(i32, i32)]>) {
        let mut pen = (0, 0);
        for ring in rings {
            let Some((&first, others)) = ring.split_first() else { continue };
            command(&mut self.geometry, MOVE_TO, 1);
            vertex(&mut self.geometry, pen, first);
            command(&mut self.geometry, LINE_TO, others.len());
            pen = first;
            for &next in others {
                vertex(&mut self.geometry, pen, next);
                pen = next;
            }
            command(&mut self.geometry, CLOSE_PATH, 1);
        }
        self.feature(id, POLYGON);
    }

    fn feature(&mut self, id: usize, geometry_type: u64) {
        let parts = [field_len(self.tags.len()), field_len(self.geometry.len())];
        let length = 1 + varint_len(id as u64) + 2 + parts[0] + parts[1];
        header(&mut self.features, 2, length);
        self.features.push(1 << 3);
        varint(&mut self.features, id as u64);
        bytes(&mut self.features, 2, &self.tags);
        self.features.push(3 << 3);
        varint(&mut self.features, geometry_type);
        bytes(&mut self.features, 4, &self.geometry);
        self.tags.clear();
        self.geometry.clear();
    }

    /// The layer as a tile's field, or nothing if it has no feature.
    pub(super) fn finish(self) -> Vec<u8> {
        if self.features.is_empty() {
            return Vec::new();
        }
        let mut head = Vec::with_capacity(256);
        head.extend_from_slice(&[15 << 3, 2]);
        bytes(&mut head, 1, self.name.as_bytes());
        let mut tail = Vec::with_capacity(128);
        for key in &self.keys {
            bytes(&mut tail, 3, key.as_bytes());
        }
        tail.push(5 << 3);
        varint(&mut tail, u64::from(mercator::EXTENT.unsigned_abs()));
        let length = head.len() + self.features.len() + self.values.len() + tail.len();
        let mut layer = Vec::with_capacity(length + 8);
        header(&mut layer, 3, length);
        for part in [&head, &self.features, &self.values, &tail] {
            layer.extend_from_slice(part);
        }
        layer
    }
}

fn write_value(out: &mut Vec<u8>, value: Value<'_>) {
    let text = |out: &mut Vec<u8>, text: &str| {
        header(out, 4, field_len(text.len()));
        bytes(out, 1, text.as_bytes());
    };
    match value {
        Value::Text(words) => text(out, words),
        Value::Kind(HazardKind::Suspected) => text(out, "suspected"),
        Value::Kind(HazardKind::Confirmed) => text(out, "confirmed"),
        Value::Released(true) => text(out, "released"),
        Value::Released(false) => text(out, "open"),
        Value::Year(year) => {
            let coded = zigzag(i64::from(year));
            header(out, 4, 1 + varint_len(coded));
            out.push(6 << 3);
            varint(out, coded);
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // No area on Earth comes near 2^63 m².
        Value::Area(m2) => whole(out, m2.round().max(0.0) as u64),
        Value::Whole(number) => whole(out, number),
    }
}

fn whole(out: &mut Vec<u8>, number: u64) {
    header(out, 4, 1 + varint_len(number));
    out.push(5 << 3);
    varint(out, number);
}

const MOVE_TO: u64 = 1;
const LINE_TO: u64 = 2;
const CLOSE_PATH: u64 = 7;

fn command(out: &mut Vec<u8>, command: u64, count: usize) {
    varint(out, command | (count as u64) << 3);
}

fn vertex(out: &mut Vec<u8>, from: (i32, i32), to: (i32, i32)) {
    varint(out, zigzag(i64::from(to.0) - i64::from(from.0)));
    varint(out, zigzag(i64::from(to.1) - i64::from(from.1)));
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

#[allow(clippy::cast_possible_truncation)] // Seven bits at a time.
fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn varint_len(number: u64) -> usize {
    let bits = 64 - (number | 1).leading_zeros();
    bits.div_ceil(7) as usize
}

/// The bytes that a field with contents of `length` takes.
fn field_len(length: usize) -> usize {
    1 + varint_len(length as u64) + length
}

/// Begins a field with contents of `length`.
fn header(out: &mut Vec<u8>, field: u8, length: usize) {
    out.push(field << 3 | 2);
    varint(out, length as u64);
}

fn bytes(out: &mut Vec<u8>, field: u8, contents: &[u8]) {
    header(out, field, contents.len());
    out.extend_from_slice(contents);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of the encoding guide of protocol buffers.
    #[test]
    fn numbers_are_written_as_the_guide_writes_them() {
        let written = |number| {
            let mut out = Vec::new();
            varint(&mut out, number);
            assert_eq!(out.len(), varint_len(number));
            out
        };
        assert_eq!(written(1), [1]);
        assert_eq!(written(150), [0x96, 1]);
        assert_eq!(written(u64::MAX).len(), 10);
        assert_eq!([0, -1, 1, -2].map(zigzag), [0, 1, 2, 3]);
    }

    /// The worked example of the specification (4.3.5.3): 9 3 6 18 5 10 ... in its shape: a point at 25, 17 is 9 50 34.
    #[test]
    fn a_point_is_written_as_the_specification_writes_it() {
        let mut geometry = Vec::new();
        command(&mut geometry, MOVE_TO, 1);
        vertex(&mut geometry, (0, 0), (25, 17));
        assert_eq!(geometry, [9, 50, 34]);
    }
}
