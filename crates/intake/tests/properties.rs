//! Whatever the bytes, the reader answers; whatever the rows, none is lost.

mod common;
use common::{options, read};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400), start in 0usize..8) {
        let begin: &[u8] = [&b""[..], b"PK\x03\x04xl/", b"{\"type\":\"FeatureCollection\",\"features\":[", b"\xd0\xcf\x11\xe0", b"\xff\xfe",
            b"year,sex,outcome\n", b"{\"type\":\"Feature\",", b"\xef\xbb\xbf"][start];
        let _ = read("any.bin", &[begin, &bytes].concat(), &options());
    }

    #[test]
    fn any_rows_are_all_taken_or_set_aside(
        kind in 0usize..4,
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        rows in prop::collection::vec(prop::collection::vec("[-0-9.,/ a-zÑé°%+()?]{0,8}|\"[^\"]{0,5}\"|2006|F|M|-?[0-9]{1,3}\\.[0-9]{1,4}", 0..7), 0..30),
    ) {
        let header = [
            &["year", "sex", "outcome", "age", "lat", "lon"][..],
            &["ano", "areadespejada", "map", "muse", "totalartefactosdestruidos"],
            &["fecha", "tipo_evento", "municipio", "ubicacion", "codigodanemunicipio"],
            &["id", "type", "area_ha", "status", "geometry", "date found"],
        ][kind];
        let d = delimiter.to_string();
        let body: String = rows.iter().map(|row| row.join(&d) + "\n").collect();
        if let Ok(intake) = read("any.csv", format!("{}\n{body}", header.join(&d)).as_bytes(), &options()) {
            prop_assert_eq!(intake.rows_read, (intake.taken.len() + intake.set_aside.len()) as u64);
            let _ = intake::explain(&intake);
        }
    }

    #[test]
    fn any_properties_and_coordinates_are_read(
        values in prop::collection::vec((any::<f64>(), any::<f64>(), "[ -~é]{0,10}"), 1..20),
    ) {
        let features: Vec<String> = values.iter().map(|(x, y, text)| {
            let value = |n: &f64| if n.is_finite() { format!("{n:e}") } else { "null".to_owned() };
            format!("{{\"type\":\"Feature\",\"properties\":{{\"tipo_evento\":{text:?},\"year\":{}}},\"geometry\":{{\"type\":\"Point\",\"coordinates\":[{},{}]}}}}", value(x), value(x), value(y))
        }).collect();
        let text = format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", features.join(","));
        if let Ok(intake) = read("any.json", text.as_bytes(), &options()) {
            prop_assert_eq!(intake.rows_read, values.len() as u64);
        }
    }
}
