//! Receipts and exports of journals, whatever their bytes.

use journal::Journal;
use std::cell::RefCell;
use std::io::BufRead as _;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The journal that the invented exports are of.
pub const ORIGIN: &str = "mineban.local/journal";

/// A receipt, with and without its report.
pub fn receipt(bytes: &[u8]) {
    let alone = journal::verify_receipt(bytes, None, None);
    let with_report = journal::verify_receipt(bytes, Some(b"a report"), None);
    assert!(alone.is_ok() || with_report.is_err(), "a report does not mend a receipt");
}

/// An export, taken into an empty journal: what was taken stands in the journal byte for byte, and nothing else.
pub fn export(bytes: &[u8]) {
    drop(journal::origin_of_export(&mut &bytes[..]));
    JOURNAL.with_borrow_mut(|place| {
        let mut empty = place.take().unwrap_or_else(Empty::new);
        if !empty.takes(bytes) {
            *place = Some(empty);
        }
    });
}

thread_local! {
    /// Making a journal costs more than reading an export; one that took nothing serves again.
    static JOURNAL: RefCell<Option<Empty>> = const { RefCell::new(None) };
}

struct Empty {
    runtime: Runtime,
    journal: Journal,
    _folder: TempDir,
}

impl Empty {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
        let journal = runtime.block_on(Journal::create(folder.path(), ORIGIN)).expect("a journal can be made");
        Self { runtime, journal, _folder: folder }
    }

    /// Imports the bytes; whether the journal took anything in.
    fn takes(&mut self, bytes: &[u8]) -> bool {
        let taken = self.runtime.block_on(self.journal.import(bytes, |_| {}));
        let acts = self.journal.size();
        if let Ok(summary) = &taken {
            assert_eq!(acts, summary.imported, "an import counts what it took");
        }
        if acts == 0 {
            return false;
        }
        let mut out = Vec::new();
        self.runtime.block_on(self.journal.export(&mut out)).expect("what was taken in can be given out");
        let whole = taken.is_ok();
        let lines = |bytes: &[u8]| bytes.lines().map_while(Result::ok).collect::<Vec<_>>();
        let (ours, theirs) = (lines(&out), lines(bytes));
        // The last line counts the acts; it is the same only when all of them were taken.
        let same = if whole { ours.len() } else { ours.len() - 1 };
        assert_eq!(ours.get(..same), theirs.get(..same), "what was taken stands byte for byte");
        self.runtime.block_on(self.journal.verify()).expect("the journal holds");
        true
    }
}
