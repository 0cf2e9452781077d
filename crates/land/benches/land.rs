//! The kernels, and the whole balance, on records made here from a small seed.
//!
//! `cargo bench -p land --bench land`: a minute or two; for the growth of one large component, `cargo bench -p land -- chain pile`.
#![allow(missing_docs, clippy::unwrap_used)]

use std::f64::consts::TAU;
use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use land::{
    Batch, District, Edit, Entry, HazardKind, Polygon, Records, ReleaseKind, Standing, balance_of, polygon_area_m2,
};

/// Numbers that look random: a linear congruence, its upper bits.
struct Seed(u64);

impl Seed {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// An outline of 20 vertices around a place, `size` degrees across or a little less.
fn star(seed: &mut Seed, lon: f64, lat: f64, size: f64) -> Vec<[f64; 2]> {
    let at = |k: i32, far: f64| {
        [lon + far * (TAU * f64::from(k) / 20.0).cos(), lat + far * (TAU * f64::from(k) / 20.0).sin()]
    };
    (0..20).map(|k| at(k, size * (0.35 + 0.15 * seed.next())).map(|degrees| (degrees * 1e7).round() / 1e7)).collect()
}

fn push<K: Copy>(batch: &mut Batch<K>, ring: &[[f64; 2]], year: i16, kind: K) {
    batch.begin_ring();
    for vertex in ring {
        batch.vertex(vertex[0], vertex[1]);
    }
    batch.push(Entry { year, kind, stated_area_m2: None, district: None }).unwrap();
}

/// Hazards on a lattice that leaves gaps, one in seven on its neighbour, six in ten with a release; 100 districts.
#[allow(clippy::cast_possible_truncation)]
fn scattered(count: i32) -> Records {
    let (mut seed, mut records) = (Seed(7), Records::default());
    let (mut hazards, mut releases) = (Batch::default(), Batch::default());
    let side = f64::from(count).sqrt().ceil();
    for index in 0..count {
        let (row, column) = ((f64::from(index) / side).floor(), f64::from(index) % side);
        let moved = if seed.next() < 0.15 { 0.006 } else { 0.0 };
        let (lon, lat) = (60.0 + column * 0.01 + moved, 30.0 + row * 0.01);
        let year = 2000 + (seed.next() * 20.0) as i16;
        let kind = if seed.next() < 0.5 { HazardKind::Suspected } else { HazardKind::Confirmed };
        push(&mut hazards, &star(&mut seed, lon, lat, 0.008), year, kind);
        if seed.next() < 0.6 {
            let ring = star(&mut seed, lon + 0.001, lat, 0.006);
            push(&mut releases, &ring, year + (seed.next() * 6.0) as i16, ReleaseKind::Cleared);
        }
    }
    records.hazards.join(hazards);
    records.releases.join(releases);
    let step = side * 0.01 / 10.0;
    for (i, j) in (0..100).map(|k| (f64::from(k % 10), f64::from(k / 10))) {
        let (west, south) = (59.99 + i * step, 29.99 + j * step);
        let ring = [[west, south], [west + step, south], [west + step, south + step], [west, south + step]];
        let shape = Polygon::from_lon_lat([ring]).unwrap();
        records.districts.push(District { name: format!("{i} {j}"), shape });
    }
    records
}

/// One component: each area overlaps its neighbours, in a square field.
#[allow(clippy::cast_possible_truncation)]
fn field(count: i32) -> Records {
    let (mut seed, mut records, mut hazards) = (Seed(11), Records::default(), Batch::default());
    let side = f64::from(count).sqrt().ceil();
    for index in 0..count {
        let (row, column) = ((f64::from(index) / side).floor(), f64::from(index) % side);
        let year = 2000 + (seed.next() * 20.0) as i16;
        push(
            &mut hazards,
            &star(&mut seed, 60.0 + column * 0.006, 30.0 + row * 0.006, 0.009),
            year,
            HazardKind::Confirmed,
        );
    }
    records.hazards.join(hazards);
    records
}

/// One component: all areas on one spot, each a little aside.
#[allow(clippy::cast_possible_truncation)]
fn pile(count: i32) -> Records {
    let (mut seed, mut records, mut hazards) = (Seed(13), Records::default(), Batch::default());
    for _ in 0..count {
        let year = 2000 + (seed.next() * 20.0) as i16;
        let (lon, lat) = (60.0 + 0.004 * seed.next(), 30.0 + 0.004 * seed.next());
        push(&mut hazards, &star(&mut seed, lon, lat, 0.01), year, HazardKind::Suspected);
    }
    records.hazards.join(hazards);
    records
}

/// One outline with this many edges.
fn comb(edges: i32) -> Records {
    let (mut records, mut hazards) = (Records::default(), Batch::default());
    let mut seed = Seed(17);
    let ring: Vec<[f64; 2]> = (0..edges)
        .map(|k| {
            let (turn, far) = (TAU * f64::from(k) / f64::from(edges), 0.3 + 0.2 * seed.next());
            [60.0 + far * turn.cos(), 30.0 + far * turn.sin()]
        })
        .collect();
    push(&mut hazards, &ring, 2020, HazardKind::Suspected);
    let shifted: Vec<_> = ring.iter().map(|vertex| [vertex[0] + 0.01, vertex[1]]).collect();
    push(&mut hazards, &shifted, 2021, HazardKind::Confirmed);
    records.hazards.join(hazards);
    records
}

fn kernels(c: &mut Criterion) {
    let mut seed = Seed(3);
    let shape = Polygon::from_lon_lat([star(&mut seed, 60.0, 30.0, 0.01)]).unwrap();
    c.bench_function("area/star of 20 vertices", |b| b.iter(|| polygon_area_m2(black_box(&shape))));
    let bow_tie = Polygon::from_lon_lat([[[0.0, 0.0], [2e-2, 2e-2], [2e-2, 0.0], [0.0, 2e-2]]]).unwrap();
    c.bench_function("area/bow-tie, swept", |b| b.iter(|| polygon_area_m2(black_box(&bow_tie))));
}

/// A group of runs that each take long: ten of each, where the usual rising numbers of runs would make 55.
fn long_runs<'a>(c: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(name);
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(2));
    group
}

fn balances(c: &mut Criterion) {
    let mut group = long_runs(c, "balance");
    for count in [10_000, 100_000] {
        let records = scattered(count);
        group.throughput(Throughput::Elements(u64::from(count.unsigned_abs())));
        group.bench_with_input(BenchmarkId::new("scattered", count), &records, |b, r| b.iter(|| balance_of(r)));
    }
    group.finish();
}

fn growth(c: &mut Criterion) {
    let mut group = long_runs(c, "one component");
    for count in [10_000, 20_000, 40_000, 80_000] {
        for (name, records) in [("edges", comb(count / 2)), ("field", field(count / 10)), ("pile", pile(count / 10))] {
            group.bench_with_input(BenchmarkId::new(name, count), &records, |b, r| b.iter(|| balance_of(r)));
        }
    }
    group.finish();
}

fn edits(c: &mut Criterion) {
    let mut standing = Standing::new(scattered(100_000));
    let mut seed = Seed(5);
    c.bench_function("edit/insert, totals, remove of 100,000", |b| {
        b.iter(|| {
            let shape = Polygon::from_lon_lat([star(&mut seed, 61.0, 31.0, 0.01)]).unwrap();
            let entry = Entry { year: 2010, kind: HazardKind::Confirmed, stated_area_m2: None, district: None };
            let id = standing.insert(Edit::Hazard(entry), Some(&shape)).unwrap();
            black_box(standing.totals());
            standing.remove(id);
        });
    });
}

criterion_group!(land, kernels, balances, growth, edits);
criterion_main!(land);
