use std::fs;
use std::path::Path;

use journal::{Access, Journal, JournalError};
use sqlx::{ConnectOptions as _, Connection as _};

use super::{exported, plan, small};

/// Opens, verifies and exports. What fails must fail with a sentence, and never with a panic.
async fn read_back(folder: &Path) -> Result<Vec<u8>, JournalError> {
    let journal = Journal::open(folder, Access::Read).await?;
    let verified = journal.verify().await;
    let mut out = Vec::new();
    let result = match verified {
        Ok(_) => journal.export(&mut out).await.map(|_| out),
        Err(error) => Err(error),
    };
    journal.close().await;
    result
}

/// A folder with the keys of `from` and this database.
fn with_database(from: &Path, bytes: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(from.join("journal.vkey"), folder.path().join("journal.vkey")).unwrap();
    fs::write(folder.path().join("journal.sqlite"), bytes).unwrap();
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte_is_noticed_or_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let journal = small(folder.path()).await;
    let whole = exported(&journal).await;
    journal.close().await;
    let database = fs::read(folder.path().join("journal.sqlite")).unwrap();
    let used: Vec<usize> = (0..database.len()).filter(|&at| at < 120 || database[at] != 0).collect();
    let (mut noticed, mut harmless) = (0, 0);
    for (turn, &at) in used.iter().step_by(23).enumerate() {
        let mut flipped = database.clone();
        flipped[at] ^= [0x01, 0x80, 0x20, 0xff][turn % 4];
        let damaged = with_database(folder.path(), &flipped);
        match read_back(damaged.path()).await {
            Ok(export) => {
                assert_eq!(export, whole, "a flip at {at} went unnoticed");
                harmless += 1;
            }
            Err(error) => {
                assert!(!matches!(error, JournalError::Internal(_)), "{at}: {error}");
                noticed += 1;
            }
        }
    }
    assert!(noticed > 20 * harmless, "{noticed} flips noticed, {harmless} harmless");
}

#[tokio::test]
async fn a_database_that_is_cut_off_or_something_else_is_named() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path()).await.close().await;
    let database = fs::read(folder.path().join("journal.sqlite")).unwrap();
    for length in
        [0, 1, 99, 100, 512, 4_095, 4_096, 8_192, database.len() / 2, database.len() - 4_096, database.len() - 1]
    {
        let cut = with_database(folder.path(), &database[..length]);
        let error = read_back(cut.path()).await.expect_err("a database that was cut off was read");
        let sentence = error.to_string();
        assert!(sentence.contains("put it back from your copy"), "cut to {length}: {sentence}");
        fs::copy(folder.path().join("journal.key"), cut.path().join("journal.key")).unwrap();
        drop(Journal::open(cut.path(), Access::Write).await);
        let error = read_back(cut.path()).await.expect_err("opening it for writing made it look whole");
        assert!(error.to_string().contains("put it back from your copy"), "cut to {length}: {error}");
    }
    let text = with_database(folder.path(), &b"this is a letter, not a database. ".repeat(200));
    let error = read_back(text.path()).await.unwrap_err();
    assert!(matches!(error, JournalError::NotADatabase { .. }), "{error}");
}

#[tokio::test]
async fn a_table_whose_words_are_no_text_any_more_is_damage_and_not_a_wait_without_end() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path()).await.close().await;
    let database = fs::read(folder.path().join("journal.sqlite")).unwrap();
    for words in
        ["BIGINT PRIMARY KEY,\n    id", "TEXT NOT NULL UNIQUE", "BYTEA NOT NULL", "TEXT NOT NULL,\n    installed"]
    {
        let Some(at) = database.windows(words.len()).position(|window| window == words.as_bytes()) else { continue };
        let mut flipped = database.clone();
        flipped[at + 2] ^= 0x80;
        let damaged = with_database(folder.path(), &flipped);
        fs::copy(folder.path().join("journal.key"), damaged.path().join("journal.key")).unwrap();
        for access in [Access::Read, Access::Write] {
            let error = Journal::open(damaged.path(), access).await.unwrap_err();
            assert!(matches!(error, JournalError::Damaged { .. }), "{words}: {error}");
        }
    }
}

/// Changes the database as somebody who knows SQL would: the triggers taken off first and put back afterwards.
async fn tampered(statements: &'static str) -> String {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path()).await.close().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("journal.sqlite"));
    let mut database = options.connect().await.unwrap();
    for trigger in ["acts_never_updated", "acts_never_deleted", "blobs_never_updated", "blobs_never_deleted"] {
        let drop = sqlx::AssertSqlSafe(format!("DROP TRIGGER {trigger}"));
        sqlx::query(drop).execute(&mut database).await.unwrap();
    }
    sqlx::raw_sql("DROP TRIGGER checkpoints_never_updated; DROP TRIGGER checkpoints_never_deleted")
        .execute(&mut database)
        .await
        .unwrap();
    sqlx::raw_sql(statements).execute(&mut database).await.unwrap();
    sqlx::raw_sql(include_str!("../../migrations/sqlite/append_only.sql")).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    read_back(folder.path()).await.expect_err(statements).to_string()
}

#[tokio::test]
async fn tampering_behind_the_triggers_is_found_at_its_place() {
    for (statements, expected) in [
        (
            "UPDATE acts SET body = replace(body, 'invented', 'Invented') WHERE position = 3",
            "position 3 (plan/1) was changed",
        ),
        ("UPDATE acts SET leaf = 'AAAA' WHERE position = 0", "position 0 (state/XXA) was changed"),
        ("UPDATE acts SET id = 'plan/9' WHERE position = 3", "position 3 (plan/9) was changed"),
        ("DELETE FROM acts WHERE position = 3", "position 3 is missing"),
        ("DELETE FROM acts WHERE position = 6", "no checkpoint for 6 acts"),
        ("UPDATE acts SET position = -1 WHERE position = 6", "no checkpoint for 6 acts"),
        ("DELETE FROM checkpoints WHERE size = 7", "no checkpoint for 7 acts"),
        ("DELETE FROM checkpoints WHERE size = 0", "no checkpoint for 0 acts"),
        ("DELETE FROM checkpoints", "no checkpoint for 7 acts"),
        (
            "UPDATE checkpoints SET note = replace(note, 'mineban', 'Mineban') WHERE size = 7",
            "checkpoint for 7 acts is not signed",
        ),
        (
            "UPDATE checkpoints SET note = replace(note, 'mineban', 'Mineban') WHERE size = 4",
            "checkpoint for 4 acts is not signed",
        ),
        ("UPDATE checkpoints SET size = 6 WHERE size = 5", "first 6 acts are not those that were signed"),
        ("UPDATE blobs SET bytes = 'x'", "was changed after it was lodged"),
        ("DELETE FROM blobs", "is missing"),
        ("INSERT INTO blobs VALUES ('stray', 'x')", "stray is named by no act"),
        (
            "DROP TRIGGER acts_only_appended; CREATE TRIGGER acts_only_appended BEFORE INSERT ON acts BEGIN SELECT 1; END",
            "acts_only_appended is not as this program made it",
        ),
    ] {
        let sentence = tampered(statements).await;
        assert!(sentence.contains(expected), "{statements}: {sentence}");
        assert!(sentence.contains("is damaged"), "{sentence}");
    }
}

#[tokio::test]
async fn what_goes_bad_under_an_open_journal_is_not_handed_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = small(folder.path()).await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("journal.sqlite"));
    let mut database = options.connect().await.unwrap();
    let change = "DROP TRIGGER acts_never_updated; UPDATE acts SET body = replace(body, '4RC', '5RC'); \
                  DROP TRIGGER blobs_never_updated; UPDATE blobs SET bytes = 'x'";
    sqlx::raw_sql(change).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    assert!(journal.prove_inclusion(&plan(1).id).await.is_err());
    assert!(journal.blob(&super::sha256(b"first report")).await.is_err());
    assert!(journal.export(&mut Vec::new()).await.is_err());
    assert!(journal.verify().await.is_err());
    journal.append(&[plan(2)], &[]).await.unwrap();
}

#[tokio::test]
async fn an_older_database_in_the_folder_is_not_added_to() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path()).await.close().await;
    let database = folder.path().join("journal.sqlite");
    let older = fs::read(&database).unwrap();
    let mut journal = Journal::open(folder.path(), Access::Write).await.unwrap();
    journal.append(&[plan(60)], &[]).await.unwrap();
    journal.close().await;
    let newer = fs::read(&database).unwrap();
    fs::write(&database, older).unwrap();
    for access in [Access::Read, Access::Write] {
        let error = Journal::open(folder.path(), access).await.unwrap_err();
        assert!(matches!(error, JournalError::NotContinued { found: 7, known: 8, .. }), "{error}");
        assert!(error.to_string().contains("journal.vouched"), "{error}");
    }
    fs::write(&database, newer).unwrap();
    assert_eq!(Journal::open(folder.path(), Access::Write).await.unwrap().size(), 8);
}
