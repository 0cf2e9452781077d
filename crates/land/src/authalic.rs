//! The exact area between an edge and the equator.
//!
//! On an ellipsoid with semi-major axis *a* and eccentricity *e*, the ground between the equator and latitude φ, for one
//! radian of longitude, measures a² Q(φ), where
//!
//! > Q(φ) = (1 - e²) Σₖ (k + 1)/(2k + 1) e²ᵏ sin²ᵏ⁺¹ φ
//!
//! (half of the *q* of Snyder, *Map Projections: A Working Manual*, USGS 1395, 1987, eq. 3-12, as a power series).
//! Written with multiple angles, Q(φ) = Σⱼ cⱼ sin (2j + 1)φ. Along an edge that is straight in longitude and latitude, φ
//! runs evenly from φ₁ to φ₂, and the mean of sin kφ is exactly sin(k φₘ) · sin(k η)/(k η), φₘ being the middle latitude
//! and η half the difference. So no quadrature is needed, and cutting an edge in two changes nothing.

use crate::sum::WholeArea;

/// Semi-major axis of WGS84, in metres.
const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// Flattening of WGS84.
const FLATTENING: f64 = 1.0 / 298.257_223_563;
const E2: f64 = FLATTENING * (2.0 - FLATTENING);

/// e²/4 = 0.0017 separates one term from the next: the eighth is below 1e-18.
const TERMS: usize = 8;
/// Terms of the power series that still reach a double.
const POWERS: usize = 11;

/// cⱼ of the module's comment, already divided by 2j + 1 for the mean along an edge.
const MEAN_SERIES: [f64; TERMS] = mean_series();

const fn mean_series() -> [f64; TERMS] {
    let mut series = [0.0; TERMS];
    let mut scale = 1.0 - E2; // (1 - e²) e²ᵏ / 4ᵏ
    let mut k = 0;
    while k < POWERS {
        // sin²ᵏ⁺¹ φ = 4⁻ᵏ Σⱼ (-1)ʲ C(2k + 1, k - j) sin (2j + 1)φ
        let weight = scale * (k + 1) as f64 / (2 * k + 1) as f64;
        let mut j = 0;
        while j <= k && j < TERMS {
            let sign = if j % 2 == 0 { 1.0 } else { -1.0 };
            series[j] += sign * weight * binomial(2 * k + 1, k - j) / (2 * j + 1) as f64;
            j += 1;
        }
        scale *= E2 / 4.0;
        k += 1;
    }
    series
}

const fn binomial(n: usize, k: usize) -> f64 {
    let mut value = 1.0;
    let mut i = 0;
    while i < k {
        value = value * (n - i) as f64 / (i + 1) as f64;
        i += 1;
    }
    value
}

/// Terms of the local series: a strip of half a degree to either side is exact to 1e-16.
const ORDER: usize = 6;
/// Half height in radians up to which four terms are as exact: 3 km.
const LOW: f64 = 5e-4;
/// Heights that one local series serves, in steps of the grid.
pub(crate) const TALLEST: f64 = 1e11;
const RADIANS_PER_STEP: f64 = std::f64::consts::PI / 180e11;

/// The rule of area near one latitude: Q as a power series there, so that an edge costs some 20 multiplications.
///
/// Coordinates are in steps of the grid (1e-11 degree), areas in whole units of 2⁻ˢ m²: with whole numbers no order of
/// adding changes a figure, and two edges that coincide cancel to nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LocalArea {
    middle: f64,
    low: bool,
    /// The first derivatives of Q, each over its factorial, scaled to units.
    series: [f64; ORDER],
}

impl LocalArea {
    /// The unit's s for ground `width` wide: the finest in which the largest sum stays below 2⁶⁰.
    pub(crate) fn shift_for(width: f64) -> u32 {
        let tallest = TALLEST * RADIANS_PER_STEP;
        let largest = SEMI_MAJOR_M * SEMI_MAJOR_M * width * RADIANS_PER_STEP * tallest;
        let mut shift = 30;
        while shift > 0 && largest * f64::from(1_u32 << shift) > (1_u64 << 60) as f64 {
            shift -= 1;
        }
        shift
    }

    /// For ground from `south` to `north`, at most [`TALLEST`] apart, above the grid's latitude `origin`.
    pub(crate) fn new(origin: i64, south: f64, north: f64, shift: u32) -> Self {
        let middle = f64::midpoint(south, north);
        let latitude = (origin as f64 + middle) * RADIANS_PER_STEP;
        let (sin, cos) = latitude.sin_cos();
        let step = 2.0 - 4.0 * sin * sin;
        let (mut s, mut s_before, mut c, mut c_before) = (sin, -sin, cos, cos);
        let mut series = [0.0; ORDER];
        let mut n = 1.0;
        for mean in &MEAN_SERIES[..ORDER] {
            // Q is a sum of c sin nφ; each derivative multiplies by n and turns by a quarter.
            let (mut by_sin, mut by_cos) = (mean * n * s, mean * n * c);
            for pair in series.chunks_exact_mut(2) {
                by_cos *= n;
                pair[0] += by_cos;
                by_sin *= -n * n;
                pair[1] += by_sin;
                by_cos *= -n;
            }
            (s, s_before) = (step * s - s_before, s);
            (c, c_before) = (step * c - c_before, c);
            n += 2.0;
        }
        let unit = SEMI_MAJOR_M * SEMI_MAJOR_M * RADIANS_PER_STEP * f64::from(1_u32 << shift);
        let mut factorial = 1.0;
        for (k, q) in (1_u8..).zip(&mut series) {
            factorial *= f64::from(k);
            *q *= unit / factorial;
        }
        Self { middle, low: (north - south) * RADIANS_PER_STEP < 2.0 * LOW, series }
    }

    /// Units of area between the middle latitude and an edge `width` wide from latitude `y1` to `y2`.
    ///
    /// Half the difference of latitude being h, the mean of a polynomial along the edge is its value in the middle plus
    /// its second derivative times h²/6, its fourth times h⁴/120 and its sixth times h⁶/5040.
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // below 2⁶⁰ by the choice of unit
    pub(crate) fn under(&self, width: f64, y1: f64, y2: f64) -> i64 {
        let [q1, q2, q3, q4, q5, q6] = self.series;
        let m = (f64::midpoint(y1, y2) - self.middle) * RADIANS_PER_STEP;
        let half = (y2 - y1) * (0.5 * RADIANS_PER_STEP);
        let h2 = half * half;
        let mean = if self.low {
            m * (q1 + m * (q2 + m * (q3 + m * q4)))
                + h2 * ((q2 + m * (3.0 * q3 + m * 6.0 * q4)) * (1.0 / 3.0) + h2 * q4 * 0.2)
        } else {
            let second = q2 + m * (3.0 * q3 + m * (6.0 * q4 + m * (10.0 * q5 + m * 15.0 * q6)));
            let fourth = q4 + m * (5.0 * q5 + m * 15.0 * q6);
            m * (q1 + m * (q2 + m * (q3 + m * (q4 + m * (q5 + m * q6)))))
                + h2 * (second / 3.0 + h2 * (fourth / 5.0 + h2 * q6 / 7.0))
        };
        (mean * width) as i64
    }

    /// Units of ground as whole square millimetres.
    ///
    /// Of a shape that is all but a line, across half the Earth, the units cut off edge by edge can leave a few less than
    /// nothing. Ground is never less than nothing.
    pub(crate) fn whole(units: i128, shift: u32) -> WholeArea {
        WholeArea::from_mm2((units.max(0) * 1_000_000 + (1_i128 << shift >> 1)) >> shift)
    }
}

/// Area in m² between the equator and an edge that runs eastward by `width` degrees of longitude, from latitude `lat1`
/// to `lat2` in degrees. South of the equator it is negative.
pub(crate) fn area_under_edge_m2(width: f64, lat1: f64, lat2: f64) -> f64 {
    SEMI_MAJOR_M * SEMI_MAJOR_M * width.to_radians() * mean_q(lat1.to_radians(), lat2.to_radians())
}

/// Mean of Q along an edge from latitude `phi1` to `phi2`, in radians.
fn mean_q(phi1: f64, phi2: f64) -> f64 {
    let half = (phi2 - phi1) / 2.0;
    let sin_mid = (f64::midpoint(phi1, phi2)).sin();
    let narrowing = sinc(half);
    let sin_half = half * narrowing;
    // Both factors follow sin (2j + 3)x = 2 cos 2x sin (2j + 1)x - sin (2j - 1)x.
    let (step_mid, step_half) = (2.0 - 4.0 * sin_mid * sin_mid, 2.0 - 4.0 * sin_half * sin_half);
    let (mut mid, mut mid_before) = (sin_mid, -sin_mid);
    let (mut spread, mut spread_before) = (narrowing, -narrowing);
    let mut sum = 0.0;
    for c in MEAN_SERIES {
        sum += c * mid * spread;
        (mid, mid_before) = (step_mid * mid - mid_before, mid);
        (spread, spread_before) = (step_half * spread - spread_before, spread);
    }
    sum
}

/// sin(x)/x.
fn sinc(x: f64) -> f64 {
    let x2 = x * x;
    if x2 < 1e-4 { 1.0 - x2 / 6.0 * (1.0 - x2 / 20.0 * (1.0 - x2 / 42.0 * (1.0 - x2 / 72.0))) } else { x.sin() / x }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Snyder 3-12, halved, as it stands.
    fn closed_form(phi: f64) -> f64 {
        let (e, s) = (E2.sqrt(), phi.sin());
        (1.0 - E2) / 2.0 * (s / (1.0 - E2 * s * s) + (e * s).atanh() / e)
    }

    #[test]
    fn the_series_is_the_closed_form() {
        for step in -90..=90 {
            let phi = f64::from(step).to_radians();
            let error = mean_q(phi, phi) - closed_form(phi);
            assert!(error.abs() < 4e-16, "{step} degrees: {error:e}");
        }
    }

    #[test]
    fn the_local_series_is_the_rule_of_area() {
        for latitude in [-89_i32, -60, -33, 0, 12, 45, 71, 88] {
            for height in [1e5, 1e8, 5e9, TALLEST] {
                let (width, shift) = (1e9, LocalArea::shift_for(1e9));
                let origin = i64::from(latitude) * 100_000_000_000;
                let local = LocalArea::new(origin, 0.0, height, shift);
                for (y1, y2) in [(0.0, height), (0.3 * height, 0.4 * height), (0.9 * height, 0.1 * height)] {
                    let units = local.under(width, y1, y2) - local.under(width, 0.0, 0.0);
                    let at = |y: f64| (origin as f64 + y) / 1e11;
                    let exact = area_under_edge_m2(width / 1e11, at(y1), at(y2))
                        - area_under_edge_m2(width / 1e11, at(0.0), at(0.0));
                    let ours = units as f64 / f64::from(1_u32 << shift);
                    assert!((ours - exact).abs() < 1e-13 * exact.abs() + 3e-5, "{latitude} {height}: {ours} {exact}");
                }
            }
        }
    }

    #[test]
    fn the_mean_along_an_edge_is_exact_for_any_length() {
        for (from, to) in [(-90.0, 90.0), (-90.0, 60.0), (10.0, 80.0), (40.0, 41.0), (40.0, 40.001), (89.0, 90.0)] {
            let (from, to) = (f64::to_radians(from), f64::to_radians(to));
            let pieces = 20_000;
            let at = |i: i32| from + (to - from) * f64::from(i) / f64::from(pieces);
            // Simpson over so many pieces is exact to rounding: an independent road to the mean.
            let simpson =
                |a: f64, b: f64| (closed_form(a) + 4.0 * closed_form(f64::midpoint(a, b)) + closed_form(b)) / 6.0;
            let sum: f64 = (0..pieces).map(|i| simpson(at(i), at(i + 1))).sum();
            let error = mean_q(from, to) - sum / f64::from(pieces);
            assert!(error.abs() < 2e-14, "{from} to {to}: {error:e}");
        }
    }

    #[test]
    fn splitting_an_edge_changes_nothing() {
        let (width, lat1, lat2) = (0.37, 33.1, 34.9);
        let whole = area_under_edge_m2(width, lat1, lat2);
        for share in [0.5, 0.1, 1e-3, 1e-9] {
            let middle = lat1 + share * (lat2 - lat1);
            let parts = area_under_edge_m2(share * width, lat1, middle)
                + area_under_edge_m2((1.0 - share) * width, middle, lat2);
            assert!((parts / whole - 1.0).abs() < 1e-15, "{share}");
        }
    }
}
