use journal::{Access, Appended, Journal, JournalError};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use sqlx::{ConnectOptions as _, Connection as _};
use treaty::act::{Act, ActId};

use super::{ORIGIN, acceded, exported, listed, lodged, plan, sha256, small, without_end};

on_both_stores! {
    async fn recording_an_act_twice_is_recording_it_once(store: &Store<'_>) {
        let folder = store.room();
        let mut journal = Journal::create(folder.location(), ORIGIN).await.unwrap();
        let first = journal.append(&[listed("XXA")], &[]).await.unwrap();
        assert_eq!(first, [Appended { index: 0, already: false }]);
        let before = exported(&journal).await;
        let mut later = listed("XXA");
        later.recorded_at = "2027-01-01T00:00:00Z".parse().unwrap();
        let again = journal.append(&[later, acceded("XXA"), acceded("XXA")], &[]).await.unwrap();
        let expected = [(0, true), (1, false), (1, true)].map(|(index, already)| Appended { index, already });
        assert_eq!(again, expected);
        assert_eq!(journal.size(), 2);
        assert!(
            exported(&journal).await.starts_with(without_end(&before)),
            "the first record of an act is the one that stays"
        );
        let checkpoint = journal.checkpoint();
        journal.append(&[listed("XXA")], &[]).await.unwrap();
        assert_eq!(journal.checkpoint(), checkpoint);
    }

    async fn a_name_is_never_given_to_another_act(store: &Store<'_>) {
        let folder = store.room();
        let mut journal = small(folder.location()).await;
        let taken = Act { source: "another source".into(), ..plan(1) };
        let error = journal.append(&[plan(2), taken.clone()], &[]).await.unwrap_err();
        assert!(matches!(error, JournalError::IdTaken { position: 3, .. }), "{error}");
        assert!(error.to_string().contains("plan/1"));
        let error = journal.append(&[plan(3), Act { id: plan(3).id, ..plan(4) }], &[]).await.unwrap_err();
        assert!(matches!(error, JournalError::IdTaken { .. }), "{error}");
        assert_eq!(journal.size(), 7);
        assert!(journal.act(&plan(2).id).is_none());
    }

    async fn a_refusal_leaves_nothing_behind(store: &Store<'_>) {
        let folder = store.room();
        let mut journal = small(folder.location()).await;
        let (before, register) = (exported(&journal).await, journal.register());
        let error = journal.append(&[plan(2), acceded("XXC"), plan(3)], &[]).await.unwrap_err();
        assert!(matches!(&error, JournalError::Refused { id, .. } if id.0 == "accession/XXC"), "{error}");
        let lodged_out_of_turn = lodged("XXA", 9, b"ninth");
        journal.append(&[lodged_out_of_turn], &[b"ninth"]).await.unwrap_err();
        assert_eq!(exported(&journal).await, before);
        assert_eq!(journal.register().size(), register.size());
        assert_eq!(journal.blob(&sha256(b"ninth")).await.unwrap(), None);
        journal.close().await;
        let journal = Journal::open(folder.location(), Access::Read).await.unwrap();
        assert_eq!(exported(&journal).await, before);
        journal.verify().await.unwrap();
    }

    async fn a_report_comes_with_the_act_that_names_it_or_not_at_all(store: &Store<'_>) {
        let folder = store.room();
        let mut journal = small(folder.location()).await;
        let error = journal.append(&[lodged("XXA", 3, b"third")], &[]).await.unwrap_err();
        assert!(matches!(error, JournalError::ReportMissing { .. }), "{error}");
        let error = journal.append(&[lodged("XXA", 3, b"third")], &[b"third", b"stray"]).await.unwrap_err();
        assert!(matches!(error, JournalError::BlobNotNamed { .. }), "{error}");
        // The same file lodged again, as another version, is kept once; a retry brings its file along.
        journal.append(&[lodged("XXA", 3, b"first report")], &[b"first report"]).await.unwrap();
        let retry = journal.append(&[lodged("XXA", 3, b"first report")], &[b"first report"]).await.unwrap();
        assert!(retry[0].already);
        assert_eq!(journal.blob(&sha256(b"first report")).await.unwrap().unwrap(), b"first report");
        assert_eq!(journal.verify().await.unwrap().blobs, 2);
    }

    async fn a_clock_that_jumps_back_changes_no_order(store: &Store<'_>) {
        let room = store.room();
        let mut journal = small(room.location()).await;
        for (number, clock) in [(20, "2026-11-23T08:00:00Z"), (21, "1999-01-01T00:00:00Z"), (22, "2031-01-01T00:00:00Z"), (23, "2026-11-23T07:59:59Z")] {
            let act = Act { recorded_at: clock.parse().unwrap(), ..plan(number) };
            journal.append(&[act], &[]).await.unwrap();
        }
        journal.verify().await.unwrap();
        journal.close().await;
        let journal = Journal::open(room.location(), Access::Read).await.unwrap();
        let order: Vec<String> = journal.acts().iter().skip(7).map(|act| act.id.0.clone()).collect();
        assert_eq!(order, ["plan/20", "plan/21", "plan/22", "plan/23"]);
        assert_eq!(journal.act(&plan(21).id).unwrap().recorded_at, "1999-01-01T00:00:00Z".parse().unwrap());
    }

    async fn a_snapshot_stays_as_it_was_taken(store: &Store<'_>) {
        let folder = store.room();
        let mut journal = small(folder.location()).await;
        let (register, acts) = (journal.register(), journal.acts());
        journal.append(&[plan(2)], &[]).await.unwrap();
        assert_eq!((register.size(), acts.len()), (7, 7));
        assert_eq!((journal.register().size(), journal.acts().len()), (8, 8));
        assert_eq!(**journal.act(&plan(2).id).unwrap(), plan(2));
        assert_eq!(journal.position(&plan(2).id), Some(7));
        assert!(journal.act(&ActId("nobody".into())).is_none());
    }

    async fn an_append_given_up_half_way_is_settled_by_the_next_one(store: &Store<'_>) {
        let folder = store.room();
        let mut journal = small(folder.location()).await;
        for number in 10..60 {
            let acts = [plan(number)];
            // Dropped after a different number of steps each time.
            for steps in 0..number % 12 {
                let mut append = Box::pin(journal.append(&acts, &[]));
                for _ in 0..=steps {
                    if poll_once(&mut append).await {
                        break;
                    }
                }
            }
            journal.append(&acts, &[]).await.unwrap();
            assert_eq!(journal.size(), number as u64 - 2);
        }
        journal.verify().await.unwrap();
    }
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_an_act() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path()).await.close().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("journal.sqlite"));
    let mut database = options.connect().await.unwrap();
    for statement in [
        "UPDATE acts SET body = '{}' WHERE position = 0",
        "DELETE FROM acts",
        "DELETE FROM acts WHERE position = 6",
        "INSERT OR REPLACE INTO acts SELECT 2, id, body, leaf FROM acts WHERE position = 2",
        "INSERT OR REPLACE INTO acts SELECT 7, id, body, leaf FROM acts WHERE position = 2",
        "INSERT INTO acts VALUES (9, 'gap', '{}', '')",
        "INSERT INTO acts VALUES (NULL, 'null', '{}', '')",
        "UPDATE blobs SET bytes = ''",
        "DELETE FROM blobs",
        "INSERT OR REPLACE INTO blobs SELECT sha256, '' FROM blobs",
        "UPDATE checkpoints SET note = ''",
        "DELETE FROM checkpoints",
        "INSERT OR REPLACE INTO checkpoints VALUES (7, '')",
    ] {
        let error = sqlx::query(statement).execute(&mut database).await.expect_err(statement).to_string();
        assert!(
            error.contains("an act is") || error.contains("a report file is") || error.contains("a checkpoint is"),
            "{error}"
        );
    }
    database.close().await.unwrap();
    Journal::open(folder.path(), Access::Read).await.unwrap().verify().await.unwrap();
}

/// Polls once, gives others a turn, and tells whether it is done.
async fn poll_once<F: Future + Unpin>(future: &mut F) -> bool {
    let done = std::future::poll_fn(|context| {
        std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(context).is_ready())
    });
    let done = done.await;
    tokio::time::sleep(std::time::Duration::from_micros(200)).await;
    done
}

fn naive_root(leaves: &[Vec<u8>]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest(b"").into(),
        [one] => Sha256::new().chain_update([0]).chain_update(one).finalize().into(),
        many => {
            let k = many.len().next_power_of_two() / 2;
            let (left, right) = (naive_root(&many[..k]), naive_root(&many[k..]));
            Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn random_batches_keep_their_order_and_the_root_of_the_standard(batches in prop::collection::vec(0..9_usize, 0..8)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let mut journal = Journal::create(folder.path(), ORIGIN).await.unwrap();
            let mut leaves = Vec::new();
            for size in batches {
                let acts: Vec<Act> = (leaves.len()..leaves.len() + size).map(plan).collect();
                let answers = journal.append(&acts, &[]).await.unwrap();
                for (act, answer) in acts.iter().zip(answers) {
                    assert_eq!(answer, Appended { index: leaves.len() as u64, already: false });
                    leaves.push(serde_json::to_vec(act).unwrap());
                }
                let root = tlog_tiles::Hash(naive_root(&leaves)).to_string();
                assert_eq!(journal.checkpoint().root, root);
            }
            let expected: Vec<Act> = (0..leaves.len()).map(plan).collect();
            journal.close().await;
            let journal = Journal::open(folder.path(), Access::Read).await.unwrap();
            assert!(journal.acts().iter().map(|act| &**act).eq(&expected));
            let lines = leaves.iter().flat_map(|leaf| [&leaf[..], b"\n"].concat());
            let export = exported(&journal).await;
            assert!(without_end(&export).ends_with(&lines.collect::<Vec<u8>>()));
        });
    }
}
