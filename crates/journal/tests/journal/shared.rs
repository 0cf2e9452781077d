//! A journal that several nodes append to.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use journal::{Access, Journal, JournalError, Location};
use treaty::act::Act;
use whole_program::Cluster;

use super::{ORIGIN, acceded, exported, listed, plan, small};

/// A node: a folder with the keys of the first one.
pub(crate) struct Node(tempfile::TempDir);

impl Node {
    pub(crate) fn first() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn beside(&self) -> Self {
        let node = Self::first();
        for key in ["journal.key", "journal.vkey"] {
            fs::copy(self.0.path().join(key), node.0.path().join(key)).unwrap();
        }
        node
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn at(&self, address: &str) -> Location {
        Location::postgres(self.0.path(), address).unwrap()
    }
}

async fn open(node: &Node, address: &str) -> Journal {
    Journal::open(node.at(address), Access::Write).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nodes_append_at_once_is_there_once_in_one_order_on_every_node() {
    const NODES: usize = 4;
    const EACH: usize = 40;
    let (cluster, first) = (Cluster::start(), Node::first());
    let address = cluster.database();
    small(first.at(&address)).await.close().await;
    let nodes: Vec<Node> = (0..NODES).map(|_| first.beside()).collect();
    let mut tasks = Vec::new();
    for (number, node) in nodes.iter().enumerate() {
        let mut journal = open(node, &address).await;
        tasks.push(tokio::spawn(async move {
            let mut told = Vec::new();
            for turn in 0..EACH {
                // Some of their own, and the same one on every node: it is recorded by whoever comes first.
                let (own, common) = (plan(1_000 * (number + 1) + turn), plan(100 + turn));
                for (act, appended) in
                    [&own, &common].into_iter().zip(journal.append(&[own.clone(), common.clone()], &[]).await.unwrap())
                {
                    told.push((act.id.clone(), appended));
                }
            }
            told
        }));
    }
    let mut told = Vec::new();
    for task in tasks {
        told.extend(task.await.unwrap());
    }
    let mut exports = Vec::new();
    for node in &nodes {
        let journal = open(node, &address).await;
        assert_eq!(journal.size(), 7 + (NODES as u64 + 1) * EACH as u64);
        for (id, appended) in &told {
            assert_eq!(journal.position(id), Some(appended.index), "{id}");
        }
        journal.verify().await.unwrap();
        exports.push(exported(&journal).await);
    }
    assert!(exports.windows(2).all(|two| two[0] == two[1]));
    let new = told.iter().filter(|(_, appended)| !appended.already).count();
    assert_eq!(new, (NODES + 1) * EACH, "each act is new to one node only");
    println!("{new} acts written by {NODES} nodes at once: lost 0, doubled 0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_behind_decides_by_what_others_recorded() {
    let (cluster, first) = (Cluster::start(), Node::first());
    let address = cluster.database();
    let mut stale = small(first.at(&address)).await;
    let mut other = open(&first.beside(), &address).await;
    other.append(&[listed("XXC"), plan(50)], &[]).await.unwrap();
    assert_eq!(stale.size(), 7, "it has not looked yet");
    // Admitted only by who knows that XXC is listed; and a name that was given meanwhile is taken.
    let taken = Act { source: "another source".into(), ..plan(50) };
    let error = stale.append(&[taken], &[]).await.unwrap_err();
    assert!(matches!(error, JournalError::IdTaken { position: 8, .. }), "{error}");
    stale.append(&[acceded("XXC")], &[]).await.unwrap();
    assert_eq!(stale.position(&acceded("XXC").id), Some(9));
    assert_eq!(other.refresh().await.unwrap(), 1);
    assert_eq!(other.checkpoint(), stale.checkpoint());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_hears_of_what_others_append() {
    let (cluster, first) = (Cluster::start(), Node::first());
    let address = cluster.database();
    let mut writer = small(first.at(&address)).await;
    let mut reader = Journal::open(first.beside().at(&address), Access::Read).await.unwrap();
    let mut listener = reader.listen().await.unwrap().expect("a database is listened to");
    assert!(!listener.wait(Duration::from_millis(50)).await.unwrap(), "nothing was said yet");
    let heard = tokio::spawn(async move { listener.wait(Duration::from_secs(20)).await.unwrap() });
    writer.append(&[plan(2)], &[]).await.unwrap();
    assert!(heard.await.unwrap());
    assert_eq!(reader.refresh().await.unwrap(), 1);
    let error = reader.append(&[plan(3)], &[]).await.unwrap_err();
    assert!(matches!(error, JournalError::ReadOnly { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_with_another_key_is_refused() {
    let (cluster, first, other) = (Cluster::start(), Node::first(), Node::first());
    let address = cluster.database();
    let missing = Journal::open(first.at(&address), Access::Read).await.unwrap_err();
    assert!(matches!(missing, JournalError::Missing { .. }), "{missing}");
    small(first.at(&address)).await.close().await;
    assert!(Journal::exists_at(&other.at(&address)).await.unwrap());
    let error = Journal::open(other.at(&address), Access::Write).await.unwrap_err();
    assert!(matches!(error, JournalError::KeyMissing { .. }), "{error}");
    assert!(error.to_string().contains("another node"), "{error}");
    // It cannot begin the journal a second time, and makes no key by trying.
    let error = Journal::create(other.at(&address), ORIGIN).await.unwrap_err();
    assert!(matches!(error, JournalError::AlreadyExists { .. }), "{error}");
    assert!(!other.path().join("journal.key").exists());
    // A key of its own, from another journal of the same name.
    Journal::create(other.path(), ORIGIN).await.unwrap().close().await;
    for access in [Access::Read, Access::Write] {
        let error = Journal::open(other.at(&address), access).await.unwrap_err();
        assert!(matches!(error, JournalError::OtherKey { .. }), "{error}");
        assert!(!error.to_string().contains("damaged"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_begin_a_journal_at_once_begin_one() {
    let (cluster, one, two) = (Cluster::start(), Node::first(), Node::first());
    let address: Arc<str> = cluster.database().into();
    let begin = |location: Location| tokio::spawn(async move { Journal::create(location, ORIGIN).await });
    let (one_done, two_done) = tokio::join!(begin(one.at(&address)), begin(two.at(&address)));
    let done = [one_done.unwrap(), two_done.unwrap()];
    assert_eq!(done.iter().filter(|begun| begun.is_ok()).count(), 1);
    let refused = done.into_iter().find_map(Result::err).unwrap();
    assert!(matches!(refused, JournalError::AlreadyExists { .. }), "{refused}");
    let keys = [&one, &two].into_iter().filter(|node| node.path().join("journal.key").exists()).count();
    assert_eq!(keys, 1, "who came second made no key");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_itself_refuses_to_change_an_act() {
    let (cluster, first) = (Cluster::start(), Node::first());
    let address = cluster.database();
    small(first.at(&address)).await.close().await;
    for statement in [
        "UPDATE acts SET body = '{}' WHERE position = 0",
        "DELETE FROM acts",
        "DELETE FROM acts WHERE position = 6",
        "TRUNCATE acts",
        "INSERT INTO acts SELECT 7, id, body, leaf FROM acts WHERE position = 2",
        "INSERT INTO acts SELECT 2, 'x', body, leaf FROM acts WHERE position = 2 ON CONFLICT DO NOTHING",
        "INSERT INTO acts VALUES (9, 'gap', '{}', '')",
        "INSERT INTO acts VALUES (NULL, 'null', '{}', '')",
        "INSERT INTO acts VALUES (7, 'one', '{}', ''), (7, 'two', '{}', '')",
        "UPDATE blobs SET bytes = ''",
        "DELETE FROM blobs",
        "TRUNCATE blobs",
        "INSERT INTO blobs SELECT sha256, '' FROM blobs ON CONFLICT (sha256) DO UPDATE SET bytes = ''",
        "UPDATE checkpoints SET note = ''",
        "DELETE FROM checkpoints",
        "TRUNCATE checkpoints",
        "INSERT INTO checkpoints VALUES (7, '') ON CONFLICT (size) DO UPDATE SET note = ''",
    ] {
        let error = cluster.psql(&address, &format!("SET search_path = journal; {statement}")).expect_err(statement);
        assert!(
            error.contains("an act is") || error.contains("a report file is") || error.contains("a checkpoint is"),
            "{statement}: {error}"
        );
    }
    Journal::open(first.at(&address), Access::Read).await.unwrap().verify().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn tampering_behind_the_server_s_triggers_is_found_at_its_place() {
    let (cluster, first) = (Cluster::start(), Node::first());
    for (statement, expected) in [
        ("UPDATE acts SET body = replace(body, 'invented', 'Invented') WHERE position = 3", "position 3"),
        ("DELETE FROM acts WHERE position = 6", "checkpoint"),
        ("DELETE FROM acts WHERE position = 2", "position 2"),
        ("UPDATE blobs SET bytes = 'x'", "was changed after it was lodged"),
        ("DELETE FROM blobs", "is missing"),
        ("UPDATE checkpoints SET note = note || 'x' WHERE size = 3", "checkpoint for 3 acts"),
        ("DROP TRIGGER acts_never_deleted ON acts", "acts_never_deleted"),
        ("ALTER TABLE acts DISABLE TRIGGER acts_never_updated", "acts_never_updated"),
        ("ALTER TABLE acts ENABLE REPLICA TRIGGER acts_only_appended", "acts_only_appended"),
        ("CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'", "refuse"),
        ("CREATE RULE quiet AS ON INSERT TO blobs DO INSTEAD NOTHING", "quiet"),
        ("ALTER TABLE acts DROP CONSTRAINT acts_id_key", "acts_id_key"),
    ] {
        let node = Node::first();
        let address = cluster.database();
        small(node.at(&address)).await.close().await;
        // Whoever owns the database can switch its triggers off for a session.
        cluster
            .psql(&address, &format!("SET search_path = journal; SET session_replication_role = replica; {statement}"))
            .unwrap();
        let found = match Journal::open(node.at(&address), Access::Read).await {
            Ok(journal) => journal.verify().await.map(drop).expect_err(statement).to_string(),
            Err(error) => error.to_string(),
        };
        assert!(found.contains(expected), "{statement}: {found}");
    }
    drop(first);
}
