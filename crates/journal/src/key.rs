//! The signer's key, and the checkpoints that it signs: C2SP `signed-note` and `tlog-checkpoint`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use signed_note::{Note, StandardSigner, StandardVerifier, VerifierList, is_key_name_valid, key_id};
use tlog_tiles::{Checkpoint, Hash};

/// The byte that stands before an Ed25519 key in a C2SP key text.
const ED25519: u8 = 1;

/// A signed statement of what the journal was at one size. It holds no time, so that the same acts always give the same
/// bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// Name of the journal, first line of the checkpoint.
    pub origin: String,
    /// Number of acts.
    pub size: u64,
    /// RFC 6962 root over these acts, in base64.
    pub root: String,
    /// The whole note: origin, size, root, an empty line and the signature line.
    pub note: String,
}

impl std::fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.note)
    }
}

/// Why a key text or a note cannot be used. A part of a sentence: "the checkpoint ... {reason}".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyFault {
    #[error("is no C2SP key text (name+id+key)")]
    NotAKey,
    #[error("is no signed note of a checkpoint")]
    NotANote,
    #[error("is not signed by this journal's key, or was changed after it was signed")]
    NotSigned,
    #[error("names another origin than the key")]
    OtherOrigin,
    #[error("could not be signed")]
    CannotSign,
}

/// The public key: `origin+id+base64`.
#[derive(Clone)]
pub(crate) struct VerifierKey {
    text: String,
    origin: String,
}

impl VerifierKey {
    /// Reads a key text. Only the one canonical spelling is taken.
    pub(crate) fn parse(text: &str) -> Result<Self, KeyFault> {
        StandardVerifier::new(text).map_err(|_| KeyFault::NotAKey)?;
        let (origin, rest) = text.split_once('+').ok_or(KeyFault::NotAKey)?;
        let (_, key64) = rest.split_once('+').ok_or(KeyFault::NotAKey)?;
        let key = STANDARD.decode(key64).map_err(|_| KeyFault::NotAKey)?;
        let canonical = key_text(origin, &key);
        if canonical == text { Ok(Self { text: canonical, origin: origin.to_owned() }) } else { Err(KeyFault::NotAKey) }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Opens a signed checkpoint: the one signature must be this key's, and no byte may be to spare.
    pub(crate) fn open(&self, note: &str) -> Result<(SignedCheckpoint, Hash), KeyFault> {
        let parsed = Note::from_bytes(note.as_bytes()).map_err(|_| KeyFault::NotANote)?;
        let verifier = StandardVerifier::new(&self.text).map_err(|_| KeyFault::NotAKey)?;
        let known = VerifierList::new(vec![Box::new(verifier)]);
        let (signatures, _) = parsed.verify(&known).map_err(|_| KeyFault::NotSigned)?;
        let again = Note::new(parsed.text(), &signatures).map_err(|_| KeyFault::NotANote)?;
        let checkpoint = Checkpoint::from_bytes(parsed.text()).map_err(|_| KeyFault::NotANote)?;
        let exact = again.to_bytes() == note.as_bytes() && checkpoint.to_bytes() == parsed.text();
        if !exact || !checkpoint.extension().is_empty() {
            return Err(KeyFault::NotANote);
        }
        if checkpoint.origin() != self.origin {
            return Err(KeyFault::OtherOrigin);
        }
        let root = *checkpoint.hash();
        let (origin, size) = (checkpoint.origin().to_owned(), checkpoint.size());
        Ok((SignedCheckpoint { origin, size, root: root.to_string(), note: note.to_owned() }, root))
    }
}

/// The secret key.
pub(crate) struct SigningKey {
    signer: StandardSigner,
    origin: String,
    verifier: String,
}

impl SigningKey {
    /// Makes a new secret key text for a journal of this name.
    pub(crate) fn generate(origin: &str) -> Result<String, getrandom::Error> {
        let mut seed = [0_u8; 32];
        getrandom::fill(&mut seed)?;
        let public = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
        let id = key_id(origin, &tagged(public.as_bytes()));
        Ok(format!("PRIVATE+KEY+{origin}+{id:08x}+{}", STANDARD.encode(tagged(&seed))))
    }

    pub(crate) fn parse(text: &str) -> Result<Self, KeyFault> {
        let signer = StandardSigner::new(text).map_err(|_| KeyFault::NotAKey)?;
        let mut parts = text.splitn(5, '+').skip(2);
        let (Some(origin), Some(_), Some(key64)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyFault::NotAKey);
        };
        let key = STANDARD.decode(key64).map_err(|_| KeyFault::NotAKey)?;
        let seed: [u8; 32] = key.get(1..).and_then(|seed| seed.try_into().ok()).ok_or(KeyFault::NotAKey)?;
        let public = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
        let verifier = key_text(origin, &tagged(public.as_bytes()));
        Ok(Self { signer, origin: origin.to_owned(), verifier })
    }

    /// The public key's text.
    pub(crate) fn verifier(&self) -> &str {
        &self.verifier
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Signs what the journal is at this size.
    pub(crate) fn sign(&self, size: u64, root: Hash) -> Result<SignedCheckpoint, KeyFault> {
        let checkpoint = Checkpoint::new(&self.origin, size, root, "").map_err(|_| KeyFault::CannotSign)?;
        let mut note = Note::new(&checkpoint.to_bytes(), &[]).map_err(|_| KeyFault::CannotSign)?;
        note.add_sigs(&[&self.signer]).map_err(|_| KeyFault::CannotSign)?;
        let note = String::from_utf8(note.to_bytes()).map_err(|_| KeyFault::CannotSign)?;
        Ok(SignedCheckpoint { origin: self.origin.clone(), size, root: root.to_string(), note })
    }
}

/// Whether a text can name a journal: C2SP forbids spaces and pluses; control characters would break the note's lines.
pub(crate) fn is_origin(text: &str) -> bool {
    is_key_name_valid(text) && text.len() <= 200 && !text.chars().any(char::is_control)
}

fn tagged(key: &[u8]) -> Vec<u8> {
    [&[ED25519], key].concat()
}

fn key_text(origin: &str, key: &[u8]) -> String {
    format!("{origin}+{:08x}+{}", key_id(origin, key), STANDARD.encode(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_opened_by_its_own_key_and_no_other() {
        let ours = SigningKey::parse(&SigningKey::generate("mineban.example/journal").unwrap()).unwrap();
        let other = SigningKey::parse(&SigningKey::generate("mineban.example/journal").unwrap()).unwrap();
        let signed = ours.sign(7, Hash([7; 32])).unwrap();
        let key = VerifierKey::parse(ours.verifier()).unwrap();
        assert_eq!(key.open(&signed.note).unwrap(), (signed.clone(), Hash([7; 32])));
        assert!(signed.note.starts_with("mineban.example/journal\n7\n"));
        let stranger = VerifierKey::parse(other.verifier()).unwrap();
        assert_eq!(stranger.open(&signed.note).unwrap_err(), KeyFault::NotSigned);
        let line = signed.note.lines().last().unwrap();
        assert_eq!(key.open(&format!("{}{line}\n", signed.note)).unwrap_err(), KeyFault::NotANote);
    }

    #[test]
    fn a_key_text_has_one_spelling() {
        let key = SigningKey::parse(&SigningKey::generate("a.example").unwrap()).unwrap();
        let text = key.verifier().to_owned();
        for at in 0..text.len() {
            for other in ['A', 'b', '+', '0', '='] {
                let mut changed = text.clone();
                changed.replace_range(at..=at, &other.to_string());
                assert!(changed == text || VerifierKey::parse(&changed).is_err(), "{changed} was taken");
            }
        }
        assert!(!is_origin("two words") && !is_origin("a+b") && !is_origin("") && !is_origin("a\u{7}"));
    }
}
