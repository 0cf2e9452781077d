//! The journal's promises, each a test.

// Helpers of tests fail by panicking, like the tests themselves.
#![allow(clippy::unwrap_used, clippy::expect_used)]

/// Rules that hold for every store: each is a test in a folder, and all are run in turn in databases of one cluster.
macro_rules! on_both_stores {
    ($(async fn $rule:ident($store:ident: &Store<'_>) $body:block)*) => {
        $(async fn $rule($store: &crate::Store<'_>) $body)*

        mod in_a_folder {
            $(
                #[tokio::test]
                async fn $rule() {
                    super::$rule(&crate::Store::Folder).await;
                }
            )*
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn in_a_postgresql_database() {
            let cluster = whole_program::Cluster::start();
            $(
                println!("{}", stringify!($rule));
                $rule(&crate::Store::Database(&cluster)).await;
            )*
        }
    };
}

mod append;
mod damage;
mod folder;
mod receipts;
mod shared;
mod shared_faults;
mod transfer;

use journal::{Journal, Location};
use sha2::{Digest as _, Sha256};
use treaty::act::{Act, ActId, Deed, InstrumentKind};
use treaty::article7::ReportKind;
use treaty::state::{State, UnStatus};
use whole_program::Cluster;

const ORIGIN: &str = "mineban.example/journal";

/// What a journal is kept in.
enum Store<'a> {
    Folder,
    Database(&'a Cluster),
}

/// A fresh place for a journal. It goes away with the value.
struct Room {
    folder: tempfile::TempDir,
    address: Option<String>,
}

impl Store<'_> {
    fn room(&self) -> Room {
        let address = match self {
            Self::Folder => None,
            Self::Database(cluster) => Some(cluster.database()),
        };
        Room { folder: tempfile::tempdir().unwrap(), address }
    }
}

impl Room {
    fn location(&self) -> Location {
        match &self.address {
            None => Location::folder(self.folder.path()),
            Some(address) => Location::postgres(self.folder.path(), address).unwrap(),
        }
    }
}

fn act(id: &str, on: &str, deed: Deed) -> Act {
    let recorded_at = "2026-11-23T08:00:00Z".parse().unwrap();
    Act {
        id: ActId(id.into()),
        effective_on: on.parse().unwrap(),
        recorded_at,
        source: "invented".into(),
        note: None,
        deed,
    }
}

fn listed(code: &str) -> Act {
    let deed = Deed::StateListed(State {
        state: code.parse().unwrap(),
        iso2: code[..2].into(),
        m49: "999".into(),
        name: format!("Státe \"{code}\" \u{1F30D}"),
        un_status: UnStatus::Invented,
        un_group: None,
    });
    act(&format!("state/{code}"), "1997-12-03", deed)
}

fn acceded(code: &str) -> Act {
    let (instrument, runs_from) = (InstrumentKind::Accession, None);
    let deed = Deed::InstrumentDeposited { state: code.parse().unwrap(), instrument, runs_from };
    act(&format!("accession/{code}"), "1999-05-05", deed)
}

fn lodged(code: &str, version: u32, report: &[u8]) -> Act {
    let deed = Deed::ReportLodged {
        state: code.parse().unwrap(),
        report: ReportKind::Annual,
        calendar_year: 2025,
        version,
        report_sha256: sha256(report),
    };
    act(&format!("report/{code}/2025/{version}"), "2026-04-30", deed)
}

/// An act that can be recorded any number of times under different names.
fn plan(number: usize) -> Act {
    let (from_year, to_year) = (2020, 2024);
    let deed = Deed::ActionPlanAdopted { plan: format!("plan {number}"), meeting: "4RC".into(), from_year, to_year };
    act(&format!("plan/{number}"), "2019-11-29", deed)
}

fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// A small journal with three States, two reports and some more.
async fn small(location: impl Into<Location>) -> Journal {
    let mut journal = Journal::create(location, ORIGIN).await.unwrap();
    journal.append(&[listed("XXA"), listed("XXB"), acceded("XXA")], &[]).await.unwrap();
    journal.append(&[plan(1)], &[]).await.unwrap();
    journal.append(&[lodged("XXA", 1, b"first report")], &[b"first report"]).await.unwrap();
    journal
        .append(&[acceded("XXB"), lodged("XXA", 2, b"second \xff\x00 report")], &[b"second \xff\x00 report"])
        .await
        .unwrap();
    journal
}

/// An export without its last line, which is another one for each size.
fn without_end(export: &[u8]) -> &[u8] {
    let end = export.windows(8).rposition(|bytes| bytes == b"{\"end\":{").unwrap();
    &export[..end]
}

async fn exported(journal: &Journal) -> Vec<u8> {
    let mut out = Vec::new();
    journal.export(&mut out).await.unwrap();
    out
}
