use std::fs;

use journal::{Access, Journal, JournalError};
use sqlx::{ConnectOptions as _, Connection as _};

use super::{ORIGIN, exported, plan, small};

#[tokio::test]
async fn a_second_writer_is_told_who_is_writing() {
    let folder = tempfile::tempdir().unwrap();
    let journal = small(folder.path()).await;
    let error = Journal::open(folder.path(), Access::Write).await.unwrap_err();
    let sentence = error.to_string();
    assert!(matches!(error, JournalError::InUse { .. }), "{sentence}");
    assert!(sentence.contains(&format!("in use by process {} (", std::process::id())), "{sentence}");
    assert!(sentence.contains("stop it, or use another folder with --data"), "{sentence}");
    assert!(matches!(Journal::create(folder.path(), ORIGIN).await.unwrap_err(), JournalError::InUse { .. }));
    journal.close().await;
    Journal::open(folder.path(), Access::Write).await.unwrap();
}

#[tokio::test]
async fn a_reader_works_beside_the_writer_and_reads_on_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = small(folder.path()).await;
    let mut reader = Journal::open(folder.path(), Access::Read).await.unwrap();
    let before = exported(&reader).await;
    writer.append(&[plan(2), plan(3)], &[]).await.unwrap();
    assert_eq!(exported(&reader).await, before, "a reader's view changed under it");
    assert_eq!(reader.refresh().await.unwrap(), 2);
    assert_eq!(reader.refresh().await.unwrap(), 0);
    assert_eq!(exported(&reader).await, exported(&writer).await);
    assert_eq!(reader.verify().await.unwrap(), writer.verify().await.unwrap());
    let error = reader.append(&[plan(4)], &[]).await.unwrap_err();
    assert!(matches!(error, JournalError::ReadOnly { .. }), "{error}");
}

#[tokio::test]
async fn a_folder_without_a_journal_is_never_taken_for_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    assert!(!Journal::exists(&nowhere) && !Journal::exists(folder.path()));
    for access in [Access::Read, Access::Write] {
        assert!(matches!(Journal::open(&nowhere, access).await.unwrap_err(), JournalError::Missing { .. }));
        assert!(matches!(Journal::open(folder.path(), access).await.unwrap_err(), JournalError::Missing { .. }));
    }
    assert!(!nowhere.exists(), "asking for a journal made a folder");
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(Journal::open(&file, Access::Read).await.unwrap_err(), JournalError::NotAFolder { .. }));
    assert!(matches!(Journal::create(&file, ORIGIN).await.unwrap_err(), JournalError::NotAFolder { .. }));
    for origin in ["", "two words", "a+b", "line\nfeed"] {
        assert!(matches!(Journal::create(&nowhere, origin).await.unwrap_err(), JournalError::BadOrigin { .. }));
    }
}

#[tokio::test]
async fn an_interrupted_creation_is_reported_and_finished() {
    let whole = tempfile::tempdir().unwrap();
    Journal::create(whole.path(), ORIGIN).await.unwrap().close().await;
    // Every prefix of the steps: lock, key, public key, and the database under its first name, whole or in part.
    for steps in 1..=4 {
        let folder = tempfile::tempdir().unwrap();
        for (step, name) in (1..).zip(["lock", "journal.key", "journal.vkey", "journal.sqlite.new"]) {
            match step {
                _ if step > steps => {}
                4 => fs::write(folder.path().join(name), "SQLite format 3\0 cut").unwrap(),
                _ => drop(fs::copy(whole.path().join(name), folder.path().join(name)).unwrap()),
            }
        }
        assert!(!Journal::exists(folder.path()));
        let error = Journal::open(folder.path(), Access::Write).await.unwrap_err();
        assert!(matches!(error, JournalError::HalfCreated { .. }) || steps == 1, "{error}");
        let mut journal = Journal::create(folder.path(), ORIGIN).await.unwrap();
        journal.append(&[plan(1)], &[]).await.unwrap();
        assert_eq!(journal.verify().await.unwrap().checkpoints, 2);
        let error = Journal::create(folder.path(), ORIGIN).await.unwrap_err();
        assert!(matches!(error, JournalError::InUse { .. }), "{error}");
        journal.close().await;
        let error = Journal::create(folder.path(), ORIGIN).await.unwrap_err();
        assert!(matches!(error, JournalError::AlreadyExists { .. }), "{error}");
        assert!(Journal::exists(folder.path()) && !folder.path().join("journal.sqlite.new").exists());
    }
}

#[tokio::test]
async fn a_key_that_is_gone_or_another_is_named() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path()).await.close().await;
    let other = tempfile::tempdir().unwrap();
    small(other.path()).await.close().await;
    let (key, vkey) = (folder.path().join("journal.key"), folder.path().join("journal.vkey"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let (secret, public) = (fs::read(&key).unwrap(), fs::read(&vkey).unwrap());
    fs::remove_file(&key).unwrap();
    let error = Journal::open(folder.path(), Access::Write).await.unwrap_err();
    assert!(matches!(error, JournalError::KeyMissing { .. }), "{error}");
    Journal::open(folder.path(), Access::Read).await.unwrap().close().await;
    fs::write(&key, "no key").unwrap();
    let error = Journal::open(folder.path(), Access::Write).await.unwrap_err();
    assert!(matches!(error, JournalError::KeyUnreadable { .. }), "{error}");
    fs::copy(other.path().join("journal.key"), &key).unwrap();
    let error = Journal::open(folder.path(), Access::Write).await.unwrap_err();
    assert!(matches!(error, JournalError::KeyMismatch { .. }), "{error}");
    fs::write(&key, secret).unwrap();
    fs::copy(other.path().join("journal.vkey"), &vkey).unwrap();
    let error = Journal::open(folder.path(), Access::Read).await.unwrap_err();
    assert!(error.to_string().contains("not signed by this journal's key"), "{error}");
    fs::write(&vkey, public).unwrap();
    Journal::open(folder.path(), Access::Write).await.unwrap();
}

#[tokio::test]
async fn a_journal_of_a_newer_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path()).await.close().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("journal.sqlite"));
    let mut database = options.connect().await.unwrap();
    let later = "INSERT INTO _sqlx_migrations SELECT 99, 'later', installed_on, success, checksum, execution_time \
                 FROM _sqlx_migrations";
    sqlx::query(later).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    for access in [Access::Read, Access::Write] {
        let error = Journal::open(folder.path(), access).await.unwrap_err();
        assert!(matches!(error, JournalError::Newer { found: 99, .. }), "{error}");
    }
}
