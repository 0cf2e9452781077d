//! Vector tiles of a made-up country: a set built, and all tiles of zoom 6 to 12 cut from it.
#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::date;
use land::tiles::{Detail, Kinds, TileArea, TileId, TileSet, View};
use land::{HazardKind, Polygon};
use rayon::prelude::*;

/// Areas of 80 to 800 m with 6 to 30 corners, spread over 14° by 9° without chance: the same at every run.
fn outlines(count: u32) -> Vec<Polygon> {
    let outline = |i: u32| {
        let part = |prime: u32| f64::from(i.wrapping_mul(prime) % 10_007) / 10_007.0;
        let (lon, lat, radius) =
            (60.5 + 14.0 * part(7919), 29.5 + 9.0 * part(6101), 0.0004 + 0.004 * part(4639).powi(3));
        let corners = 6 + i % 25;
        Polygon::from_lon_lat([(0..corners).map(|corner| {
            let angle = f64::from(corner) / f64::from(corners) * std::f64::consts::TAU;
            let reach = radius * (1.0 + 0.2 * (3.0 * angle + f64::from(i)).sin());
            [lon + reach * angle.cos(), lat + reach * angle.sin()]
        })])
        .unwrap()
    };
    (0..count).map(outline).collect()
}

fn tiles(criterion: &mut Criterion) {
    let outlines = outlines(20_000);
    let areas = || {
        outlines.iter().map(|outline| TileArea {
            id: "an area",
            outline,
            kind: HazardKind::Suspected,
            found: date(2020, 1, 1),
            released: None,
            stated_m2: None,
            piece_of: None,
        })
    };
    let set = TileSet::new(areas());
    let view = |detail| View { as_of: date(2026, 1, 1), detail, kinds: Kinds::ALL };
    let ids: Vec<TileId> = (6..=12).flat_map(|zoom| set.tiles(zoom)).collect();
    let all = |view: View| ids.par_iter().map(|&id| set.tile(id, view).len()).sum::<usize>();

    let mut group = criterion.benchmark_group("20 000 areas");
    group.sample_size(20);
    group.bench_function("set", |bench| bench.iter(|| TileSet::new(areas())));
    group.bench_function("outlines, zoom 6 to 12", |bench| bench.iter(|| all(view(Detail::Outlines))));
    group.bench_function("generalised, zoom 6 to 12", |bench| bench.iter(|| all(view(Detail::Generalised))));
    group.finish();
}

criterion_group!(benches, tiles);
criterion_main!(benches);
