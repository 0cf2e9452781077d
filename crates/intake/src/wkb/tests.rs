use super::*;
use proptest::prelude::*;

#[derive(Debug, Default, PartialEq)]
struct Seen {
    points: Vec<[f64; 2]>,
    polygons: Vec<Vec<Vec<[f64; 2]>>>,
    unused: Vec<String>,
}

impl Shapes for Seen {
    fn point(&mut self, at: [f64; 2]) {
        self.points.push(at);
    }

    fn polygon(&mut self) {
        self.polygons.push(Vec::new());
    }

    fn ring(&mut self, corners: Corners<'_>) {
        let mut ring = Vec::new();
        corners.add_to(&mut ring);
        assert_eq!(ring.len(), corners.len());
        self.polygons.last_mut().unwrap().push(ring);
    }

    fn unused(&mut self, reason: String) {
        self.unused.push(reason);
    }
}

/// Writes well-known binary.
struct Pen {
    little: bool,
    bytes: Vec<u8>,
}

impl Pen {
    fn head(&mut self, kind: u32) {
        self.bytes.push(u8::from(self.little));
        self.count(kind);
    }

    fn count(&mut self, n: u32) {
        self.bytes.extend(if self.little { n.to_le_bytes() } else { n.to_be_bytes() });
    }

    fn numbers(&mut self, numbers: &[f64]) {
        for n in numbers {
            self.bytes.extend(if self.little { n.to_le_bytes() } else { n.to_be_bytes() });
        }
    }

    /// A triangle; `more` stands behind each corner.
    fn triangle(&mut self, kind: u32, more: &[f64]) {
        self.head(kind);
        self.count(1);
        self.count(4);
        for corner in TRIANGLE {
            self.numbers(&corner);
            self.numbers(more);
        }
    }
}

const TRIANGLE: [[f64; 2]; 4] = [[44.25, 33.5], [44.5, 33.5], [44.5, 33.75], [44.25, 33.5]];

fn seen(bytes: &[u8]) -> Result<Seen, String> {
    let mut seen = Seen::default();
    read(bytes, &mut seen).map(|()| seen)
}

#[test]
fn a_polygon_is_the_same_in_either_byte_order_and_with_height_or_measure() {
    let wanted = vec![vec![TRIANGLE.to_vec()]];
    for little in [true, false] {
        for (kind, more) in [
            (3, &[][..]),
            (1003, &[7.0]),
            (2003, &[7.0]),
            (3003, &[7.0, 8.0]),
            (0x8000_0003, &[7.0]),
            (0x4000_0003, &[7.0]),
            (0xc000_0003, &[7.0, 8.0]),
        ] {
            let mut pen = Pen { little, bytes: Vec::new() };
            pen.triangle(kind, more);
            assert_eq!(seen(&pen.bytes).unwrap().polygons, wanted, "{kind} {little}");
        }
    }
}

#[test]
fn the_older_numbering_may_name_a_system_first() {
    let mut pen = Pen { little: true, bytes: Vec::new() };
    pen.triangle(0x2000_0003, &[]);
    pen.bytes.splice(5..5, 4326_u32.to_le_bytes());
    assert_eq!(seen(&pen.bytes).unwrap().polygons, [[TRIANGLE.to_vec()]]);
}

#[test]
fn each_part_of_a_multipolygon_may_have_its_own_byte_order() {
    let mut pen = Pen { little: true, bytes: Vec::new() };
    pen.head(6);
    pen.count(2);
    pen.triangle(3, &[]);
    pen.little = false;
    pen.triangle(3, &[]);
    assert_eq!(seen(&pen.bytes).unwrap().polygons.len(), 2);
}

#[test]
fn what_has_no_area_is_said() {
    let mut pen = Pen { little: true, bytes: Vec::new() };
    pen.head(7);
    pen.count(3);
    pen.head(2);
    pen.count(1);
    pen.numbers(&[1.0, 2.0]);
    pen.head(1);
    pen.numbers(&[3.0, 4.0]);
    pen.triangle(3, &[]);
    let found = seen(&pen.bytes).unwrap();
    assert_eq!((found.points.as_slice(), found.polygons.len()), (&[[3.0, 4.0]][..], 1));
    assert_eq!(found.unused, ["a line has no area"]);
    for (kind, part) in [(8, "curve"), (10, "curves"), (15, "surface"), (99, "not known"), (9003, "not known")] {
        let mut pen = Pen { little: true, bytes: Vec::new() };
        pen.head(kind);
        let reason = seen(&pen.bytes).unwrap_err();
        assert!(reason.contains(part), "{kind}: {reason}");
    }
}

#[test]
fn a_geometry_cut_short_anywhere_is_refused() {
    let mut pen = Pen { little: true, bytes: Vec::new() };
    pen.triangle(3, &[]);
    for end in 0..pen.bytes.len() {
        assert_eq!(seen(&pen.bytes[..end]), Err("its bytes end too early".to_owned()), "{end}");
    }
}

#[test]
fn a_count_that_lies_costs_nothing() {
    let mut pen = Pen { little: true, bytes: Vec::new() };
    pen.head(3);
    pen.count(1);
    pen.count(u32::MAX);
    assert!(seen(&pen.bytes).is_err());
    let deep: Vec<u8> = (0..40).flat_map(|_| [1, 7, 0, 0, 0, 1, 0, 0, 0]).collect();
    assert_eq!(seen(&deep), Err("its parts lie too deep within one another".to_owned()));
}

#[test]
fn a_geopackage_header_is_passed_over_whatever_its_box() {
    let mut pen = Pen { little: true, bytes: Vec::new() };
    pen.triangle(3, &[]);
    for (code, length) in [(0, 0), (1, 32), (2, 48), (3, 48), (4, 64)] {
        let mut blob = vec![b'G', b'P', 0, 1 | code << 1, 0xe6, 0x10, 0, 0];
        blob.extend(vec![0xaa; length]);
        blob.extend(&pen.bytes);
        let mut found = Seen::default();
        read_geopackage(&blob, 4326, &mut found).unwrap();
        assert_eq!(found.polygons, [[TRIANGLE.to_vec()]], "{code}");
    }
    for (blob, part) in [
        (&b"GP"[..], "does not begin"),
        (b"XX\0\x01....", "does not begin"),
        (b"GP\0\x0f\0\0\0\0", "standard"),
        (b"GP\0\x21\0\0\0\0", "extended"),
        (b"GP\0\x03\0\0\0\0", "too early"),
        (b"GP\0\x01\xa8\x7f\0\0", "another coordinate system (32680) than its layer (4326)"),
    ] {
        let reason = read_geopackage(blob, 4326, &mut Seen::default()).unwrap_err();
        assert!(reason.contains(part), "{reason}");
    }
}

#[test]
fn an_empty_geopackage_geometry_gives_nothing() {
    let mut found = Seen::default();
    read_geopackage(b"GP\0\x11\xe6\x10\0\0", 4326, &mut found).unwrap();
    assert_eq!(found, Seen::default());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(prop_oneof![Just(0_u8), Just(1), Just(3), Just(6), any::<u8>()], 0..200)) {
        let mut found = Seen::default();
        let _ = read(&bytes, &mut found);
        let corners: usize = found.polygons.iter().flatten().map(Vec::len).sum();
        prop_assert!(corners * 16 <= bytes.len());
    }
}
