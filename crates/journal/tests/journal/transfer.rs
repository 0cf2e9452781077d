use std::io::{self, Read};

use journal::{Access, ImportError, Journal, origin_of_export};

use super::{ORIGIN, Room, exported, lodged, plan, small, without_end};

async fn fresh(room: &Room) -> Journal {
    Journal::create(room.location(), ORIGIN).await.unwrap()
}

/// An export of a journal with some hundred acts and a report in the middle.
async fn long() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = small(folder.path()).await;
    let acts: Vec<_> = (10..400).map(plan).collect();
    journal.append(&acts, &[]).await.unwrap();
    journal.append(&[lodged("XXB", 1, b"late report"), plan(500)], &[b"late report"]).await.unwrap();
    // The same file a second time: it is exported once.
    journal.append(&[lodged("XXB", 2, b"late report")], &[b"late report"]).await.unwrap();
    exported(&journal).await
}

on_both_stores! {
    async fn an_export_comes_back_byte_for_byte(store: &Store<'_>) {
        let export = long().await;
        assert_eq!(origin_of_export(&mut &export[..]).unwrap(), ORIGIN);
        let folder = store.room();
        let mut journal = fresh(&folder).await;
        let mut told = Vec::new();
        let done = journal.import(&export[..], |read| told.push(read)).await.unwrap();
        assert_eq!((done.imported, done.skipped, done.blobs), (400, 0, 3));
        assert_eq!(told, [200, 400, 400]);
        assert_eq!(exported(&journal).await, export);
        let again = journal.import(&export[..], |_| {}).await.unwrap();
        assert_eq!((again.imported, again.skipped), (0, 400));
        journal.verify().await.unwrap();
        journal.close().await;
        let journal = Journal::open(folder.location(), Access::Read).await.unwrap();
        assert_eq!(exported(&journal).await, export);
    }

    async fn an_import_that_was_cut_off_anywhere_goes_on(store: &Store<'_>) {
        let export = long().await;
        for cut in [0, 10, 66, 400, 2_000, 3_000, export.len() / 2, export.len() - 300, export.len() - 1] {
            let folder = store.room();
            let mut journal = fresh(&folder).await;
            let error = journal.import(&export[..cut], |_| {}).await.err();
            assert!(error.is_some(), "cut at {cut}");
            journal.verify().await.unwrap();
            let so_far = exported(&journal).await;
            assert!(export.starts_with(without_end(&so_far)));
            journal.import(&export[..], |_| {}).await.unwrap();
            assert_eq!(exported(&journal).await, export, "cut at {cut}");
        }
    }

    async fn a_line_that_was_changed_and_still_reads_as_an_act_is_noticed_at_the_end(store: &Store<'_>) {
        let export = String::from_utf8(long().await).unwrap();
        let changed = export.replacen("\"source\":\"invented", "\"source\":\"Invented", 1);
        assert_ne!(changed, export, "the test changes nothing");
        let folder = store.room();
        let error = fresh(&folder).await.import(changed.as_bytes(), |_| {}).await.unwrap_err().to_string();
        assert!(error.contains("changed after it was written"), "{error}");
    }

    async fn an_input_that_fails_keeps_what_was_read(store: &Store<'_>) {
        let export = long().await;
        let folder = store.room();
        let mut journal = fresh(&folder).await;
        let input = io::BufReader::new(Fails(&export[..export.len() / 2]));
        let error = journal.import(input, |_| {}).await.unwrap_err();
        assert!(matches!(error, ImportError::Input { imported, .. } if imported == journal.size()), "{error}");
        assert!(journal.size() > 100);
    }

    async fn a_journal_that_went_another_way_is_refused_with_both_acts(store: &Store<'_>) {
        let export = long().await;
        let folder = store.room();
        let mut journal = small(folder.location()).await;
        journal.append(&[plan(10), plan(77)], &[]).await.unwrap();
        let before = exported(&journal).await;
        let error = journal.import(&export[..], |_| {}).await.unwrap_err();
        assert!(matches!(error, ImportError::Diverged { position: 8, imported: 0, .. }), "{error}");
        assert!(error.to_string().contains("plan/77") && error.to_string().contains("plan/11"), "{error}");
        assert_eq!(exported(&journal).await, before);
    }

    async fn a_line_that_was_touched_is_refused_with_its_number(store: &Store<'_>) {
        let export = String::from_utf8(long().await).unwrap();
        let lines: Vec<&str> = export.lines().collect();
        let change = |number: usize, line: &str| {
            let mut changed = lines.clone();
            changed[number - 1] = line;
            changed.join("\n") + "\n"
        };
        let spaced = lines[11].replace("\",", "\", ");
        let extra = lines[11].replacen('{', "{\"extra\":1,", 1);
        let blob = lines.iter().position(|line| line.starts_with("{\"blob\"")).unwrap() + 1;
        let other_blob = lines[blob - 1].replace("base64\":\"Z", "base64\":\"a");
        let cases = [
            (12, change(12, "")),
            (12, change(12, "{\"id\":")),
            (12, change(12, &spaced)),
            (12, change(12, &extra)),
            (12, change(12, lines[10])),
            (blob, change(blob, &other_blob)),
            (blob, change(blob, lines[2])),
            (blob + 1, change(blob + 1, lines[11])),
            (12, change(12, lines[blob - 1])),
        ];
        for (at, (number, text)) in cases.into_iter().enumerate() {
            let folder = store.room();
            let mut journal = fresh(&folder).await;
            let error = journal.import(text.as_bytes(), |_| {}).await.unwrap_err();
            let ImportError::Line { line, imported, .. } = &error else { panic!("case {at}: {error}") };
            assert!((number..=number + 1).contains(&usize::try_from(*line).unwrap()), "case {at}: {error}");
            assert_eq!(*imported, journal.size(), "case {at}");
            journal.verify().await.unwrap();
            assert!(export.as_bytes().starts_with(without_end(&exported(&journal).await)), "case {at}");
        }
    }

    async fn an_act_that_is_refused_keeps_those_before_it(store: &Store<'_>) {
        let (folder, source) = (store.room(), store.room());
        let export = String::from_utf8(exported(&small(source.location()).await).await).unwrap();
        // Without the line that lists XXB, its accession has no State.
        let kept: Vec<&str> = export.lines().filter(|line| !line.contains("state/XXB")).collect();
        let mut journal = fresh(&folder).await;
        let error = journal.import((kept.join("\n") + "\n").as_bytes(), |_| {}).await.unwrap_err();
        assert!(matches!(error, ImportError::Line { line: 7, imported: 4, .. }), "{error}");
        assert!(error.to_string().contains("accession/XXB is refused: XXB is not in the register"), "{error}");
        assert_eq!(journal.size(), 4);
    }

    async fn what_is_no_export_of_this_journal_is_refused(store: &Store<'_>) {
        let folder = store.room();
        let mut journal = fresh(&folder).await;
        for text in ["", "\n", "hello\n", "{}\n", "{\"format\":\"mineban-journal/2\",\"origin\":\"a\"}\n", "\u{FEFF}{}\n"] {
            let error = journal.import(text.as_bytes(), |_| {}).await.unwrap_err();
            assert!(matches!(error, ImportError::Header { .. }), "{error}");
        }
        let other = "{\"format\":\"mineban-journal/1\",\"origin\":\"other.example\"}\n";
        let error = journal.import(other.as_bytes(), |_| {}).await.unwrap_err();
        assert!(matches!(error, ImportError::OtherOrigin { .. }), "{error}");
    }
}

struct Fails<'a>(&'a [u8]);

impl Read for Fails<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.read(into) {
            Ok(0) => Err(io::Error::other("the stick was pulled out")),
            other => other,
        }
    }
}
