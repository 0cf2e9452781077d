//! Report files, whatever their bytes.

use desk::report_file::{parse, to_bytes};
use std::path::Path;

/// What a report file says is what it says when it is written and read again.
pub fn report_file(bytes: &[u8]) {
    let path = Path::new("report.json");
    if let Ok(report) = parse(bytes, path) {
        let written = to_bytes(&report);
        let again = parse(&written, path).map(|again| to_bytes(&again));
        assert_eq!(again.ok(), Some(written), "a report that was read can be written and read again");
    }
}
