use journal::{Journal, Receipt, VerifyError, verify_consistency, verify_receipt};
use treaty::act::ActId;

use super::{ORIGIN, lodged, plan, small};

const REPORT: &[u8] = b"second \xff\x00 report";

on_both_stores! {
    async fn a_receipt_proves_the_act_and_the_report(store: &Store<'_>) {
        let folder = store.room();
        let journal = small(folder.location()).await;
        for act in journal.acts().iter() {
            let receipt = journal.prove_inclusion(&act.id).await.unwrap().to_json();
            let verified = verify_receipt(receipt.as_bytes(), None, Some(journal.verifier_key())).unwrap();
            assert_eq!(verified.act, **act);
            assert!(verified.key_was_given && !verified.report_was_given);
            assert_eq!((verified.origin.as_str(), verified.tree_size), (ORIGIN, 7));
            assert!(verified.steps.len() >= 5);
        }
        let id = lodged("XXA", 2, REPORT).id;
        let receipt = journal.prove_inclusion(&id).await.unwrap().to_json();
        let verified = verify_receipt(receipt.as_bytes(), Some(REPORT), None).unwrap();
        assert!(verified.report_was_given && !verified.key_was_given);
        let error = verify_receipt(receipt.as_bytes(), Some(b"another report"), None).unwrap_err();
        assert!(matches!(error, VerifyError::ReportDiffers { .. }), "{error}");
        let plain = journal.prove_inclusion(&plan(1).id).await.unwrap().to_json();
        assert_eq!(verify_receipt(plain.as_bytes(), Some(REPORT), None).unwrap_err(), VerifyError::NoReport);
        assert!(journal.prove_inclusion(&ActId("nobody".into())).await.is_err());
    }

    async fn an_impostors_receipt_is_refused_by_the_published_key(store: &Store<'_>) {
        let (ours, theirs) = (store.room(), store.room());
        let (ours, theirs) = (small(ours.location()).await, small(theirs.location()).await);
        let forged = theirs.prove_inclusion(&plan(1).id).await.unwrap().to_json();
        let error = verify_receipt(forged.as_bytes(), None, Some(ours.verifier_key())).unwrap_err();
        assert!(matches!(error, VerifyError::OtherKey { .. }), "{error}");
        assert!(matches!(verify_receipt(forged.as_bytes(), None, Some("nonsense")).unwrap_err(), VerifyError::Key { .. }));
        // A receipt put together from two journals fails at the signature.
        let mut mixed = ours.prove_inclusion(&plan(1).id).await.unwrap();
        mixed.checkpoint = theirs.checkpoint().note;
        let error = verify_receipt(mixed.to_json().as_bytes(), None, None).unwrap_err();
        assert!(matches!(error, VerifyError::Checkpoint { .. }), "{error}");
    }

    async fn a_receipt_names_the_report_of_its_act_and_no_other(store: &Store<'_>) {
        let folder = store.room();
        let journal = small(folder.location()).await;
        let receipt = journal.prove_inclusion(&lodged("XXA", 2, REPORT).id).await.unwrap();
        let renamed = Receipt { report_sha256: Some(super::sha256(b"another")), ..receipt.clone() };
        let without = Receipt { report_sha256: None, ..receipt };
        for changed in [renamed, without] {
            let error = verify_receipt(changed.to_json().as_bytes(), Some(b"another"), None).unwrap_err();
            assert_eq!(error, VerifyError::ReportNameDiffers);
        }
    }

    async fn every_single_byte_of_a_receipt_counts(store: &Store<'_>) {
        let folder = store.room();
        let journal = small(folder.location()).await;
        let receipt = journal.prove_inclusion(&lodged("XXA", 2, REPORT).id).await.unwrap().to_json().into_bytes();
        verify_receipt(&receipt, Some(REPORT), None).unwrap();
        for at in 0..receipt.len() {
            let old = receipt[at];
            for new in [old ^ 1, old ^ 2, old ^ 0x20, old ^ 0x80, b'0', b'A', b' ', b'=', b'+', b'"', b'\n'] {
                let mut changed = receipt.clone();
                changed[at] = new;
                let refused = new == old || verify_receipt(&changed, Some(REPORT), None).is_err();
                assert!(refused, "byte {at}: {} for {} was taken", char::from(new), char::from(old));
            }
            let mut shorter = receipt.clone();
            shorter.remove(at);
            assert!(verify_receipt(&shorter, Some(REPORT), None).is_err(), "without byte {at} it was taken");
            let mut longer = receipt.clone();
            longer.insert(at, b' ');
            assert!(verify_receipt(&longer, Some(REPORT), None).is_err(), "with a space at byte {at} it was taken");
            assert!(verify_receipt(&receipt[..at], Some(REPORT), None).is_err());
        }
    }

    async fn a_journal_is_proven_to_begin_with_what_it_was_at_every_size(store: &Store<'_>) {
        let folder = store.room();
        let mut journal = Journal::create(folder.location(), ORIGIN).await.unwrap();
        let mut checkpoints = vec![journal.checkpoint()];
        for size in 1..=40 {
            journal.append(&[plan(size)], &[]).await.unwrap();
            checkpoints.push(journal.checkpoint());
            for old in &checkpoints {
                let proof = journal.prove_consistency(old.size).unwrap();
                verify_consistency(&old.note, &proof, journal.verifier_key()).unwrap();
                let wrong = &checkpoints[usize::try_from(old.size + 1).unwrap() % checkpoints.len()];
                assert!(verify_consistency(&wrong.note, &proof, journal.verifier_key()).is_err());
            }
        }
        assert!(journal.prove_consistency(41).is_err());
        // Another journal with the same key cannot be proven to be this one: its history differs.
        let json = serde_json::to_string(&journal.prove_consistency(7).unwrap()).unwrap();
        assert_eq!(
            serde_json::from_str::<journal::ConsistencyProof>(&json).unwrap(),
            journal.prove_consistency(7).unwrap()
        );
    }
}
