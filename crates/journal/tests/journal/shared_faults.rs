//! What meets a journal on a server: connections cut, a server killed, slow, full or broken.

use std::fs::{self, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::time::{Duration, Instant};

use journal::{Access, Journal, JournalError};
use whole_program::{Cluster, Passing, Proxy};

use super::shared::Node;
use super::{exported, plan, small};

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_after_the_commit_is_found_by_repeating() {
    let (cluster, first) = (Cluster::start(), Node::first());
    let direct = cluster.database();
    let mut other = small(first.at(&direct)).await;
    let proxy = Proxy::to(cluster.port());
    let mut journal = Journal::open(first.at(&proxy.address(&direct)), Access::Write).await.unwrap();
    let (mut there, mut lost) = (0, 0);
    for number in 10..20 {
        proxy.pass(Passing::NoAnswerToCommit);
        let error = journal.append(&[plan(number)], &[]).await.unwrap_err();
        assert!(matches!(error, JournalError::Unanswered { .. }), "{error}");
        assert!(error.to_string().contains("run the same command again"), "{error}");
        proxy.pass(Passing::All);
        let again = journal.append(&[plan(number)], &[]).await.unwrap();
        assert_eq!(again[0].index, number as u64 - 3);
        if again[0].already { there += 1 } else { lost += 1 }
    }
    assert_eq!(proxy.commits_unanswered(), 10);
    assert!(there > 0, "no commit reached the server before its answer was lost");
    other.refresh().await.unwrap();
    assert_eq!(other.size(), 17);
    other.verify().await.unwrap();
    println!("10 answers lost: {there} acts were there already, {lost} were recorded by the repeat; lost 0, doubled 0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_cut_off_is_told_so_and_does_not_hold_up_the_others() {
    let (cluster, first) = (Cluster::start(), Node::first());
    let direct = cluster.database();
    let mut other = small(first.at(&direct)).await;
    let proxy = Proxy::to(cluster.port());
    let mut journal = Journal::open(first.at(&proxy.address(&direct)), Access::Write).await.unwrap();
    // Cut off in the middle of an append: the turn to append is taken, and nothing more is heard of it.
    proxy.delay(Duration::from_millis(300));
    let acts = [plan(30)];
    let cut_off = tokio::spawn(async move {
        let answer = journal.append(&acts, &[]).await;
        (journal, answer)
    });
    let busy = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted";
    while cluster.psql(&direct, busy).unwrap() == "0" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    proxy.pass(Passing::Nothing);
    let begun = Instant::now();
    other.append(&[plan(31)], &[]).await.unwrap();
    println!("another node appended {:.1} s after one was cut off holding the turn", begun.elapsed().as_secs_f64());
    let (mut journal, answer) = cut_off.await.unwrap();
    let error = answer.unwrap_err();
    let told = matches!(error, JournalError::Unreachable { .. } | JournalError::Unanswered { .. });
    assert!(told, "{error}");
    assert_eq!(journal.size(), 7, "what is in memory is served on");
    proxy.delay(Duration::ZERO);
    proxy.pass(Passing::All);
    // Connections that were cut are replaced; the repeat records what is not there yet.
    let again = loop {
        match journal.append(&[plan(30)], &[]).await {
            Ok(again) => break again,
            Err(JournalError::Unreachable { .. }) => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(error) => panic!("{error}"),
        }
    };
    other.refresh().await.unwrap();
    assert_eq!((other.size(), other.position(&plan(30).id)), (9, Some(again[0].index)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_killed_is_found_again() {
    let (cluster, first) = (Cluster::start(), Node::first());
    let address = cluster.database();
    let mut journal = small(first.at(&address)).await;
    let before = exported(&journal).await;
    cluster.kill();
    let error = journal.append(&[plan(40)], &[]).await.unwrap_err();
    assert!(matches!(error, JournalError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("nothing was recorded"), "{error}");
    let error = Journal::open(first.at(&address), Access::Read).await.unwrap_err();
    assert!(matches!(error, JournalError::Unreachable { .. }), "{error}");
    cluster.run();
    assert_eq!(exported(&journal).await, before);
    assert!(!journal.append(&[plan(40)], &[]).await.unwrap()[0].already);
    journal.verify().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_server_is_waited_for() {
    let (cluster, first) = (Cluster::start(), Node::first());
    let direct = cluster.database();
    let proxy = Proxy::to(cluster.port());
    proxy.delay(Duration::from_millis(30));
    let mut journal = small(first.at(&proxy.address(&direct))).await;
    for number in 10..14 {
        assert!(!journal.append(&[plan(number)], &[]).await.unwrap()[0].already);
    }
    // Some hundred acts are a few statements, not some hundred waits.
    let many: Vec<_> = (100..500).map(plan).collect();
    journal.append(&many, &[]).await.unwrap();
    assert_eq!(journal.size(), 411);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_page_is_damage_and_is_not_served() {
    let (cluster, first) = (Cluster::start(), Node::first());
    let address = cluster.database();
    let mut journal = small(first.at(&address)).await;
    let acts: Vec<_> = (100..400).map(plan).collect();
    journal.append(&acts, &[]).await.unwrap();
    journal.close().await;
    let file = cluster.psql(&address, "CHECKPOINT; SELECT pg_relation_filepath('journal.acts')").unwrap();
    cluster.kill();
    let mut table = OpenOptions::new().read(true).write(true).open(cluster.data().join(file)).unwrap();
    let mut byte = [0];
    table.seek(SeekFrom::Start(3 * 8192 + 5000)).unwrap();
    table.read_exact(&mut byte).unwrap();
    table.seek(SeekFrom::Start(3 * 8192 + 5000)).unwrap();
    table.write_all(&[byte[0] ^ 0x20]).unwrap();
    drop(table);
    cluster.run();
    for access in [Access::Read, Access::Write] {
        let error = Journal::open(first.at(&address), access).await.unwrap_err();
        assert!(matches!(error, JournalError::Damaged { .. }), "{error}");
        assert!(error.to_string().contains("page"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_put_back_from_an_older_copy_is_not_followed() {
    let (cluster, first) = (Cluster::start(), Node::first());
    let address = cluster.database();
    small(first.at(&address)).await.close().await;
    let older = cluster.database();
    let (from, to) = (address.rsplit('/').next().unwrap(), older.rsplit('/').next().unwrap());
    cluster.psql("postgres", &format!("DROP DATABASE {to}")).unwrap();
    cluster.psql("postgres", &format!("CREATE DATABASE {to} TEMPLATE {from}")).unwrap();
    let mut journal = Journal::open(first.at(&address), Access::Write).await.unwrap();
    journal.append(&[plan(60), plan(61)], &[]).await.unwrap();
    // The server comes back with the older copy under the same name.
    let apart = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'room%'";
    cluster.psql("postgres", apart).unwrap();
    cluster.psql("postgres", &format!("ALTER DATABASE {from} RENAME TO gone")).unwrap();
    cluster.psql("postgres", &format!("ALTER DATABASE {to} RENAME TO {from}")).unwrap();
    for error in [journal.refresh().await.unwrap_err(), journal.append(&[plan(62)], &[]).await.unwrap_err()] {
        assert!(matches!(error, JournalError::Damaged { .. }), "{error}");
    }
    assert_eq!(journal.size(), 9, "the newer register stays");
    journal.close().await;
    // A restart does not make this node forget what it has answered for.
    let error = Journal::open(first.at(&address), Access::Write).await.unwrap_err();
    assert!(matches!(error, JournalError::NotContinued { found: 7, known: 9, .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_disk_is_full_records_nothing_and_goes_on_with_space() {
    let place = tempfile::tempdir().unwrap();
    // The server is not who the test is.
    fs::set_permissions(place.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let Some(disk) = whole_program::Disk::at(&place.path().join("disk"), "96m") else { return };
    let (cluster, first) = (Cluster::start_in(disk.path()), Node::first());
    let address = cluster.database();
    let mut journal = small(first.at(&address)).await;
    let filler = disk.path().join("filler");
    let mut fill = fs::File::create(&filler).unwrap();
    assert!(std::io::copy(&mut std::io::repeat(0), &mut fill).is_err(), "the disk is full");
    drop(fill);
    // Bytes that no compression makes fit into what is left of a file.
    let mut noise = vec![0_u8; 6 << 20];
    let mut state = 0x9e37_79b9_u32;
    for byte in &mut noise {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = state.to_be_bytes()[0];
    }
    let large = super::lodged("XXA", 3, &noise);
    let error = journal.append(std::slice::from_ref(&large), &[&noise]).await.unwrap_err();
    let told = matches!(
        error,
        JournalError::DiskFull { .. } | JournalError::Unreachable { .. } | JournalError::Unanswered { .. }
    );
    assert!(told, "{error}");
    println!("{error}");
    fs::remove_file(filler).unwrap();
    // A server that could not write its log ends itself; whoever keeps it starts it again.
    if cluster.psql(&address, "SELECT 1").is_err() {
        cluster.kill();
        cluster.run();
    }
    assert_eq!(journal.refresh().await.unwrap(), 0);
    assert!(!journal.append(&[large], &[&noise]).await.unwrap()[0].already);
    journal.verify().await.unwrap();
    journal.close().await;
    drop(cluster);
}
