//! The audit trail.

use database::{Address, Database};
use people::{AuditEntry, Outcome, People, PersonId, Through, TrailFault, TrailFilter};

use crate::common::{ada, enrolled, later, noon, open};

fn entry(number: u64) -> AuditEntry {
    AuditEntry {
        at: later(number),
        actor: Some(PersonId(format!("person{}", number % 3))),
        verb: if number.is_multiple_of(2) { "see" } else { "export" }.to_owned(),
        subject: format!("report/COL/{}", 2000 + number % 5),
        outcome: Outcome::Done,
        from: Through::Token("t1".to_owned()),
    }
}

pub(crate) async fn the_trail_says_who_did_what(at: Address) {
    let people = open(&at).await;
    let ada = enrolled(&people, &ada()).await;
    for number in 0..20 {
        people.note(&entry(number)).await.unwrap();
    }
    assert_eq!(people.verify_trail().await.unwrap(), Ok(25));
    let given = TrailFilter { verb: Some("hold national-author:COL".to_owned()), ..TrailFilter::default() };
    assert_eq!(people.trail(&given).await.unwrap().len(), 1, "a role is named with its State");
    let asked = |filter: TrailFilter| {
        let people = people.clone();
        async move { people.trail(&filter).await.unwrap() }
    };
    let mine = asked(TrailFilter { person: Some(ada.person.clone()), ..TrailFilter::default() }).await;
    let verbs: Vec<_> = mine.iter().map(|entry| entry.entry.verb.as_str()).collect();
    assert_eq!(verbs, ["sign-in", "enrol-second-factor", "accept-invitation"]);
    assert_eq!(mine[0].entry.from, Through::Session(ada.session.id));
    let year = asked(TrailFilter { subject: Some("report/COL/2003".to_owned()), ..TrailFilter::default() }).await;
    assert_eq!(year.len(), 4);
    let all = TrailFilter { subject: Some("report/COL/".to_owned()), limit: 6, ..TrailFilter::default() };
    let page = asked(all.clone()).await;
    assert_eq!((page.len(), page[0].entry.clone()), (6, entry(19)));
    let next = asked(TrailFilter { before: Some(page[5].position), ..all }).await;
    assert_eq!(next[0].entry, entry(13));
    let exports = TrailFilter { verb: Some("export".to_owned()), ..TrailFilter::default() };
    let exports = TrailFilter { since: Some(later(5)), until: Some(later(9)), ..exports };
    assert_eq!(asked(exports).await.len(), 2);
    // Opaque ids only.
    for entry in asked(TrailFilter { limit: 1_000, ..TrailFilter::default() }).await {
        let text = serde_json::to_string(&entry).unwrap().to_lowercase();
        assert!(!["quist", "example.org", "192.0.2.7"].iter().any(|personal| text.contains(personal)), "{text}");
    }
}

pub(crate) async fn the_trail_cannot_be_changed(at: Address) {
    let people = open(&at).await;
    for number in 0..3 {
        people.note(&entry(number)).await.unwrap();
    }
    let database = Database::open(&at).await.unwrap();
    for statement in [
        "UPDATE trail SET verb = 'nothing'",
        "DELETE FROM trail",
        "DELETE FROM trail WHERE position = 3",
        "INSERT INTO trail SELECT 9, at, person, verb, subject, outcome, through, hash FROM trail WHERE position = 1",
        "UPDATE trail_end SET position = 1",
        "DELETE FROM trail_end",
    ] {
        let error = sqlx::raw_sql(statement).execute(database.pool()).await.unwrap_err();
        let said = database.failed(error).to_string();
        assert!(said.contains("the trail"), "{statement}: {said}");
    }
    assert_eq!(people.verify_trail().await.unwrap(), Ok(3));
}

async fn without_rules(database: &Database) {
    let rules = match database.kind() {
        database::Kind::Sqlite => "DROP TRIGGER trail_never_updated; DROP TRIGGER trail_never_deleted;",
        database::Kind::Postgres => "DROP TRIGGER trail_never_changed ON trail;",
    };
    sqlx::raw_sql(rules).execute(database.pool()).await.unwrap();
}

pub(crate) async fn a_changed_trail_is_found(at: Address) {
    let people = open(&at).await;
    for number in 0..9 {
        people.note(&entry(number)).await.unwrap();
    }
    let database = Database::open(&at).await.unwrap();
    without_rules(&database).await;
    let run = |statement: &'static str| {
        let database = database.clone();
        async move { sqlx::raw_sql(statement).execute(database.pool()).await.unwrap() }
    };
    run("DELETE FROM trail WHERE position = 9").await;
    assert_eq!(people.verify_trail().await.unwrap(), Err(TrailFault::CutOff { found: 8, kept: 9 }));
    run("UPDATE trail SET subject = 'report/PER/2001' WHERE position = 4").await;
    assert_eq!(people.verify_trail().await.unwrap(), Err(TrailFault::Changed(4)));
    run("DELETE FROM trail WHERE position = 2").await;
    assert_eq!(people.verify_trail().await.unwrap(), Err(TrailFault::Changed(3)));
}

pub(crate) async fn many_who_write_at_once_make_one_chain(at: Address) {
    let nodes = [open(&at).await, open(&at).await];
    let writers: Vec<_> = (0..8)
        .map(|writer: usize| {
            let people: People = nodes[writer % 2].clone();
            tokio::spawn(async move {
                for number in 0..10 {
                    people.note(&entry(number)).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(nodes[0].verify_trail().await.unwrap(), Ok(80));
}

pub(crate) async fn nodes_that_start_together_make_the_tables_once(at: Address) {
    let nodes: Vec<_> = (0..4)
        .map(|_| {
            let at = at.clone();
            tokio::spawn(async move { People::open(&at).await })
        })
        .collect();
    for node in nodes {
        let people = node.await.unwrap().unwrap();
        people.note(&AuditEntry { at: noon(), ..entry(1) }).await.unwrap();
    }
    assert_eq!(open(&at).await.verify_trail().await.unwrap(), Ok(4));
}
