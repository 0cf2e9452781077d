//! Reads areas into flat arrays and says how long it took: `areas_speed FILE`.
use intake::{Area, AreaSink, Options};
use std::time::Instant;

#[derive(Default)]
struct Flat {
    vertices: Vec<[f64; 2]>,
    rings: Vec<usize>,
    areas: Vec<usize>,
    years: Vec<i16>,
}

impl AreaSink for Flat {
    fn begin(&mut self, area: &Area<'_>) {
        self.years.push(area.year.unwrap_or(0));
    }
    fn polygon(&mut self) {}
    fn ring(&mut self, corners: usize) {
        self.vertices.reserve(corners);
    }
    #[inline]
    fn vertex(&mut self, lon: f64, lat: f64) {
        self.vertices.push([lon, lat]);
    }
    fn end(&mut self) {
        self.rings.push(self.vertices.len());
        self.areas.push(self.rings.len());
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args().skip(1) {
        for _ in 0..3 {
            let start = Instant::now();
            let options = Options::new(jiff::civil::date(2026, 7, 1));
            let areas = intake::areas(path.as_ref(), &options, |_| Flat::default())?;
            let vertices: usize = areas.sinks.iter().map(|sink| sink.vertices.len()).sum();
            println!(
                "{path}: {} taken, {} set aside, {vertices} vertices, {} findings, {:.2?}",
                areas.taken,
                areas.set_aside,
                areas.findings.len(),
                start.elapsed()
            );
        }
    }
    Ok(())
}
