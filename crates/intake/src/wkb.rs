//! Well-known binary, of the OGC and of `PostGIS`, and the header that a `GeoPackage` puts before it.
//!
//! Either byte order, with or without height and measure, in the ISO and the older numbering of kinds. Nothing is
//! allocated on the word of the file: a count is believed only when the bytes for it are there.
//!
//! OGC 12-128 (`GeoPackage`), 2.1.3; OGC 06-103r4 (simple features), 8.

/// Collections within collections.
const MAX_DEPTH: u8 = 8;

/// Takes a geometry in, part by part.
pub(crate) trait Shapes {
    /// A place by itself.
    fn point(&mut self, at: [f64; 2]);
    /// A polygon begins.
    fn polygon(&mut self);
    /// The next ring of the polygon, as entered; the first one is its outside.
    fn ring(&mut self, corners: Corners<'_>);
    /// Something that has no area, or that is not known.
    fn unused(&mut self, reason: String);
}

/// The corners of a ring, where they lie in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Corners<'a> {
    bytes: &'a [u8],
    stride: usize,
    little: bool,
}

impl Corners<'_> {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() / self.stride
    }

    /// Adds them to a list; height and measure are passed over.
    #[inline]
    pub(crate) fn add_to(&self, list: &mut Vec<[f64; 2]>) {
        match (self.little, self.stride) {
            // Nearly every file.
            (true, 16) => list.extend(self.bytes.as_chunks().0.iter().map(|at| pair(at, f64::from_le_bytes))),
            (true, stride) => self.add_strided(list, stride, f64::from_le_bytes),
            (false, stride) => self.add_strided(list, stride, f64::from_be_bytes),
        }
    }

    fn add_strided(&self, list: &mut Vec<[f64; 2]>, stride: usize, read: impl Fn([u8; 8]) -> f64 + Copy) {
        list.extend(self.bytes.chunks_exact(stride).filter_map(|at| Some(pair(at.first_chunk()?, read))));
    }
}

#[inline]
fn pair(bytes: &[u8; 16], read: impl Fn([u8; 8]) -> f64) -> [f64; 2] {
    match bytes.as_chunks().0 {
        [x, y] => [read(*x), read(*y)],
        // Sixteen bytes are two of eight.
        _ => [f64::NAN; 2],
    }
}

/// Reads a `GeoPackage` geometry of a layer in a coordinate system; 0 and below stand for one that is not told.
///
/// # Errors
/// What is wrong with it, to be read after "the geometry was not used:". Parts before the fault were given already.
pub(crate) fn read_geopackage(blob: &[u8], srs_id: i64, shapes: &mut impl Shapes) -> Result<(), String> {
    let [b'G', b'P', _, flags, s0, s1, s2, s3, rest @ ..] = blob else {
        return Err("it does not begin as a GeoPackage geometry does".to_owned());
    };
    let srs = [*s0, *s1, *s2, *s3];
    let own = i64::from(if flags & 1 == 1 { i32::from_le_bytes(srs) } else { i32::from_be_bytes(srs) });
    if own > 0 && srs_id > 0 && own != srs_id {
        return Err(format!("it is in another coordinate system ({own}) than its layer ({srs_id})"));
    }
    if flags & 0x20 != 0 {
        return Err("it is of an extended kind that only its own program knows".to_owned());
    }
    let envelope = match (flags >> 1) & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err("its header is not as the standard says".to_owned()),
    };
    let body = rest.get(envelope..).ok_or_else(cut_short)?;
    // An empty geometry need not be followed by anything.
    if flags & 0x10 != 0 { Ok(()) } else { read(body, shapes) }
}

/// Reads well-known binary.
///
/// # Errors
/// As [`read_geopackage`].
pub(crate) fn read(bytes: &[u8], shapes: &mut impl Shapes) -> Result<(), String> {
    geometry(&mut Input { bytes, little: true }, shapes, 0)
}

fn cut_short() -> String {
    "its bytes end too early".to_owned()
}

struct Input<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or_else(cut_short)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn whole(&mut self) -> Result<u32, String> {
        let bytes = *self.take(4)?.first_chunk().ok_or_else(cut_short)?;
        Ok(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn corners(&mut self, count: usize, stride: usize) -> Result<Corners<'a>, String> {
        let bytes = self.take(count.checked_mul(stride).ok_or_else(cut_short)?)?;
        Ok(Corners { bytes, stride, little: self.little })
    }

    /// Byte order, kind (without height and measure), and bytes in a corner.
    fn head(&mut self) -> Result<(u32, usize), String> {
        self.little = match self.take(1)? {
            [0] => false,
            [1] => true,
            _ => return Err("its byte order is neither of the two there are".to_owned()),
        };
        let code = self.whole()?;
        if code & 0x2000_0000 != 0 {
            self.take(4)?; // its coordinate system, which is the layer's
        }
        let (height, measure) = (code & 0x8000_0000 != 0, code & 0x4000_0000 != 0);
        let code = code & 0x1fff_ffff;
        let numbers = match code / 1000 {
            0 => 2 + usize::from(height) + usize::from(measure),
            1 | 2 => 3,
            3 => 4,
            _ => return Err(format!("its kind, {code}, is not known")),
        };
        Ok((code % 1000, 8 * numbers))
    }
}

fn geometry(input: &mut Input<'_>, shapes: &mut impl Shapes, depth: u8) -> Result<(), String> {
    let (kind, stride) = input.head()?;
    match kind {
        1 => {
            let mut place = Vec::with_capacity(1);
            input.corners(1, stride)?.add_to(&mut place);
            // An empty point is written as two numbers that are none.
            place.into_iter().filter(|[x, y]| !(x.is_nan() && y.is_nan())).for_each(|at| shapes.point(at));
        }
        2 => {
            let count = input.whole()?;
            input.corners(count as usize, stride)?;
            shapes.unused("a line has no area".to_owned());
        }
        3 => {
            let rings = input.whole()?;
            if rings > 0 {
                shapes.polygon();
            }
            for _ in 0..rings {
                let count = input.whole()?;
                shapes.ring(input.corners(count as usize, stride)?);
            }
        }
        4..=7 => {
            if depth >= MAX_DEPTH {
                return Err("its parts lie too deep within one another".to_owned());
            }
            // Each part takes at least nine bytes, so a count that lies runs out of them.
            for _ in 0..input.whole()? {
                geometry(input, shapes, depth + 1)?;
            }
        }
        8 | 9 | 11 | 13 => return Err("a curve has no area".to_owned()),
        10 | 12 => return Err("its edges are curves; convert it to straight edges".to_owned()),
        14..=17 => return Err("it is a surface in space, not on a map".to_owned()),
        _ => return Err(format!("its kind, {kind}, is not known")),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
